"""Read a schema as the decoder does: keyword by keyword in their order, only what can be reached, into terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from llmreg.llm.profiles.decoder_keywords import IMPLEMENTED, KNOWN_FORMATS
from llmreg.llm.profiles.decoder_terms import ANY, NEVER, Algebra, Kind, Term
from llmreg.llm.profiles.view import Node, View
from llmreg.model.pointer import join

_IN_PLACE = ("const", "enum", "allOf", "anyOf", "oneOf", "$ref")
_TYPES = ("null", "boolean", "number", "string", "array", "object")
_MAX_STEPS = 50_000
_OWN_LITERALS = (str, bool)


class Defect(NamedTuple):
    """Why the decoder refuses: `kind` is the rule's, `values` fill its message."""

    kind: str
    pointer: str
    values: Mapping[str, Any]


class TooLarge(Exception):
    """Combinations grew beyond what the decoder builds."""


@dataclass(slots=True)
class Builder:
    """Builds terms of one view; defects are collected, and what has one counts as anything."""

    view: View
    refused: frozenset[str]
    matches: Any
    defects: list[Defect] = field(default_factory=list)
    opened: dict[str, Term | None] = field(default_factory=dict)
    steps: int = 0
    algebra: Algebra = field(init=False)

    def __post_init__(self) -> None:
        self.algebra = Algebra(self._follow, self.matches, self._step)

    def build(self, node: Node) -> Term:
        """The term of a subschema. Raises TooLarge."""
        if isinstance(node.value, bool):
            return ANY if node.value else Term(Kind.NEVER, node.pointer)
        if not isinstance(node.value, dict):
            return self._malformed(node, "a schema must be an object or a boolean")
        self._step()
        known = IMPLEMENTED | self.refused
        if not any(name in known for name in node.schema):
            return ANY
        wrong = [name for name in node.schema if name in self.refused]
        for name in wrong:
            self._tell("keyword", node, join(node.pointer, name), keyword=name)
        return self._in_order(node)

    def _in_order(self, node: Node) -> Term:
        result = ANY
        simple: dict[str, Any] = {}
        for name, value in node.schema.items():
            if name in _IN_PLACE:
                result = self._meet(result, self._simple(node, simple))
                simple = {}
                result = self._apply(node, name, value, result)
            elif name in IMPLEMENTED:
                simple[name] = value
        return self.algebra.normal(self._meet(result, self._simple(node, simple)))

    def _apply(self, node: Node, name: str, value: Any, so_far: Term) -> Term:
        if name == "const":
            return self._meet(so_far, self._const(value, node.pointer))
        if name == "$ref":
            return self._reference(node, value, so_far)
        if not isinstance(value, list):
            return self._malformed(node, f"`{name}` must be an array")
        place = join(node.pointer, name)
        if name == "enum":
            options = tuple(self._const(item, place) for item in value)
            return self._meet(so_far, Term(Kind.ANY_OF, place, options=options))
        branches = [self.build(self._child(node, name, index)) for index in range(len(value))]
        if name == "allOf":
            for branch in branches:
                so_far = self._meet(so_far, branch)
            return so_far
        kind = Kind.ANY_OF if name == "anyOf" else Kind.ONE_OF
        return self._meet(so_far, Term(kind, place, options=tuple(branches)))

    def _child(self, node: Node, *tokens: str | int) -> Node:
        pointer = join(node.pointer, *tokens)
        value = node.value
        for token in tokens:
            value = value[token]
        return self.view.by_pointer.get(pointer) or Node(pointer, value, str(tokens[0]), str(tokens[-1]), 0, node)

    def _reference(self, node: Node, value: Any, so_far: Term) -> Term:
        target = self.view.target(value)
        if target is None:
            self._tell("reference", node, join(node.pointer, "$ref"), reference=str(value)[:80])
            return so_far
        reference = Term(Kind.REFERENCE, node.pointer, target=target.pointer)
        self._define(target)
        return reference if so_far.kind is Kind.ANY else self._meet(so_far, reference)

    def _define(self, target: Node) -> None:
        if target.pointer not in self.opened:
            self.opened[target.pointer] = None
            self.opened[target.pointer] = self.build(target)

    def _follow(self, reference: Term, pointer: str) -> Term | None:
        found = self.opened.get(reference.target)
        if found is None:
            self.defects.append(Defect("circle", reference.pointer or pointer, {}))
        return found

    def _simple(self, node: Node, words: Mapping[str, Any]) -> Term:
        """The keywords that are no combination; `type` is always at hand."""
        if not words:
            return ANY
        said = node.schema.get("type", list(_TYPES))
        names = said if isinstance(said, list) else [said]
        options = []
        for name in names:
            if name not in (*_TYPES, "integer"):
                return self._malformed(node, f"`{name}` is no type")
            options.append(self._of_type(node, name, words))
        return options[0] if len(options) == 1 else Term(Kind.ANY_OF, node.pointer, options=tuple(options))

    def _of_type(self, node: Node, name: str, words: Mapping[str, Any]) -> Term:
        self._step()
        if name in ("null", "boolean"):
            return Term(Kind[name.upper()], node.pointer)
        if name in ("number", "integer"):
            return self._number(node, words, name == "integer")
        if name == "string":
            return self._string(node, words)
        return self._array(node, words) if name == "array" else self._object(node, words)

    def _number(self, node: Node, words: Mapping[str, Any], integer: bool) -> Term:
        bounds: dict[str, Any] = {}
        for word in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            value = words.get(word)
            if value is None or (isinstance(value, bool) and word.startswith("exclusive")):
                continue
            if isinstance(value, bool) or not _is_number(value):
                return self._malformed(node, f"`{word}` must be a number")
            bounds[word] = value
        if words.get("multipleOf") == 0:
            return self._malformed(node, "`multipleOf` must be above 0")
        low = max((value for word, value in bounds.items() if "inimum" in word), default=None)
        high = min((value for word, value in bounds.items() if "aximum" in word), default=None)
        return Term(Kind.NUMBER, node.pointer, low=low, high=high, integer=integer)

    def _string(self, node: Node, words: Mapping[str, Any]) -> Term:
        low, high = self._size(node, words, "minLength"), self._size(node, words, "maxLength")
        form, pattern = words.get("format"), words.get("pattern")
        if form is not None and form not in KNOWN_FORMATS:
            self._tell("format", node, join(node.pointer, "format"), format=str(form))
        patterns = (pattern,) if isinstance(pattern, str) else ()
        return Term(
            Kind.STRING, node.pointer, low=low, high=high, shaped=bool(patterns) or form is not None, patterns=patterns
        )

    def _array(self, node: Node, words: Mapping[str, Any]) -> Term:
        items, first = words.get("items"), words.get("prefixItems")
        name, rest = "prefixItems", "items"
        if isinstance(items, list):
            first, items, name, rest = items, words.get("additionalItems"), "items", "additionalItems"
        elif "additionalItems" in words:
            first = None
        if first is not None and not isinstance(first, list):
            return self._malformed(node, f"`{name}` must be an array")
        return Term(
            Kind.ARRAY,
            node.pointer,
            low=self._size(node, words, "minItems"),
            high=self._size(node, words, "maxItems"),
            options=tuple(self.build(self._child(node, name, index)) for index in range(len(first or ()))),
            rest=None if items is None else self.build(self._child(node, rest)),
        )

    def _object(self, node: Node, words: Mapping[str, Any]) -> Term:
        required = words.get("required", [])
        if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
            return self._malformed(node, "`required` must be an array of names")
        maps = {}
        for name in ("properties", "patternProperties"):
            said = words.get(name, {})
            if not isinstance(said, dict):
                return self._malformed(node, f"`{name}` must be an object")
            maps[name] = {key: self.build(self._child(node, name, key)) for key in said}
        rest = self.build(self._child(node, "additionalProperties")) if "additionalProperties" in words else None
        if "properties" not in words and rest is not None and isinstance(node.schema.get("properties"), dict):
            maps["properties"] = dict.fromkeys(node.schema["properties"], ANY)
        low, high = self._size(node, words, "minProperties"), self._size(node, words, "maxProperties")
        if high is not None and ((low or 0) > high or len(required) > high):
            return NEVER
        return Term(
            Kind.OBJECT,
            node.pointer,
            properties=maps["properties"],
            patterned=maps["patternProperties"],
            rest=rest,
            required=tuple(dict.fromkeys(required)),
            low=low,
            high=high,
        )

    def _const(self, value: Any, pointer: str) -> Term:
        if value is None:
            return Term(Kind.NULL, pointer)
        if isinstance(value, _OWN_LITERALS):
            return Term(Kind.BOOLEAN if isinstance(value, bool) else Kind.STRING, pointer, literal=value)
        if isinstance(value, list):
            items = tuple(self._const(item, pointer) for item in value)
            return Term(Kind.ARRAY, pointer, low=len(items), high=len(items), options=items, rest=NEVER)
        if isinstance(value, dict):
            members = {name: self._const(item, pointer) for name, item in value.items()}
            return Term(Kind.OBJECT, pointer, properties=members, rest=NEVER, required=tuple(members))
        return Term(Kind.NUMBER, pointer, low=value, high=value, integer=isinstance(value, int))

    def _size(self, node: Node, words: Mapping[str, Any], name: str) -> int | None:
        value = words.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self._malformed(node, f"`{name}` must be a whole number, written without a fraction")
            return None
        return value

    def _meet(self, one: Term, other: Term) -> Term:
        try:
            return self.algebra.meet(one, other)
        except RecursionError:
            raise TooLarge from None

    def _step(self) -> None:
        self.steps += 1
        if self.steps > _MAX_STEPS:
            raise TooLarge

    def _malformed(self, node: Node, why: str) -> Term:
        self._tell("malformed", node, node.pointer, why=why)
        return ANY

    def _tell(self, kind: str, node: Node, pointer: str, **values: Any) -> None:
        self.defects.append(Defect(kind, pointer, {"place": node.place, **values}))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal))
