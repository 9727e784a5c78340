"""A second opinion on payloads: the pure Python runtime in a process of its own, with a comparison of its own.

Reads one JSON object per line, `{writer, reader, roots, surface, strict, payload, defaults}`: serialized descriptor
sets in base64, the root messages' full names, and the payload as hex or JSON text. Answers with one line each: "same",
"differs: …", or "not written: …" when this runtime does not take the payload for one of the writer's.
"""

from __future__ import annotations

import base64
import json
import struct
import sys
from functools import lru_cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.internal import api_implementation

WRAPPERS = {
    f"google.protobuf.{name}Value"
    for name in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
}


@lru_cache(maxsize=8)
def pool(content: str) -> Any:
    found = descriptor_pool.DescriptorPool()
    files = descriptor_pb2.FileDescriptorSet.FromString(base64.b64decode(content)).file
    for file in files:
        found.Add(file)
    message_factory.GetMessageClassesForFiles([file.name for file in files], found)  # extensions need their classes
    return found


class DifferenceError(Exception):
    """The reader does not read what was written."""


def decode(home: Any, name: str, question: dict[str, Any], *, lenient: bool) -> Any:
    message = message_factory.GetMessageClass(home.FindMessageTypeByName(name))()
    if question["surface"] == "wire":
        message.MergeFromString(bytes.fromhex(question["payload"]))
    else:
        document = json.loads(question["payload"])
        json_format.ParseDict(document, message, ignore_unknown_fields=lenient, descriptor_pool=home)
    return message


def extensions(home: Any, kind: Any) -> list[Any]:
    return list(home.FindAllExtensions(kind)) if kind.is_extendable else []


def label(field: Any) -> str:
    return field.full_name if field.is_extension else field.name


class Reading:
    """The written and the read message, field by field."""

    def __init__(self, writer: Any, reader: Any, question: dict[str, Any]) -> None:
        self.writer, self.reader, self.question = writer, reader, question

    def messages(self, written: Any, read: Any) -> None:
        ours = [*written.DESCRIPTOR.fields, *extensions(self.writer, written.DESCRIPTOR)]
        theirs = [*read.DESCRIPTOR.fields, *extensions(self.reader, read.DESCRIPTOR)]
        names = {label(field): field for field in theirs}
        known = {label(field) for field in ours}
        numbers = {field.number: field for field in theirs if label(field) not in known}
        there = {field.number: (field, value) for field, value in read.ListFields()}
        met = set()
        for field, value in written.ListFields():
            other = names.get(label(field)) or numbers.get(field.number)
            if other is None:
                continue
            met.add(other.number)
            if other.number in there:
                self.values(field, other, value, there[other.number][1])
            elif not self.unset_is_same(field, other, value):
                raise DifferenceError(f"{label(field)} is lost")
        for number, (field, _) in there.items():
            if number not in met:
                raise DifferenceError(f"{label(field)} was never written")

    def defaults(self, written: Any, read: Any) -> None:
        known = [*read.DESCRIPTOR.fields, *extensions(self.reader, read.DESCRIPTOR)]
        theirs = {label(field): field for field in known}
        numbers = {field.number: field for field in known}
        ours = [*written.DESCRIPTOR.fields, *extensions(self.writer, written.DESCRIPTOR)]
        names = {label(field) for field in ours}
        for field in ours:
            other = theirs.get(label(field)) or numbers.get(field.number)
            if other is None or field.is_required or (label(other) != label(field) and label(other) in names):
                continue
            mine, their = unset(field), unset(other)
            if (mine or their) and (None in (mine, their) or not self.same(field, other, mine, their)):
                raise DifferenceError(f"{label(field)} unset is {mine!r} and {their!r}")

    def unset_is_same(self, field: Any, other: Any, value: Any) -> bool:
        if other.has_presence or other.is_repeated or field.message_type is not None:
            return False
        values = list(value) if field.is_repeated else [value]
        return len(values) == 1 and self.same(field, other, values[0], other.default_value)

    def values(self, field: Any, other: Any, written: Any, read: Any) -> None:
        maps = [is_map(field), is_map(other)]
        if all(maps):
            self.maps(field, other, dict(written), dict(read))
            return
        if any(maps):
            ours, theirs = entries(field, written), entries(other, read)
            if ours is None or theirs is None or sorted(ours, key=repr) != sorted(theirs, key=repr):
                raise DifferenceError(f"{label(field)}: other entries")
            return
        ours = list(written) if field.is_repeated else [written]
        theirs = list(read) if other.is_repeated else [read]
        if len(ours) != len(theirs):
            raise DifferenceError(f"{label(field)}: {len(ours)} and {len(theirs)} values")
        for one, two in zip(ours, theirs, strict=True):
            self.one(field, other, one, two)

    def maps(self, field: Any, other: Any, written: dict[Any, Any], read: dict[Any, Any]) -> None:
        key, value = (field.message_type.fields_by_number[number] for number in (1, 2))
        key2, value2 = (other.message_type.fields_by_number[number] for number in (1, 2))
        for one, content in written.items():
            homes = [two for two in read if self.same(key, key2, one, two)]
            if not homes:
                raise DifferenceError(f"{label(field)}: the key {one!r} is lost")
            enum = value2.enum_type
            closed = enum is not None and enum.is_closed and self.question["surface"] == "wire"
            if closed and isinstance(content, int) and content not in enum.values_by_number:
                raise DifferenceError("the entry is lost, though this runtime keeps it with the enum's default")
            self.one(value, value2, content, read[homes[0]])

    def one(self, field: Any, other: Any, written: Any, read: Any) -> None:
        if field.message_type is not None and other.message_type is not None:
            self.messages(written, read)
        elif not self.same(field, other, written, read):
            raise DifferenceError(f"{label(field)}: {written!r} is read as {read!r}")

    def same(self, field: Any, other: Any, written: Any, read: Any) -> bool:
        if field.message_type is not None or other.message_type is not None:
            return self.mixed(field, other, written, read)
        enums = field.enum_type, other.enum_type
        if all(enums):
            return same_number(*enums, written, read)
        if isinstance(read, str) and enums[0] is not None:
            return enums[0].values_by_name.get(read) is not None and enums[0].values_by_name[read].number == written
        if isinstance(written, str) and enums[1] is not None:
            return enums[1].values_by_name.get(written) is not None and enums[1].values_by_name[written].number == read
        if isinstance(written, str | bytes) or isinstance(read, str | bytes):
            return octets(written) == octets(read)
        if "float" in (kind(field), kind(other)) and {kind(field), kind(other)} <= {"float", "double"}:
            return single(written) == single(read)
        return bool(written == read) or (written != written and read != read)

    def mixed(self, field: Any, other: Any, written: Any, read: Any) -> bool:
        """A message against a scalar: a wrapper's value in JSON, else the bytes."""
        for mine, own, value, scalar in ((field, written, read, other), (other, read, written, field)):
            kind = mine.message_type.full_name if mine.message_type is not None else ""
            if self.question["surface"] == "json" and kind in WRAPPERS:
                inner = mine.message_type.fields_by_name["value"]
                pair = (inner, scalar, own.value, value) if mine is field else (scalar, inner, value, own.value)
                return self.same(*pair)
        if field.message_type is not None:
            return self.holds(written, octets(read))
        return self.holds(read, octets(written))

    def holds(self, message: Any, content: bytes | None) -> bool:
        """Whether the bytes are the message; the entries of its maps may stand in any order."""
        try:
            return content is not None and type(message).FromString(content) == message
        except Exception:  # noqa: BLE001 (the runtime's own errors are many)
            return False


def unset(field: Any) -> Any:
    return None if field.is_repeated or field.message_type is not None else field.default_value


def is_map(field: Any) -> bool:
    return field.message_type is not None and field.is_repeated and field.message_type.GetOptions().map_entry


def entries(field: Any, value: Any) -> list[Any] | None:
    if is_map(field):
        return [(key, octets(one) or one) for key, one in value.items()]
    if field.message_type is None or not field.is_repeated:
        return None
    numbers = field.message_type.fields_by_number
    if 1 not in numbers or 2 not in numbers:
        return None
    return [(getattr(one, numbers[1].name), octets(getattr(one, numbers[2].name)) or 0) for one in value]


def same_number(writer: Any, reader: Any, written: int, read: int) -> bool:
    mine = {value.name for value in writer.values if value.number == written}
    homes = {value.number for value in reader.values if value.name in mine}
    if homes:
        return read in homes
    if written != read or not mine:
        return written == read
    return not any(value.name in writer.values_by_name for value in reader.values if value.number == read)


def kind(field: Any) -> str:
    return {field.TYPE_FLOAT: "float", field.TYPE_DOUBLE: "double"}.get(field.type, "other")


def octets(value: Any) -> bytes | None:
    return value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else None


def single(value: float) -> bytes:
    try:
        return struct.pack("<f", value) if value == value else b"nan"
    except OverflowError:
        return struct.pack("<f", float("inf") if value > 0 else float("-inf"))


def answer(question: dict[str, Any]) -> str:
    writer, reader = pool(question["writer"]), pool(question["reader"])
    written_name, read_name = question["roots"]
    try:
        written = decode(writer, written_name, question, lenient=False)
    except Exception as error:  # noqa: BLE001 (the runtime's own errors are many)
        return f"not written: {error}"
    if not written.IsInitialized() or has_unknown(written):
        return "not written: not initialised, or fields that the writer does not know"
    try:
        read = decode(reader, read_name, question, lenient=not question["strict"])
    except Exception as error:  # noqa: BLE001 (the runtime's own errors are many)
        return f"differs: the reader refuses it: {error}"
    if not read.IsInitialized():
        return "differs: a required field is missing"
    reading = Reading(writer, reader, question)
    try:
        reading.messages(written, read)
        if question["defaults"]:
            reading.defaults(written, read)
    except DifferenceError as error:
        return f"differs: {error}"
    return "same"


def has_unknown(message: Any) -> bool:
    from google.protobuf.unknown_fields import UnknownFieldSet

    if len(UnknownFieldSet(message)):
        return True
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        parts = value.values() if is_map(field) else value if field.is_repeated else [value]
        if any(hasattr(part, "ListFields") and has_unknown(part) for part in parts):
            return True
    return False


def main() -> None:
    if api_implementation.Type() != "python":
        raise SystemExit(f"this is the runtime {api_implementation.Type()}, not the pure Python one")
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
