"""Avro data with something around them: Object Container Files and the single-object encoding (specification, "Object
Container Files", "Single-object encoding").

Both name the schema that the data were written with, in full or by its fingerprint. Strangers' bytes: blocks are
unpacked up to a limit, and the number of values is bounded over the whole file.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from llmreg.errors import LlmregError
from llmreg.formats.avro.decode import MAX_VALUES, Decoder, TornError, decode
from llmreg.formats.avro.parse import parse
from llmreg.formats.avro.schema import AvroSchema
from llmreg.formats.avro.types import Map, Primitive, Type
from llmreg.formats.interface import Source

FILE_MARK = b"Obj\x01"
SINGLE_MARK = b"\xc3\x01"
_FINGERPRINT = 8
_SYNC = 16
_MAX_UNPACKED = 64 << 20
_HOME = object()
_META = Map("map", "", _HOME, values=Primitive("bytes", "", _HOME))
_UNPACK: dict[str, Callable[[bytes, int], bytes]] = {
    "null": lambda data, _: data,
    "deflate": lambda data, most: zlib.decompressobj(wbits=-15).decompress(data, most),
    "bzip2": lambda data, most: bz2.BZ2Decompressor().decompress(data, most),
    "xz": lambda data, most: lzma.LZMADecompressor().decompress(data, most),
}


def single_object(schema: AvroSchema, data: bytes) -> Any:
    """The datum of a single-object encoding. Raises TornError, also when the fingerprint is another schema's."""
    found, wanted = data[len(SINGLE_MARK) :][:_FINGERPRINT].hex(), schema.digests()["rabin"]
    if found != wanted:
        message = f"written with another schema: the fingerprint is {found}, this schema's is {wanted}"
        raise TornError("fingerprint", message, ("", schema.root, len(SINGLE_MARK)))
    return decode(schema.root, data[len(SINGLE_MARK) + _FINGERPRINT :])


def file_data(schema: AvroSchema, data: bytes) -> Iterator[Any]:
    """The data of an Object Container File, in order. Raises TornError, with a pointer that starts with the number of
    the datum; also when the file's own schema is another one."""
    decoder = Decoder(data)
    try:
        decoder.take(len(FILE_MARK))
        meta, sync = decoder.read(_META), decoder.take(_SYNC)
    except TornError:
        raise TornError("header", "the file's header is torn", ("", schema.root, decoder.at)) from None
    unpack = _codec(meta, schema.root)
    _same_schema(meta, schema)
    number, left, room = 0, MAX_VALUES, _MAX_UNPACKED
    while decoder.at < len(data):
        count, size = decoder.integer("long"), decoder.integer("long")
        if count < 0 or size < 0:
            raise decoder.torn("block-size", "a block of negative size")
        block = Decoder(_unpacked(unpack, decoder.take(size), room, (number, decoder)), left)
        for _ in range(count):
            yield _numbered(number, partial(block.read, schema.root))
            number += 1
        _numbered(number, block.end)
        left, room = block.left, room - len(block.data)
        if decoder.take(_SYNC) != sync:
            raise decoder.torn("sync-marker", f"the sync marker after datum {number - 1} is not the header's")


def _codec(meta: dict[str, bytes], root: Type) -> Callable[[bytes, int], bytes]:
    name = meta.get("avro.codec", b"null").decode("utf-8", "replace")
    if name not in _UNPACK:
        message = f"the codec {name!r} is not read here, {', '.join(_UNPACK)} are"
        raise TornError("codec", message, ("", root, len(FILE_MARK)))
    return _UNPACK[name]


def _same_schema(meta: dict[str, bytes], schema: AvroSchema) -> None:
    """Raise TornError unless the file's own schema and this one have one wire shape."""
    where = ("", schema.root, len(FILE_MARK))
    try:
        own = parse(Source(meta.get("avro.schema", b""), name="the file's schema", strict=False))
    except LlmregError as error:
        raise TornError("header-schema", f"the header holds no schema: {error.message}", where) from None
    if own.parsing_form != schema.parsing_form:
        found, wanted = own.digests()["rabin"], schema.digests()["rabin"]
        message = f"written with another schema: the header's has the fingerprint {found}, this one {wanted}"
        raise TornError("header-schema", message, where)


def _unpacked(unpack: Callable[[bytes, int], bytes], packed: bytes, room: int, where: tuple[int, Decoder]) -> bytes:
    number, decoder = where
    try:
        data = unpack(packed, room + 1)
    except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError) as error:
        raise decoder.torn("codec", f"the block that starts with datum {number} cannot be unpacked: {error}") from None
    if len(data) > room:
        raise decoder.torn("too-large", f"more than {_MAX_UNPACKED} bytes when unpacked")
    return data


def _numbered(number: int, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except TornError as error:
        error.pointer = f"/{number}{error.pointer}"
        raise
