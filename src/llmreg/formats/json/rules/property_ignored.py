"""An open reader silently drops a property that the writer writes.

Why it breaks:
    The writer declares the property, the reader does not, and the reader accepts undeclared properties. No
    validation fails: the value is lost, because the reading code does not know it. For a tool's input that is an
    error, since the caller believes that the argument counts.

Example:
    Writer: `{"properties": {"a": true, "unit": true}}`
    Reader: `{"properties": {"a": true}}`
    Witness: `{"unit": null}`

Instead:
    Keep the property in the reader's `properties`, marked as deprecated, or close the reader with
    `additionalProperties: false` so that the loss is refused.

Known limits:
    A reader without `properties` at that place is a free-form map: it keeps what it gets, so nothing is reported.

Reference:
    JSON Schema Core 2020-12, §10.3.2.3
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.dropped import Dropped
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Place, Severity


def find(site: Dropped) -> Iterator[Finding]:
    message = f"{site.field}: the reader does not declare it and drops it silently, the writer writes it"
    fix = f"declare {shown(site.name)} in the reader's `properties`, or stop writing it"
    yield RULE.finding(message, writer=Place(site.writer.place), reader=Place(site.reader.place), fix=fix)


RULE = Rule(
    summary="An open reader silently drops a property that the writer writes",
    cls=ChangeClass.IGNORED,
    severity=Severity.WARN,
    find=find,
    reads=frozenset({"properties"}),
)
