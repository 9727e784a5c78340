"""Schema resolution, one pair of types at a time (specification, "Schema Resolution").

What is decided here goes by the two types in hand, never by what lies behind a record: names, promotions, which
writer field a reader field takes, which branch of a union a reader takes.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro.types import Array, Enum, Field, Fixed, Map, Named, Record, Type, Union, size_of

PROMOTIONS: dict[str, frozenset[str]] = {
    "int": frozenset({"long", "float", "double"}),
    "long": frozenset({"float", "double"}),
    "float": frozenset({"double"}),
    "string": frozenset({"bytes"}),
    "bytes": frozenset({"string"}),
}

_NOTHING: frozenset[str] = frozenset()
_UNION, _NAME, _FIELDS, _SYMBOLS, _SIZE, _LOGICAL = (
    frozenset({name}) for name in ("union", "name", "fields", "symbols", "size", "logicalType")
)
_TYPE = frozenset({"type", "logicalType"})


def promotes(writer: Type, reader: Type) -> bool:
    """Whether the reader takes the writer's primitive type for its own, wider one."""
    return reader.kind in PROMOTIONS.get(writer.kind, ())


def names_match(writer: Named, reader: Named) -> bool:
    """Unqualified names are equal, or an alias of the reader is the writer's full name; writer aliases do not count."""
    return writer.name == reader.name or writer.short == reader.short or writer.name in reader.aliases


def matches(writer: Type, reader: Type) -> bool:
    """Whether the specification lets the two match; a record by its name alone, a union always."""
    while writer.kind == reader.kind and isinstance(writer, (Array, Map)):
        (writer,), (reader,) = writer.parts(), reader.parts()
    if isinstance(writer, Union) or isinstance(reader, Union):
        return True
    if writer.kind != reader.kind:
        return promotes(writer, reader)
    if isinstance(writer, Named) and isinstance(reader, Named):
        return names_match(writer, reader) and size_of(writer) == size_of(reader)
    return True


def may_read(writer: Type, reader: Type) -> bool:
    """Whether two types that are no unions have anything in common: kind and name, or a promotion."""
    if writer.kind != reader.kind:
        return promotes(writer, reader)
    return not isinstance(writer, Named) or _same_name(writer, reader)


def choose(writer: Type, reader: Union) -> int | None:
    """The branch that a reader by the specification takes: the first that matches. Where none does, the first of the
    same kind and name, because the cause lies inside it; None when there is no such branch."""
    for index, branch in enumerate(reader.branches):
        if matches(writer, branch):
            return index
    for index, branch in enumerate(reader.branches):
        if writer.kind == branch.kind and may_read(writer, branch):
            return index
    return None


def choose_as_java(writer: Type, reader: Union) -> int | None:
    """The branch that Apache Avro's Java reader takes: the same kind and full name (aliases applied) first, then a
    record of the same short name, then a promotion; an enum or fixed of another namespace is refused."""
    named = isinstance(writer, Named)
    for index, branch in enumerate(reader.branches):
        if writer.kind == branch.kind and (not named or _same_full_name(writer, branch)):
            return index
    if isinstance(writer, Record):
        alike = [at for at, branch in enumerate(reader.branches) if isinstance(branch, Record)]
        return next((at for at in reversed(alike) if _same_name(writer, reader.branches[at])), None)
    promoted = (index for index, branch in enumerate(reader.branches) if promotes(writer, branch))
    return next(promoted, None)


def branches(type_: Type) -> Iterator[tuple[int | None, Type]]:
    """The branches of a union with their numbers; another type is its own only branch, without a number."""
    if isinstance(type_, Union):
        yield from enumerate(type_.branches)
    else:
        yield None, type_


Pairing = tuple[Field, tuple[Field, ...]]


def pair_fields(writer: Record, reader: Record) -> list[Pairing]:
    """Every field of the reader, in its order, with the writer fields that could fill it: the one of its name first,
    then those of its aliases."""
    known = writer.by_name
    if not reader.aliased:
        return [(field, (known[field.name],) if field.name in known else ()) for field in reader.fields]
    pairs = []
    for field in reader.fields:
        names = dict.fromkeys((field.name, *field.aliases))
        pairs.append((field, tuple([known[name] for name in names if name in known])))
    return pairs


def readable(writer: Type, reader: Type) -> bool:
    """Whether Apache's rules let this very pair pass, whatever its parts do; neither side is a union."""
    if writer.kind != reader.kind:
        return promotes(writer, reader)
    if isinstance(writer, Named) and isinstance(reader, Named) and not names_match(writer, reader):
        return False
    if isinstance(writer, Enum) and isinstance(reader, Enum):
        return reader.default is not None or not missing_symbols(writer, reader)
    if isinstance(writer, Record) and isinstance(reader, Record):
        return fields_readable(writer, reader, pair_fields(writer, reader))
    return size_of(writer) == size_of(reader)


def fields_readable(writer: Record, reader: Record, pairs: list[Pairing]) -> bool:
    """The same of two records whose fields are paired already."""
    if not names_match(writer, reader):
        return False
    return all(sources or field.optional for field, sources in pairs)


def differing(writer: Type, reader: Type) -> frozenset[str]:
    """The attributes in which the two differ by themselves, parts left aside: where there are none, no rule can find
    anything. A union of the reader always counts, because what it takes depends on its branches."""
    if reader.kind == "union":
        return _UNION
    if writer.kind == "union":
        return _NOTHING
    if writer.kind != reader.kind:
        return _TYPE
    different = _LOGICAL if writer.logical != reader.logical else _NOTHING
    if isinstance(writer, Named) and isinstance(reader, Named):
        different |= _NAME if writer.name != reader.name else _NOTHING
        different |= _inside(writer, reader)
    return different


def _inside(writer: Named, reader: Named) -> frozenset[str]:
    """The attribute that makes up a named type, where it differs; a field's alias may find another field."""
    if isinstance(writer, Record) and isinstance(reader, Record):
        return _FIELDS if reader.aliased or writer.by_name.keys() != reader.by_name.keys() else _NOTHING
    if isinstance(writer, Enum) and isinstance(reader, Enum):
        return _SYMBOLS if writer.symbols != reader.symbols else _NOTHING
    return _SIZE if size_of(writer) != size_of(reader) else _NOTHING


def missing_symbols(writer: Enum, reader: Enum) -> list[str]:
    """The writer's symbols that the reader does not know, in the writer's order."""
    known = frozenset(reader.symbols)
    return [symbol for symbol in writer.symbols if symbol not in known]


def same_structure(writer: Type, reader: Type, known: set[tuple[Type, Type]] | None = None) -> bool:
    """Java's test on two unions: equal in kinds, short names, sizes, symbols and order all the way down. Such unions
    are read branch by branch, by number. `known` are pairs that are equal; it grows by those that prove to be."""
    known = set() if known is None else known
    seen = set()
    stack = [(writer, reader)]
    while stack:
        pair = stack.pop()
        if pair in seen or pair in known:
            continue
        seen.add(pair)
        left, right = pair
        if left.kind != right.kind or _shape(left) != _shape(right):
            return False
        stack.extend(zip(left.parts(), right.parts(), strict=True))
    known |= seen
    return True


def _shape(type_: Type) -> object:
    """What two structurally equal types have in common, apart from their parts."""
    match type_:
        case Record():
            return type_.short, tuple(field.name for field in type_.fields)
        case Enum():
            return type_.short, type_.symbols
        case Fixed():
            return type_.short, type_.size
        case Union():
            return len(type_.branches)
    return None


def _same_name(writer: Type, reader: Type) -> bool:
    return isinstance(writer, Named) and isinstance(reader, Named) and names_match(writer, reader)


def _same_full_name(writer: Type, reader: Type) -> bool:
    if not (isinstance(writer, Named) and isinstance(reader, Named)):
        return False
    return writer.name == reader.name or writer.name in reader.aliases
