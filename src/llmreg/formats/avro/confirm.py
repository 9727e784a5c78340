"""Other engines on a witness: llmreg's model of a reader, and fastavro on the whole pair and on the leaf alone.

A finding on the whole pair may be masked by another one, so fastavro also judges the leaf: the two types by
themselves, with names made equal. Decimals and times show only there, each schema alone, because on a pair fastavro
applies the writer's logical type.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from llmreg.formats.avro import isolate
from llmreg.formats.avro.canonical import inline
from llmreg.formats.avro.clue import Clue, Expect, Leaf
from llmreg.formats.avro.decode import decode
from llmreg.formats.avro.matching import choose_as_java
from llmreg.formats.avro.resolve import RefusedError, interpret, read
from llmreg.formats.avro.types import Type, Union

if TYPE_CHECKING:
    from llmreg.formats.avro.graph import Pair

RESOLVER = "llmreg resolver"
JAVA_MODEL = "llmreg model of the Java reader"
_FAILED = object()
# Characters: fastavro tells for each branch that does not fit that it does not, with the text of the whole union.
_MOST_WORDS = 64 << 20
_WIDE = 100


class Confirmer:
    """Bound to one pair of schemas, which fastavro parses once."""

    def __init__(self, root: Pair) -> None:
        self.root = root
        self._schemas: tuple[Any, Any] | None = None

    def engines(self, clue: Clue, at: Pair, data: bytes) -> tuple[str, ...]:
        """The engines that agree with the clue at the pair `at`; `data` is the whole witness."""
        found = [self._own(clue, at, data)]
        if clue.expect is not Expect.JAVA:
            leaf = clue.leaf() if clue.leaf else isolate.whole(*at, clue.datum, logical=clue.expect is Expect.APART)
            name = f"fastavro {_engine().version}"
            if clue.expect is Expect.REFUSED:
                found.append(name if _refuses(*self._parsed(), data) else None)
            found.append(f"{name} at the leaf" if _LEAF_CHECKS[clue.expect](clue, leaf) else None)
        return tuple(engine for engine in found if engine)

    def _parsed(self) -> tuple[Any, Any]:
        if self._schemas is None:
            writer, reader = self.root
            self._schemas = (_parse(inline(writer, logical=False)), _parse(inline(reader, logical=False)))
        return self._schemas

    def _own(self, clue: Clue, at: Pair, data: bytes) -> str | None:
        """What llmreg's own model of a reader says; it starts from the bytes."""
        if clue.expect is Expect.REFUSED:
            whole = _read(decode(self.root[0], data), *self.root)
            value = whole if at == self.root else _read(clue.datum, *at)
            return RESOLVER if value is whole is _FAILED else None
        if clue.model is not None:
            at, datum = clue.model()
            return JAVA_MODEL if _read(datum, *at) != _read(datum, *at, java=True) else None
        value = _read(clue.datum, *at)
        match clue.expect:
            case Expect.JAVA | Expect.BRANCH:
                return JAVA_MODEL if value != _read(clue.datum, *at, java=True) else None
            case Expect.APART:
                return RESOLVER if interpret(at[0], clue.datum) != interpret(at[1], clue.datum) else None
            case Expect.DROPPED:
                return RESOLVER if isinstance(value, dict) and clue.field not in value else None
        return RESOLVER if value is _FAILED or value != clue.datum else None


def _read(datum: Any, writer: Type, reader: Type, *, java: bool = False) -> Any:
    try:
        return read(datum, writer, reader, java=java)
    except RefusedError:
        return _FAILED


def _leaf_refuses(_: Clue, leaf: Leaf) -> bool:
    return _refuses(_parse(leaf.writer), _parse(leaf.reader), leaf.data)


def _leaf_differs(clue: Clue, leaf: Leaf) -> bool:
    """Another value than the writer's own reading, or the same value but one that the reader's type cannot keep."""
    writer, reader = _parse(leaf.writer), _parse(leaf.reader)
    if reader is _FAILED:
        return False
    alone, value = _fastavro(leaf.data, writer), _fastavro(leaf.data, writer, reader)
    if alone is _FAILED or value is _FAILED:
        return alone is not _FAILED
    if clue.field:
        return bool(value.get(clue.field) != alone.get(clue.field))
    return bool(value != alone or _kept(value, reader) != alone)


def _leaf_apart(_: Clue, leaf: Leaf) -> bool:
    """The same bytes under each schema alone; a type that fastavro does not interpret proves nothing."""
    alone, other = (_fastavro(leaf.data, _parse(schema)) for schema in (leaf.writer, leaf.reader))
    return alone is not _FAILED and type(alone) is type(other) and bool(alone != other)


def _leaf_drops(clue: Clue, leaf: Leaf) -> bool:
    value = _fastavro(leaf.data, _parse(leaf.writer), _parse(leaf.reader))
    return isinstance(value, dict) and clue.field not in value


def _leaf_branches(clue: Clue, leaf: Leaf) -> bool:
    """Whether the first branch that matches gives fastavro another value than Java's branch alone."""
    writer, reader = clue.writer, clue.reader
    if not isinstance(writer, Type) or not isinstance(reader, Union):
        return False
    java = choose_as_java(writer, reader)
    if java is None:
        return False
    first = _fastavro(leaf.data, _parse(leaf.writer), _parse(leaf.reader))
    other = _fastavro(leaf.data, _parse(leaf.writer), _parse(inline(reader.branches[java])))
    return first is not _FAILED and other is not _FAILED and repr(first) != repr(other)


_LEAF_CHECKS: dict[Expect, Callable[[Clue, Leaf], bool]] = {
    Expect.REFUSED: _leaf_refuses,
    Expect.DIFFERS: _leaf_differs,
    Expect.APART: _leaf_apart,
    Expect.DROPPED: _leaf_drops,
    Expect.BRANCH: _leaf_branches,
}


class _Engine(NamedTuple):
    """What is used of fastavro. What it raises is not documented, so every lookup error counts as a refusal."""

    version: str
    parse: Callable[[Any], Any]
    read: Callable[..., Any]
    write: Callable[..., None]
    validate: Callable[..., bool]
    parse_errors: tuple[type[Exception], ...]
    read_errors: tuple[type[Exception], ...]


@cache
def _engine() -> _Engine:
    import fastavro
    from fastavro.read import SchemaResolutionError
    from fastavro.schema import SchemaParseException, UnknownType, parse_schema
    from fastavro.validation import validate

    common = (LookupError, ValueError, TypeError)
    return _Engine(
        str(fastavro.__version__),
        parse_schema,
        fastavro.schemaless_reader,
        fastavro.schemaless_writer,
        validate,
        (SchemaParseException, UnknownType, *common),
        (SchemaResolutionError, *common, EOFError, ArithmeticError, AttributeError),
    )


def _widest(value: Any) -> int:
    """The most branches of a union in it (or fields, or symbols), at least one."""
    widest, left = 1, [value]
    while left:
        item = left.pop()
        if isinstance(item, list):
            widest = max(widest, len(item))
        left.extend(item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
    return widest


def _parse(schema: Any) -> Any:
    """fastavro's parsed schema; _FAILED for what it does not take, so that nothing is concluded from it."""
    widest = _widest(schema)
    if widest > _WIDE and widest * len(repr(schema)) > _MOST_WORDS:
        return _FAILED
    try:
        return _engine().parse(schema)
    except _engine().parse_errors:
        return _FAILED


def _fastavro(data: bytes, writer: Any, reader: Any = None) -> Any:
    """fastavro's value, or _FAILED when it raises."""
    if writer is _FAILED or reader is _FAILED:
        return _FAILED
    try:
        return _engine().read(BytesIO(data), writer, reader)
    except _engine().read_errors:
        return _FAILED


def _refuses(writer: Any, reader: Any, data: bytes) -> bool:
    """Whether fastavro fails, or reads a value that its own validator refuses for the reader's type."""
    if writer is _FAILED or reader is _FAILED:
        return False
    value = _fastavro(data, writer, reader)
    return value is _FAILED or not _engine().validate(value, reader, raise_errors=False)


def _kept(value: Any, reader: Any) -> Any:
    """The value after a round trip through the reader's type; _FAILED when that does not take it."""
    stream = BytesIO()
    try:
        _engine().write(stream, reader, value)
    except (ValueError, TypeError, ArithmeticError, struct.error):
        return _FAILED
    return _fastavro(stream.getvalue(), reader)
