"""Verdicts on references, recursion, and on what the engine cannot see into.

"yes": included; "no": not, with a counterexample that both validators confirm; "taint": a mere candidate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from llmreg.formats.json.inclusion.decide import Side

Row = tuple[str, Any, Any, str]

_LIST = {"$defs": {"n": {"type": "object", "properties": {"next": {"$ref": "#/$defs/n"}, "v": {"type": "integer"}}}}}
_RENAMED = {"$defs": {"m": {"type": "object", "properties": {"next": {"$ref": "#/$defs/m"}, "v": {"type": "integer"}}}}}
_WIDER = {"$defs": {"m": {"type": "object", "properties": {"next": {"$ref": "#/$defs/m"}, "v": {"type": "number"}}}}}

REFERENCES: list[Row] = [
    ("renamed definitions", {"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}},
     {"$ref": "#/$defs/b", "$defs": {"b": {"type": "string"}}}, "yes"),
    ("renamed recursion", {**_LIST, "$ref": "#/$defs/n"}, {**_RENAMED, "$ref": "#/$defs/m"}, "yes"),
    ("recursion widened", {**_LIST, "$ref": "#/$defs/n"}, {**_WIDER, "$ref": "#/$defs/m"}, "yes"),
    ("recursion narrowed", {**_WIDER, "$ref": "#/$defs/m"}, {**_LIST, "$ref": "#/$defs/n"}, "no"),
    ("no finite value", {"type": "object", "properties": {"n": {"$ref": "#"}}, "required": ["n"]}, False, "yes"),
    ("a reference beside keywords", {"$ref": "#/$defs/a", "minLength": 2, "$defs": {"a": {"type": "string"}}},
     {"type": "string", "minLength": 1}, "yes"),
    ("an anchor", {"$ref": "#it", "$defs": {"x": {"$anchor": "it", "type": "null"}}}, {"type": "null"}, "yes"),
    ("an embedded resource",
     {"$id": "https://e.test/root", "$ref": "part", "$defs": {"p": {"$id": "part", "$ref": "#/$defs/q",
      "$defs": {"q": {"type": "null"}}}}}, {"type": "null"}, "yes"),
    ("a dynamic reference with one target",
     {"$dynamicRef": "#t", "$defs": {"t": {"$dynamicAnchor": "t", "type": "null"}}}, {"type": "null"}, "yes"),
]  # fmt: skip

OPAQUE: list[Row] = [
    ("an enum in an unknown schema", {"enum": ["x"]}, {"$ref": "https://example.com/x.json"}, "taint"),
    ("an enum without an unknown schema", {"enum": ["x"], "not": {"$ref": "https://example.com/x.json"}}, {"const": 1},
     "taint"),
    ("an unpinned reference is not itself",
     {"$ref": "https://example.com/x"}, {"$ref": "https://example.com/x"}, "taint"),
    ("a known conflict beats the unknown",
     {"type": "string", "$ref": "https://example.com/x"}, {"type": "string"}, "yes"),
    ("an unsupported pattern is itself", {"type": "string", "pattern": r"\bx"}, {"pattern": r"\bx"}, "yes"),
    ("an unsupported pattern is unlike others", {"type": "string"}, {"pattern": r"\bx"}, "taint"),
    ("an unsupported key pattern", {"type": "object", "patternProperties": {r"\bx": {"type": "string"}}},
     {"additionalProperties": {"type": "string"}}, "taint"),
    ("a disputed keyword", {"type": "object"}, {"dependencies": {"a": ["b"]}}, "taint"),
    ("a disputed keyword is itself",
     {"type": "object", "dependencies": {"a": ["b"]}}, {"dependencies": {"a": ["b"]}}, "yes"),
]  # fmt: skip

ROWS = [*REFERENCES, *OPAQUE]


@pytest.mark.parametrize(("writer", "reader", "verdict"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_verdict(
    writer: Any,
    reader: Any,
    verdict: str,
    side: Callable[..., Side],
    assert_verdict: Callable[..., None],
) -> None:
    left, right = side(writer), side(reader)
    assert_verdict(left, right, verdict)
