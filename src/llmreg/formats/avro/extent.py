"""How much of what the writer writes a reader can still read: nothing at all, or what, and when it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmreg.formats.avro.clue import Context, Expect
from llmreg.formats.avro.datum import Branch
from llmreg.formats.avro.graph import Pair, descend
from llmreg.formats.avro.matching import choose, matches, missing_symbols, names_match, pair_fields, promotes
from llmreg.formats.avro.places import Spot, path_of
from llmreg.formats.avro.types import Enum, Fixed, Named, Record, Type, Union
from llmreg.model.finding import Severity

_SHOWN = 3


def extent(context: Context, spots: Sequence[Spot], *, new_writes: bool) -> str | None:
    """One sentence on the data that are refused; None when none are. Raises OutOfTimeError."""
    refused = [spot for spot in spots if spot.clue.expect is Expect.REFUSED and spot.rule.severity is Severity.ERROR]
    if not refused or not context.minimal.inhabited(context.graph.root[0]):
        return None
    sides = ("the new version", "the earlier one") if new_writes else ("the earlier version", "the new one")
    if not _some_read(context):
        return f"nothing that {sides[0]} writes can be read with {sides[1]}"
    told = list(dict.fromkeys(" and ".join(_conditions(spot)) for spot in refused))
    cases = [condition for condition in told if condition]
    shown = ", or when ".join(cases[:_SHOWN]) + (f", and {len(cases) - _SHOWN} more" if len(cases) > _SHOWN else "")
    fails = f": it fails when {shown}" if cases else ""
    return f"some of what {sides[0]} writes can be read with {sides[1]}{fails}"


def _conditions(spot: Spot) -> Iterator[str]:
    """What a datum must hold for its reader to come to the place, and to fail there. Where something must hold of an
    item, that there is one goes without saying."""
    empty = ""
    for at, (pair, edge) in enumerate(spot.way):
        path = path_of(spot.way[:at]) or pair[0].label()
        if edge.step.kind == "branch" and isinstance(pair[0], Union):
            empty = ""
            yield f"`{path}` is {_named(pair[0].branches[edge.step.branch])}"
        elif edge.step.kind in ("item", "value"):
            empty = f"`{path}` is not empty"
    path, datum = path_of(spot.way) or spot.at[0].label(), spot.clue.datum
    if isinstance(spot.at[0], Union) and isinstance(datum, Branch):
        yield f"`{path}` is {_named(spot.at[0].branches[datum.number])}"
    elif isinstance(spot.at[0], Enum) and isinstance(spot.at[1], Enum) and isinstance(datum, str):
        yield f"`{path}` is {' or '.join(missing_symbols(spot.at[0], spot.at[1]))}"
    elif empty:
        yield empty


def _named(type_: Type) -> str:
    return type_.label() if isinstance(type_, Named) or type_.kind == "null" else f"of type {type_.label()}"


def _some_read(context: Context) -> bool:
    """Whether the reader reads at least one datum: the least fixpoint over the pairs that it meets."""
    needs = _needs(context)
    read: set[Pair] = set()
    grown = True
    while grown:
        before = len(read)
        for pair in reversed(needs):
            context.graph.clock.tick()
            if pair not in read and any(read.issuperset(parts) for parts in needs[pair]):
                read.add(pair)
        grown = len(read) > before
    return context.graph.root in read


def _needs(context: Context) -> dict[Pair, list[list[Pair]]]:
    """For every pair the ways to read a datum there, each the list of pairs that must be read for it."""
    needs: dict[Pair, list[list[Pair]]] = {}
    stack = [context.graph.root]
    while stack:
        pair = stack.pop()
        if pair not in needs:
            needs[pair] = list(_ways(context, *pair))
            stack += [part for parts in needs[pair] for part in parts]
    return needs


def _ways(context: Context, writer: Type, reader: Type) -> Iterator[list[Pair]]:
    if isinstance(writer, Union):
        yield from ([(branch, reader)] for branch in writer.branches)
    elif isinstance(reader, Union):
        taken = choose(writer, reader)
        if taken is not None and matches(writer, reader.branches[taken]):
            yield [(writer, reader.branches[taken])]
    elif _by_itself(context, writer, reader):
        whole = isinstance(writer, Record)  # a list or a map may be empty
        yield [part for _, _, part in descend(writer, reader)] if whole else []


def _by_itself(context: Context, writer: Type, reader: Type) -> bool:
    """Whether some datum is read as far as the two types by themselves go; neither is a union."""
    if writer.kind != reader.kind:
        return promotes(writer, reader)
    if isinstance(writer, Named) and isinstance(reader, Named) and not names_match(writer, reader):
        return False
    if isinstance(writer, Enum) and isinstance(reader, Enum):
        return reader.default is not None or any(symbol in reader.symbols for symbol in writer.symbols)
    if isinstance(writer, Fixed) and isinstance(reader, Fixed):
        return writer.size == reader.size
    if isinstance(writer, Record) and isinstance(reader, Record):
        filled = [
            len(sources) == 1 or (not sources and field.optional) for field, sources in pair_fields(writer, reader)
        ]
        return all(filled) and context.minimal.inhabited(writer)
    return True
