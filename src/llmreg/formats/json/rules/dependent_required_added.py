"""The reader requires a property beside another one, the writer may leave it out.

Why it breaks:
    A document with the first property and without the second is valid for the writer and refused by the reader.

Example:
    Writer: `{"properties": {"card": true, "cvc": true}}`
    Reader: `{"properties": {"card": true, "cvc": true}, "dependentRequired": {"card": ["cvc"]}}`
    Witness: `{"card": null}`

Instead:
    Leave the dependency out, and supply the missing value in the code that reads it.

Reference:
    JSON Schema Validation 2020-12, §6.5.4
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = (
        f"{site.member(site.name)}: the reader requires it beside other properties"
        f", the writer may leave it out, as in {shown(site.value)}"
    )
    fix = f"take {shown(site.name)} out of the reader's `{site.refusal.keyword}`"
    yield site.finding(RULE, message, fix)


RULE = Rule(
    summary="The reader requires a property beside another one, the writer may leave it out",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"dependentRequired", "dependencies"}),
)
