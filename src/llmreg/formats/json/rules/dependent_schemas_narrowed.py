"""The reader demands more of an object that holds a certain property.

Why it breaks:
    The reader's `dependentSchemas` (in older drafts `dependencies`) holds when a property is present; the writer
    has no such demand there.

Example:
    Writer: `{"properties": {"card": true}}`
    Reader: `{"properties": {"card": true}, "dependentSchemas": {"card": {"required": ["cvc"]}}}`
    Witness: `{"card": null}`

Instead:
    Leave the dependency out, or stop writing such objects first.

Reference:
    JSON Schema Core 2020-12, §10.2.2.4
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = (
        f"{site.field}: the reader demands more when certain properties are present"
        f", the writer may write {shown(site.value)}"
    )
    yield site.finding(
        RULE, message, "take the demand out of the reader's `dependentSchemas`, or release a new major version"
    )


RULE = Rule(
    summary="The reader demands more of an object that holds a certain property",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"dependentSchemas"}),
)
