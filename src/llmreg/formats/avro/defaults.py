"""Field defaults: whether a JSON value fits a type, and the datum that it stands for (specification, "Records")."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from llmreg.formats.avro.datum import Branch
from llmreg.formats.avro.types import Array, Enum, Field, Fixed, Map, Record, Type, Union
from llmreg.model import jsontext
from llmreg.model.pointer import join

_RANGES = {"int": 1 << 31, "long": 1 << 63}
_MAX_VALUES = 1_000_000


class Misfit(ValueError):
    """A default that its type refuses; `pointer` is relative to the default."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer


class Completion:
    """What goes on while defaults are used: the fields whose own are (one that needs itself never ends), and how many
    values may still come of it (records that double each other's defaults never end either, for all practical ends)."""

    def __init__(self) -> None:
        self.fields: set[Field] = set()
        self.left = _MAX_VALUES


def convert(type_: Type, value: Any, completing: Completion) -> Any:
    """The datum that the JSON value stands for. Nested records are completed from their fields' defaults; of a union
    the first branch that fits is taken. Raises Misfit."""
    completing.left -= 1
    if completing.left < 0:
        raise Misfit(f"the defaults stand for more than {_MAX_VALUES} values")
    if isinstance(type_, Union):
        return _union(type_, value, completing)
    if isinstance(type_, Record):
        return _record(type_, value, completing)
    if isinstance(type_, Array):
        _need(isinstance(value, list), "an array", value)
        return [_at(index, type_.items, item, completing) for index, item in enumerate(value)]
    if isinstance(type_, Map):
        _need(isinstance(value, dict), "an object", value)
        return {key: _at(key, type_.values, item, completing) for key, item in value.items()}
    return _scalar(type_, value)


def fitting_branch(type_: Union, value: Any) -> int | None:
    """The number of the first branch that the value fits."""
    return next((index for index, _ in _branches(type_, value, Completion())), None)


def complete(field: Field, completing: Completion | None = None) -> Any:
    """The datum of a field's own default. Raises Misfit."""
    state = completing or Completion()
    if field in state.fields:
        raise Misfit(f"the default of `{field.name}` needs itself and never ends")
    state.fields.add(field)
    try:
        return convert(field.type, field.default, state)
    finally:
        state.fields.discard(field)


def _union(type_: Union, value: Any, completing: Completion) -> Branch:
    for index, datum in _branches(type_, value, completing):
        return Branch(index, datum)
    raise Misfit(f"{_shown(value)} fits no branch of the union")


def _branches(type_: Union, value: Any, completing: Completion) -> Iterator[tuple[int, Any]]:
    for index, branch in enumerate(type_.branches):
        try:
            datum = convert(branch, value, completing)
        except Misfit:
            continue
        yield index, datum


def _record(type_: Record, value: Any, completing: Completion) -> dict[str, Any]:
    _need(isinstance(value, dict), "an object", value)
    for key in value:
        if key not in type_.by_name:
            raise Misfit(f"{type_.name} has no field {key!r}", join("", key))
    datum = {}
    for field in type_.fields:
        if field.name in value:
            datum[field.name] = _at(field.name, field.type, value[field.name], completing)
        elif field.optional:
            datum[field.name] = complete(field, completing)
        else:
            raise Misfit(f"the field `{field.name}` of {type_.name} is missing")
    return datum


def _at(token: str | int, type_: Type, value: Any, completing: Completion) -> Any:
    try:
        return convert(type_, value, completing)
    except Misfit as error:
        raise Misfit(str(error), join("", token) + error.pointer) from None


def _scalar(type_: Type, value: Any) -> Any:
    kind = type_.kind
    if kind == "null":
        _need(value is None, "null", value)
    elif kind == "boolean":
        _need(isinstance(value, bool), "true or false", value)
    elif kind in _RANGES:
        _need(isinstance(value, int) and not isinstance(value, bool), "an integer", value)
        _need(-_RANGES[kind] <= value < _RANGES[kind], f"in the range of {kind}", value)
    elif kind in ("float", "double"):
        _need(isinstance(value, (int, float, Decimal)) and not isinstance(value, bool), "a number", value)
        return _float(value)
    elif isinstance(type_, Enum):
        _need(value in type_.symbols, f"a symbol of {type_.name}", value)
    else:
        _need(isinstance(value, str), "a string", value)
        return _bytes(type_, value) if kind in ("bytes", "fixed") else value
    return value


def _float(value: Any) -> float:
    number = float(value) if isinstance(value, Decimal) or abs(value) < 1 << 1024 else math.inf
    _need(math.isfinite(number), "in the range of a double", value)
    return number


def _bytes(type_: Type, value: str) -> bytes:
    try:
        data = value.encode("latin-1")
    except UnicodeEncodeError:
        raise Misfit("bytes are written as the characters U+0000 to U+00FF") from None
    if isinstance(type_, Fixed):
        _need(len(data) == type_.size, f"{type_.size} characters long", value)
    return data


def _need(holds: bool, expected: str, value: Any) -> None:
    if not holds:
        raise Misfit(f"{_shown(value)} is not {expected}")


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "an array"
    text = jsontext.dumps(value)
    return text if len(text) <= 40 else text[:40] + "…"
