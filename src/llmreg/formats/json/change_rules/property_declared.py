"""A property that had been let through undeclared is declared now, or no longer is.

Why it breaks:
    No document need become invalid: undeclared properties may be there already. But a model reads the names, and fills
    in what is declared far more often than what is merely let through.

Example:
    Old: `{"properties": {"a": true}, "additionalProperties": true}`
    New: `{"properties": {"a": true, "b": true}, "additionalProperties": true}`

Instead:
    Nothing need be done for data. Run the evaluation again before a model sees the new list of properties.

Known limits:
    An object that lists properties and says nothing of others is written without those: there a new property is a
    change of the documents, which the verdict tells.

Reference:
    JSON Schema Core 2020-12, §10.3.2
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.json.changes.view import View
from llmreg.formats.json.values import listed, types
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity

_REST = ("additionalProperties", "unevaluatedProperties")
_LISTS = ("properties", *_REST, "allOf", "anyOf", "oneOf")


def find(twin: Twin) -> Iterator[Finding]:
    old, new = _declared(twin.old), _declared(twin.new)
    added = [name for name in new if name not in old and _lets_through(twin.old, name)]
    removed = [name for name in old if name not in new and _lets_through(twin.new, name)]
    if added:
        message = f"{_are(added)} declared now, undeclared properties were let through before"
        yield twin.finding(RULE, f"{twin.field}: {message}", "properties")
    if removed:
        message = f"{_are(removed)} no longer declared, undeclared properties are let through"
        yield twin.finding(RULE, f"{twin.field}: {message}", "properties")


def _are(names: list[str]) -> str:
    return f"{listed(names, 'and')} {'is' if len(names) == 1 else 'are'}"


def _declared(side: View) -> dict[str, None]:
    return {name: None for spot in side.holders("properties") for name in spot.map_of("properties")}


def _lets_through(side: View, name: str) -> bool:
    """Whether a property may be there that the object does not declare: by its word, or as it is a free-form map."""
    if not side.holders(*_LISTS) and "object" in types(side.says("type")):
        return True
    if any(spot.says(keyword) is not False for keyword in _REST for spot in side.holders(keyword)):
        return True
    patterns = [text for spot in side.holders("patternProperties") for text in spot.map_of("patternProperties")]
    if not patterns:
        return False
    from llmreg.formats.json.regex import matches  # not at start-up

    return any(matches(pattern, name) for pattern in patterns)


RULE = Rule(
    summary="A property that had been let through undeclared is declared now, or no longer is",
    cls=ChangeClass.PROMPT_VISIBLE,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"properties"}),
)
