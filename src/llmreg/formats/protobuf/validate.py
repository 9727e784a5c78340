"""Judge documents: ProtoJSON values and binary messages of a schema's root message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from llmreg.errors import UsageError
from llmreg.formats.protobuf import wellknown
from llmreg.formats.protobuf.model import Field, Message
from llmreg.formats.protobuf.runtime import parse_error
from llmreg.formats.protobuf.side import Side
from llmreg.model.jsontext import plain
from llmreg.model.pointer import join
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass


@dataclass(frozen=True, slots=True)
class ProtobufValidator:
    """`root` is the message that documents are read as; `strict` refuses unknown keys and unknown fields."""

    side: Side
    root: Message
    strict: bool = False

    def is_valid(self, document: Any) -> bool:
        return next(self._messages(self.root, plain(document), ""), None) is None

    def problems(self, document: Any) -> list[Problem]:
        """Every error, ordered by place."""
        found = list(dict.fromkeys(self._messages(self.root, plain(document), "")))
        return sorted(found, key=lambda problem: problem.pointer)

    def problems_binary(self, data: bytes) -> list[Problem]:
        """Errors of a binary message; with `strict` also every field that the schema does not declare."""
        from google.protobuf.message import DecodeError

        try:
            message = self.root.make.FromString(data)
        except DecodeError as error:
            return [self._problem("protobuf-decode", f"no {self.root.full_name} in binary form: {error}", "")]
        found = [self._missing(path) for path in message.FindInitializationErrors()]
        if self.strict:
            found += self._unknown_fields(message, self.root, "")
        return found

    def _messages(self, model: Message, value: Any, pointer: str) -> Iterator[Problem]:
        """The whole first; only where it fails, each member by itself, to find every place."""
        error = self._error(model, self._known(model, value))
        if error is None:
            return
        inner = list(self._members(model, value, pointer)) if _plain_object(model, value) else []
        yield from inner
        if not inner:
            yield self._problem("protobuf-value", error, pointer, model.pointer)

    def _members(self, model: Message, value: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
        for key, member in value.items():
            item = model.by_key.get(key)
            here = join(pointer, key)
            if item is None:
                if self.strict:
                    yield self._problem("unknown-field", f"{model.full_name} has no field `{key}`", here, model.pointer)
            else:
                yield from self._member(model, key, member, here)
        for item in model.fields:
            if item.required and not item.accepted & value.keys():
                yield self._problem("required", f"the required field `{item.name}` is missing", pointer, item.pointer)

    def _member(self, model: Message, key: str, value: Any, pointer: str) -> Iterator[Problem]:
        """The problems inside one member; the member itself where it fails and nothing inside does."""
        item = model.by_key[key]
        below = item.below
        error = self._error(model, self._known(model, {key: value}), partial=True)
        inner: list[Problem] = []
        for part, place in self._parts(item, value, pointer) if error is not None or below is not None else ():
            if below is not None:
                inner += self._messages(self.side.message(below), part, place)
            elif place != pointer:
                alone = {key: {place.rsplit("/", 1)[1]: part} if item.entry else [part]}
                told = self._error(model, alone, partial=True)
                inner += [] if told is None else [self._problem("protobuf-value", told, place, item.pointer)]
        yield from inner
        if error is not None and not inner:
            yield self._problem("protobuf-value", error, pointer, item.pointer)

    def _parts(self, item: Field, value: Any, pointer: str) -> Iterator[tuple[Any, str]]:
        if item.entry is not None:
            if isinstance(value, dict):
                yield from ((part, join(pointer, key)) for key, part in value.items())
        elif item.repeated:
            if isinstance(value, list):
                yield from ((part, join(pointer, index)) for index, part in enumerate(value))
        else:
            yield value, pointer

    def _known(self, model: Message, value: Any) -> Any:
        """Without the keys that the schema does not declare, unless strict. Unknown enum names stay, to be refused."""
        if self.strict or not _plain_object(model, value):
            return value
        known = {}
        for key, member in value.items():
            item = model.by_key.get(key)
            if item is None:
                continue
            below = item.below
            known[key] = member if below is None else self._known_parts(item, self.side.message(below), member)
        return known

    def _known_parts(self, item: Field, below: Message, value: Any) -> Any:
        if item.entry is not None:
            return {key: self._known(below, part) for key, part in value.items()} if isinstance(value, dict) else value
        if item.repeated:
            return [self._known(below, part) for part in value] if isinstance(value, list) else value
        return self._known(below, value)

    def _error(self, model: Message, value: Any, *, partial: bool = False) -> str | None:
        """Why the value is no ProtoJSON of the message. `partial`: required fields may be missing."""
        from google.protobuf import json_format

        message = model.make()
        if not isinstance(value, dict) and _plain_object(model, {}):
            return f"{model.full_name} is a JSON object, not {_kind(value)}"
        try:
            json_format.ParseDict(value, message, descriptor_pool=self.side.pool)
        except json_format.ParseError as error:
            return parse_error(error)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            return f"not readable: {error}"
        missing = [] if partial else message.FindInitializationErrors()
        return f"required fields are missing: {', '.join(missing)}" if missing else None

    def _missing(self, path: str) -> Problem:
        pointer = "/" + path.replace("[", "/").replace("]", "").replace(".", "/")
        return self._problem("required", f"the required field `{path}` is missing", pointer)

    def _unknown_fields(self, message: Any, model: Message, pointer: str) -> list[Problem]:
        from google.protobuf.unknown_fields import UnknownFieldSet

        found = [
            self._problem("unknown-field", f"{model.full_name} has no field number {item.field_number}", pointer)
            for item in cast("Iterable[Any]", UnknownFieldSet(message))
        ]
        for raw, value in message.ListFields():
            item = model.by_number[raw.number]
            below = item.below
            if below is None:
                continue
            parts = value.items() if item.entry else enumerate(value) if item.repeated else [(None, value)]
            for key, part in parts:
                here = join(pointer, item.name) if key is None else join(pointer, item.name, str(key))
                found += self._unknown_fields(part, self.side.message(below), here)
        return found

    def _problem(self, code: str, message: str, pointer: str, schema_pointer: str | None = None) -> Problem:
        return Problem(code=code, message=message, pointer=pointer, schema_pointer=schema_pointer)


def validator(side: Side, *, strict: bool, roots: Sequence[str] = ()) -> ProtobufValidator:
    """For the first of `roots` (names with or without the package), else for the file's first top-level message.

    Raises UsageError where the file has no such message."""
    messages = side.top_level()
    if roots:
        messages = [item for item in messages if roots[0] in (item.full_name, item.full_name.rpartition(".")[2])]
    if not messages:
        missing = f"declares no message {roots[0]}" if roots else "declares no message"
        raise UsageError(f"the schema {missing}, so there is nothing to validate")
    return ProtobufValidator(side, messages[0], strict)


def _plain_object(model: Message, value: Any) -> bool:
    """Whether the value is an object whose members are the message's fields."""
    special = wellknown.SPECIAL_JSON | wellknown.WRAPPERS
    return isinstance(value, dict) and model.full_name not in special


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
