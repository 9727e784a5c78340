"""What Schema Registry clients are given of a proto file, and the way back from what they post.

They post text, or, as Python's client does, the base64 of a FileDescriptorProto, which it also asks for."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from llmreg.errors import LimitError, SchemaError
from llmreg.formats.interface import Reference, Source
from llmreg.formats.protobuf import closure, lexer, wellknown
from llmreg.formats.protobuf.schema import ProtobufSchema, parse
from llmreg.formats.protobuf.side import Side
from llmreg.model.jsontext import MAX_SCHEMA_BYTES
from llmreg.model.problem import Problem
from llmreg.model.record import replace

_BASE64: Final = re.compile(rb"[A-Za-z0-9+/\s]+={0,2}")
_CAMEL: Final = re.compile(r"_+(.?)")


def serialized(schema: ProtobufSchema) -> bytes:
    """Base64 of the file's own FileDescriptorProto, without source info; imports stand in it by path."""
    return base64.b64encode(_bare(schema.side.proto).SerializeToString(deterministic=True))


def without_extensions(data: bytes) -> bytes:
    """The text without custom options: every option whose name starts with a bracket."""
    text = data.decode()
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    pieces, at = [], 0
    for start, end in _options([token for token in lexer.tokens(text) if token.kind != "comment"], starts):
        pieces.append(text[at:start])
        at = max(at, end)
    return "".join([*pieces, text[at:]]).encode()


def is_descriptor(data: bytes) -> bool:
    """Whether a text is base64: no proto file is, because every declaration has a bracket or a semicolon."""
    return len(data) <= MAX_SCHEMA_BYTES and _BASE64.fullmatch(data.strip()) is not None


def posted(source: Source) -> ProtobufSchema:
    """Raises like `parse`; `source.references` maps the import paths used to `subject@version`."""
    paths = {name: _path(pin) for name, pin in source.references.items()}
    if is_descriptor(source.data):
        return _described(source, paths)
    text = lexer.read_text(source.data, source.name)
    for name in {item.path for item in lexer.imports(text)} & paths.keys():
        text = re.sub(rf"""(import\s+(?:public\s+|weak\s+)?)["']{re.escape(name)}["']""", rf'\1"{paths[name]}"', text)
    return parse(replace(source, data=text.encode(), references={}))


def same(posted: ProtobufSchema, registered: ProtobufSchema) -> bool:
    """Whether both declare the same in the same order and import the same, whatever their comments."""
    return _form(posted.side.proto) == _form(registered.side.proto)


def _path(pin: str) -> str:
    subject, _, version = pin.partition("@")
    return f"{subject}/{version}.proto"


def _described(source: Source, paths: Mapping[str, str]) -> ProtobufSchema:
    """A schema from its descriptor: it has no text, so there are neither lines nor comments to tell of."""
    from google.protobuf import descriptor_pb2
    from google.protobuf.message import DecodeError

    try:
        own = descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(source.data, validate=False))
    except (DecodeError, binascii.Error, ValueError):
        raise _refused(source, "neither the text of a proto file nor the base64 of a FileDescriptorProto") from None
    for number, name in enumerate(own.dependency):
        own.dependency[number] = paths.get(name, name)
    own.name = closure.virtual_path(source, set(own.dependency))
    files, imported, references = _needed(source, own)
    descriptors = descriptor_pb2.FileDescriptorSet(file=[*files.values(), own]).SerializeToString()
    try:
        side = Side(descriptors, own.name)
    except (TypeError, ValueError, KeyError) as error:
        raise _refused(source, f"the runtime refuses the descriptor: {' '.join(str(error).split())[:300]}") from None
    return ProtobufSchema(b"", own.name, imported, references, (), descriptors, side)


def _needed(source: Source, own: Any) -> tuple[dict[str, Any], dict[str, bytes], tuple[Reference, ...]]:
    """Descriptors and texts of what a descriptor imports, and its pinned references."""
    files: dict[str, Any] = {}
    imported: dict[str, bytes] = {}
    references = []
    for path in own.dependency:
        known = closure.reference(path)
        if known is not None and source.resolve is not None:
            references.append(known)
            files |= _files(source.resolve(known.subject, known.version), path, imported)
        elif path in wellknown.PATHS:
            alone = parse(Source(f'syntax = "proto3"; import "{path}";'.encode(), strict=False))
            files |= {name: item for name, item in alone.side.files.items() if name != alone.path}
        else:
            raise _refused(source, f"it imports {path[:200]!r}, which is neither a well-known file nor a reference")
    if len(files) > closure.MAX_FILES:
        raise LimitError(f"{source.name} needs more than the limit of {closure.MAX_FILES} files")
    return files, imported, tuple(sorted(references))


def _files(schema: Any, path: str, imported: dict[str, bytes]) -> dict[str, Any]:
    """The closure of a pinned schema, its own file under the path that it is imported by."""
    imported |= {**schema.imported, path: schema.data}
    files = {name: item for name, item in schema.side.files.items() if name != schema.path}
    own = type(schema.side.proto)()
    own.CopyFrom(schema.side.proto)
    own.name = path
    return files | {path: own}


def _bare(proto: Any) -> Any:
    bare = type(proto)()
    bare.CopyFrom(proto)
    bare.ClearField("source_code_info")
    return bare


def _form(proto: Any) -> bytes:
    """What two descriptors of one file have in common, whoever made them."""
    bare = _bare(proto)
    bare.ClearField("name")
    if bare.syntax == "proto2":
        bare.ClearField("syntax")
    for item in _fields(bare):
        if item.json_name == _CAMEL.sub(lambda match: match.group(1).upper(), item.name):
            item.ClearField("json_name")
    return bytes(bare.SerializeToString(deterministic=True))


def _fields(proto: Any) -> Iterator[Any]:
    """Every field and extension of a file or message descriptor."""
    yield from proto.extension
    for message in proto.message_type if hasattr(proto, "message_type") else proto.nested_type:
        yield from message.field
        yield from _fields(message)


def _options(tokens: list[lexer.Token], starts: list[int]) -> Iterator[tuple[int, int]]:
    """Where custom options stand, as (start, end) in the text."""

    def offset(token: lexer.Token) -> int:
        return starts[token.line - 1] + token.column - 1

    at = 0
    while at < len(tokens) - 1:
        here, after = tokens[at].text, tokens[at + 1].text
        if here == "option" and after == "(" and tokens[at - 1].text in {";", "{", "}"}:
            end = _end(tokens, at, ";")
            yield offset(tokens[at]), offset(tokens[end]) + 1
            at = end
        elif here == "[" and tokens[at - 1].text not in {"=", ":"}:
            end = _end(tokens, at + 1, "]")
            yield from _list(tokens[at : end + 1], offset)
            at = end
        at += 1


def _list(tokens: list[lexer.Token], offset: Any) -> Iterator[tuple[int, int]]:
    """The same inside one `[…]`; all of it where nothing is left."""
    entries: list[tuple[int, int]] = []
    start, depth = 1, 0
    for at, token in enumerate(tokens[1:], start=1):
        depth += (token.text in "{[(<") - (token.text in "}])>")
        if (token.text == "," and depth == 0) or depth < 0:
            entries.append((start, at))
            start = at + 1
    custom = [tokens[first].text == "(" for first, _ in entries]
    if all(custom):
        yield offset(tokens[0]), offset(tokens[-1]) + 1
        return
    kept = custom.index(False)
    for gone, group in groupby(range(len(entries)), key=custom.__getitem__):
        numbers = list(group)
        if not gone:
            continue
        first, last = entries[numbers[0]], entries[numbers[-1]]
        if numbers[0] < kept:
            yield offset(tokens[first[0]]), offset(tokens[last[1] + 1])
        else:
            yield offset(tokens[first[0] - 1]), offset(tokens[last[1]])


def _end(tokens: list[lexer.Token], at: int, mark: str) -> int:
    """The place of the mark that ends what begins at `at`, outside brackets."""
    depth = 0
    while at < len(tokens) - 1:
        text = tokens[at].text
        if depth == 0 and text == mark:
            break
        depth += (text in "{[(<") - (text in "}])>")
        at += 1
    return at


def _refused(source: Source, message: str) -> SchemaError:
    return SchemaError(f"{source.name}: {message}", problems=[Problem("protobuf-descriptor", message)])
