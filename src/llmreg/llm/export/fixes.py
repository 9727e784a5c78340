"""Lossless repairs of a schema's text: the same documents before and after, every other byte as it was.

Three are plain enough: `oneOf` whose branches exclude each other becomes `anyOf`; `true` where a schema must be an
object becomes `{}`; an object at the root that lists no properties lists none, and stays open if it was, which it says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from llmreg.llm.export.exclusive import exclusive
from llmreg.llm.profiles.view import Node, View
from llmreg.model.finding import Finding
from llmreg.model.jsontext import loads, locate_all
from llmreg.model.pointer import join, split

_ONE_OF, _BOOLEAN = ("one_of", "one_of_overlapping"), ("schema_boolean",)
_UNLISTED = ("properties_missing",)


@dataclass(frozen=True, slots=True)
class Fix:
    """One repair at `pointer`: replace the `key` or the `value` there with `text`, or write `text` `after` it."""

    pointer: str
    what: str
    text: str


def fixes(document: Any, findings: Iterable[Finding]) -> list[Fix]:
    """The repairs of what was found in a document, each place once."""
    view = View(document)
    found = {}
    for finding in findings:
        if finding.reader is not None:
            fix = _fix(view, finding.rule, finding.reader.pointer)
            if fix is not None:
                found[fix.pointer, fix.what] = fix
    return list(found.values())


def _fix(view: View, rule: str, pointer: str) -> Fix | None:
    if rule.endswith(_ONE_OF):
        node = view.by_pointer.get(pointer.removesuffix("/oneOf"))
        if node is not None and "anyOf" not in node.schema and _apart(view, node):
            return Fix(join(node.pointer, "oneOf"), "key", "anyOf")
    node = view.by_pointer.get(pointer)
    if rule.endswith(_BOOLEAN) and node is not None and node.value is True:
        return Fix(pointer, "value", "{}")
    if rule.endswith(_UNLISTED):
        return Fix(join("", "type"), "after", _listed(view.root))
    return None


def _listed(root: Node) -> str:
    """No properties, and that others may be written: once properties are listed, silence would close the object."""
    closing = root.schema.keys() & {"additionalProperties", "unevaluatedProperties"}
    return '"properties": {}' if closing else '"properties": {}, "additionalProperties": true'


def _apart(view: View, node: Node) -> bool:
    branches = node.schema.get("oneOf")
    if not isinstance(branches, list):
        return False
    opened = []
    for branch in branches:
        target = view.target(branch["$ref"]) if isinstance(branch, dict) and "$ref" in branch else None
        opened.append(branch if target is None else target.value)
    # open objects may have each other's properties: only types and literal values tell them apart
    loose = [{**item, "additionalProperties": item.get("additionalProperties", True)} for item in opened if item]
    return len(loose) == len(branches) and all(
        exclusive(one, other) for index, one in enumerate(loose) for other in loose[index + 1 :]
    )


def apply(text: str, wanted: Iterable[Fix]) -> str:
    """The text with the repairs; what cannot be placed is left alone. The result says what was meant, or is `text`."""
    chosen = list(wanted)
    places = locate_all(text, [fix.pointer for fix in chosen])
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    edits = []
    for fix in chosen:
        if fix.pointer in places:
            row, column = places[fix.pointer]
            edits.append((starts[row - 1] + column - 1, fix))
    for offset, fix in sorted(edits, key=lambda item: item[0], reverse=True):
        text = _edited(text, offset, fix)
    return text


def _edited(text: str, offset: int, fix: Fix) -> str:
    """`offset` is where the key stands, or the value in an array."""
    decoder = json.JSONDecoder()
    in_array = split(fix.pointer)[-1].isdecimal() and text[offset] != '"'
    if in_array:
        return text[:offset] + fix.text + text[decoder.raw_decode(text, offset)[1] :]
    end = decoder.raw_decode(text, offset)[1]
    if fix.what == "key":
        return text[:offset] + json.dumps(fix.text) + text[end:]
    start = text.index(":", end) + 1
    start += len(text[start:]) - len(text[start:].lstrip())
    end = decoder.raw_decode(text, start)[1]
    if fix.what == "after":
        return text[:end] + "," + _gap(text, offset) + fix.text + text[end:]
    return text[:start] + fix.text + text[end:]


def _gap(text: str, offset: int) -> str:
    """What stands before the key at `offset`: its line's break and indent, or a space where it does not start one."""
    before = text[:offset]
    blank = before[len(before.rstrip()) :]
    return blank if "\n" in blank else " "


def fixed(text: str, findings: Iterable[Finding]) -> tuple[str, int]:
    """(the repaired text, how many repairs). Raises DocumentError for a text that is no JSON."""
    chosen = fixes(loads(text), findings)
    return (apply(text, chosen), len(chosen)) if chosen else (text, 0)
