"""Build what a writer writes: recipes become messages, messages become bytes or ProtoJSON.

A recipe is a mapping of field number to value: a scalar, a recipe for a message, a list for a repeated field, a list of
(key, value) for a map. Required fields that it does not name are filled in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from llmreg.formats.protobuf.model import Field, Message
from llmreg.formats.protobuf.side import Side

Recipe: TypeAlias = Mapping[int, Any]
# The runtime takes no invalid UTF-8 through its setters: the one byte is written as DEL and replaced in the payload.
NOT_UTF8 = "\x7f"
_ZEROS = {"string": "", "bytes": b"", "bool": False, "float": 0.0, "double": 0.0}
_MAX_REQUIRED_DEPTH = 40


class UninhabitedError(Exception):
    """A message that requires itself: no finite payload exists."""


def build(side: Side, model: Message, recipe: Recipe) -> Any:
    """The writer's message. Raises UninhabitedError."""
    message = model.make()
    _fill(side, message, model, recipe, 0)
    return message


def wire(message: Any) -> bytes | None:
    """The message's bytes, with the marked byte made invalid UTF-8; None where the mark is not alone."""
    content: bytes = message.SerializeToString(deterministic=True)
    marks = content.count(NOT_UTF8.encode())
    if marks == 0 or not _holds_mark(message):
        return content
    return content.replace(NOT_UTF8.encode(), b"\xff") if marks == 1 else None


def document(side: Side, message: Any) -> Any:
    """The message's ProtoJSON as a value; None when it has none (an empty `Value`, invalid UTF-8)."""
    from google.protobuf import json_format

    if _holds_mark(message):
        return None
    try:
        return json_format.MessageToDict(message, descriptor_pool=side.pool)
    except (json_format.SerializeToJsonError, ValueError, TypeError, KeyError, OverflowError):
        return None


def text(value: Any) -> str:
    """A ProtoJSON value as compact text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def zero(item: Field) -> Any:
    """The value that a required or present field takes when nothing better is asked for."""
    if item.enum is not None:
        return item.enum.values[0][1]
    return _ZEROS.get(item.type, 0)


def _holds_mark(message: Any) -> bool:
    for raw, value in message.ListFields():
        if raw.message_type is not None and not raw.is_repeated:
            if _holds_mark(value):
                return True
        elif raw.message_type is not None:
            parts = [*value.keys(), *value.values()] if hasattr(value, "values") else value
            if any(part == NOT_UTF8 or (hasattr(part, "ListFields") and _holds_mark(part)) for part in parts):
                return True
        elif NOT_UTF8 in (value if raw.is_repeated else [value]):
            return True
    return False


def _fill(side: Side, message: Any, model: Message, recipe: Recipe, depth: int) -> None:
    if depth > _MAX_REQUIRED_DEPTH:
        raise UninhabitedError(model.full_name)
    for number, value in recipe.items():
        _put(side, message, model.by_number[number], value, 0)
    for item in model.required:
        if item.number not in recipe:
            _put(side, message, item, {} if item.message else zero(item), depth + 1)


def _put(side: Side, message: Any, item: Field, value: Any, depth: int) -> None:
    scalar = item.message is None and item.entry is None
    if scalar and not item.repeated:
        if item.extension:
            message.Extensions[item.raw] = value
        else:
            setattr(message, item.raw.name, value)
        return
    home = message.Extensions[item.raw] if item.extension else getattr(message, item.raw.name)
    if item.entry is not None:
        _put_entries(side, home, item.entry[1], value, depth)
    elif scalar:
        home.extend(value)
    else:
        below = side.message(str(item.message))
        for part in value if item.repeated else [value]:
            target = home.add() if item.repeated else home
            target.SetInParent()
            _fill(side, target, below, part, depth)


def _put_entries(side: Side, home: Any, value_field: Field, entries: list[tuple[Any, Any]], depth: int) -> None:
    for key, value in entries:
        if value_field.message is None:
            home[key] = value
        else:
            _fill(side, home[key], side.message(value_field.message), value, depth)
