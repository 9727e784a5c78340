"""Documents that a schema accepts, made on purpose: with or without a certain member, of a certain type at a place.

A document is only a proposal: whoever uses it asks the validators first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any, Final

from llmreg.formats.prompt.needs import Path, Step, StepKind
from llmreg.llm.prompts.shapes import Node, Shape, Shapes, bound, items, member, type_of

ABSENT: Final = "absent"
IMPOSSIBLE: Final[Any] = object()
_DEEPEST: Final = 12
_FORMATS: Final = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "email": "ann@example.org",
    "uri": "https://example.org/",
    "uuid": "5f0c7b1e-0f3a-4d3e-9d52-0a3f5c1b2e4d",
    "ipv4": "192.0.2.1",
    "hostname": "example.org",
}


@dataclass(frozen=True, slots=True)
class Aim:
    """`want` at the end of `path`: `absent`, a JSON type, or "" for anything."""

    path: Path = ()
    want: str = ""

    def below(self) -> Aim | None:
        return Aim(self.path[1:], self.want) if len(self.path) > 1 or (self.path and self.want != ABSENT) else None


class Maker:
    """Makes documents of one schema. `full`: every optional member is there, else none; None: chance decides."""

    def __init__(self, shapes: Shapes, *, full: bool | None = True, seed: int = 0) -> None:
        self._shapes = shapes
        self._full = full
        self._random = Random(seed)  # noqa: S311 -- the same documents every time

    def make(self, aim: Aim | None = None) -> Any:
        """A document, or IMPOSSIBLE."""
        return self._value((self._shapes.root,), aim, 0)

    def _value(self, nodes: Sequence[Node], aim: Aim | None, depth: int) -> Any:
        shapes = self._shapes.of(nodes)
        if depth > _DEEPEST:
            shapes = [shape for shape in shapes if not {"object", "array"} & set(shape.types)] or shapes[:1]
        for shape in self._ordered(shapes):
            value = self._of_shape(shape, aim, depth)
            if value is not IMPOSSIBLE:
                return value
        return IMPOSSIBLE

    def _ordered(self, shapes: list[Shape]) -> list[Shape]:
        """Something before nothing; by chance where chance decides."""
        if self._full is None:
            return self._random.sample(shapes, len(shapes))
        return sorted(shapes, key=lambda shape: shape.types == ("null",))

    def _of_shape(self, shape: Shape, aim: Aim | None, depth: int) -> Any:
        if depth > _DEEPEST * 2:
            return IMPOSSIBLE
        wanted = _wanted_types(aim)
        listed = [item for item in _listed(shape) if wanted is None or type_of(item) in wanted]
        if listed:
            return self._random.choice(listed) if self._full is None else listed[0]
        types = [name for name in shape.types if wanted is None or name in wanted or _is_number(name, wanted)]
        if not types or any(True for keyword in ("enum", "const") for _ in shape.says(keyword)):
            return IMPOSSIBLE
        for name in self._random.sample(types, len(types)) if self._full is None else types:
            value = self._typed(name, shape, aim, depth)
            if value is not IMPOSSIBLE:
                return value
        return IMPOSSIBLE

    def _typed(self, name: str, shape: Shape, aim: Aim | None, depth: int) -> Any:
        if name == "object":
            return self._object(shape, aim, depth)
        if name == "array":
            return self._array(shape, aim, depth)
        if name == "string":
            return self._text(shape)
        if name == "boolean":
            return self._random.random() < 0.5 if self._full is None else True
        return None if name == "null" else _number(shape, name, self._random if self._full is None else None)

    def _object(self, shape: Shape, aim: Aim | None, depth: int) -> Any:
        names = list(dict.fromkeys(name for listed, _ in shape.says("properties") for name in listed))
        required = {str(name) for listed, _ in shape.says("required") for name in listed}
        step = aim.path[0] if aim is not None and aim.path else None
        forced = {step.name} if step is not None and step.kind is StepKind.KEY else set()
        made: dict[str, Any] = {}
        for name in dict.fromkeys([*names, *required, *forced]):
            inner = aim.below() if aim is not None and name in forced else None
            if name in forced and inner is None:
                if name in required:
                    return IMPOSSIBLE
                continue
            if name not in required | forced and not self._takes(depth):
                continue
            found = member(shape, name)
            value = IMPOSSIBLE if found.nodes is None else self._value(found.nodes, inner, depth + 1)
            if value is not IMPOSSIBLE:
                made[name] = value
            elif name in required | forced:
                return IMPOSSIBLE
        return made | self._others(shape, step, aim, depth) if not names or self._aims_at_any(step) else made

    @staticmethod
    def _aims_at_any(step: Step | None) -> bool:
        return step is not None and step.kind in (StepKind.VALUE, StepKind.ANY)

    def _others(self, shape: Shape, step: Step | None, aim: Aim | None, depth: int) -> dict[str, Any]:
        """One member of a map, where one is looked at or all is to be full."""
        rest = [
            Node(value, document) for value, document in shape.says("additionalProperties") if isinstance(value, dict)
        ]
        if not rest or not (self._aims_at_any(step) or self._takes(depth)):
            return {}
        value = self._value(rest, aim.below() if aim is not None and self._aims_at_any(step) else None, depth + 1)
        return {} if value is IMPOSSIBLE else {"key": value}

    def _array(self, shape: Shape, aim: Aim | None, depth: int) -> Any:
        low = bound(shape, "minItems", 0)
        high = min([int(value) for value, _ in shape.says("maxItems")], default=8)
        step = aim.path[0] if aim is not None and aim.path else None
        inside = aim.below() if aim is not None and step is not None and step.kind is not StepKind.KEY else None
        short = aim is not None and step is not None and inside is None and step.kind is not StepKind.KEY
        length = low if short else max(low, 1 if inside or self._takes(depth) else 0)
        if inside is not None and step is not None and step.kind is StepKind.INDEX:
            length = max(length, abs(int(step.name)) + 1)
        if length > max(high, low) or length > 64:
            return IMPOSSIBLE
        made: list[Any] = []
        for index in range(length):
            value = self._value(items(shape, index), inside, depth + 1)
            if value is IMPOSSIBLE:
                return IMPOSSIBLE if index < low or inside else made
            made.append(value)
        return made

    def _takes(self, depth: int) -> bool:
        """Whether an optional part is there; deep ones are not, so that recursive schemas end."""
        if depth > _DEEPEST // 2:
            return False
        return self._random.random() < 0.6 if self._full is None else self._full

    def _text(self, shape: Shape) -> Any:
        low = bound(shape, "minLength", 0)
        high = min([int(value) for value, _ in shape.says("maxLength")], default=None)
        for pattern, _ in shape.says("pattern"):
            from llmreg.formats.json.regex import quick_word  # only where there is a pattern

            found = quick_word(str(pattern), low, high)
            return IMPOSSIBLE if found is None else found
        for name, _ in shape.says("format"):
            if name in _FORMATS:
                return _FORMATS[name]
        word = self._random.choice(["text", "a", "Zoë", "42", ""]) if self._full is None else "text"
        word += "x" * (low - len(word))
        return word if high is None else word[:high]


def _wanted_types(aim: Aim | None) -> set[str] | None:
    """The types that a value may have for an aim; None: any."""
    if aim is None:
        return None
    if not aim.path:
        return {aim.want} if aim.want else None
    kind = aim.path[0].kind
    if kind is StepKind.KEY or kind is StepKind.VALUE:
        return {"object"}
    return {"array", "object"} if kind in (StepKind.ANY, StepKind.SECTION) else {"array"}


def _is_number(name: str, wanted: set[str]) -> bool:
    return name == "number" and "integer" in wanted


def _listed(shape: Shape) -> list[Any]:
    """The values that `const` or `enum` allow, in every part."""
    choices = [[value] for value, _ in shape.says("const")]
    choices += [value for value, _ in shape.says("enum") if isinstance(value, list)]
    if not choices:
        return []
    return [value for value in choices[0] if all(value in other for other in choices[1:])]


def _number(shape: Shape, name: str, random: Random | None) -> Any:
    low = max([*_said(shape, "minimum"), *(value + 1 for value in _said(shape, "exclusiveMinimum"))], default=None)
    high = min([*_said(shape, "maximum"), *(value - 1 for value in _said(shape, "exclusiveMaximum"))], default=None)
    step = next((value for value, _ in shape.says("multipleOf")), None)
    start = random.choice([0, 1, 7]) if random is not None else 1
    value = start if low is None or low <= start else low
    value = value if high is None or value <= high else high
    if step is not None:
        value = math.ceil(Decimal(value) / Decimal(step)) * step
    if name == "integer":
        return math.ceil(value)
    return Decimal(value) + (Decimal("0.5") if low is high is step is None else 0)


def _said(shape: Shape, keyword: str) -> list[Any]:
    """The numbers that a keyword gives in every part; in draft 4 an exclusive bound is a flag."""
    return [value for value, _ in shape.says(keyword) if not isinstance(value, bool)]
