"""Where a clue stands: JSON Pointers and lines in the two texts, and the path of fields that a message starts with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any, NamedTuple

from llmreg.formats.avro.clue import Clue
from llmreg.formats.avro.graph import Edge, Pair
from llmreg.formats.avro.paths import Way
from llmreg.formats.avro.schema import AvroSchema
from llmreg.formats.avro.types import Field, Type, Union
from llmreg.formats.rule import Rule
from llmreg.model import jsontext
from llmreg.model.finding import Finding, Place
from llmreg.model.pointer import join

_NOWHERE = (0, 0)


class Spot(NamedTuple):
    """A clue of a rule with its places in the two texts; `way` leads to the pair `at`, where it was found."""

    rule: Rule
    clue: Clue
    at: Pair
    way: Way
    writer: Place
    reader: Place

    def finding(self, **proof: Any) -> Finding:
        """The finding of the rule; `proof` holds its fields that tell what it rests on."""
        clue = self.clue
        label = clue.writer.label() if isinstance(clue.writer, Type) else clue.writer.name
        message = f"`{path_of(self.way, clue.field) or label}`: {clue.message}"
        return self.rule.finding(message, writer=self.writer, reader=self.reader, **proof)


def in_order(
    hits: Iterable[tuple[Rule, Pair, Clue]], way: Callable[[Pair], Way], schemas: tuple[AvroSchema, AvroSchema]
) -> list[Spot]:
    """The hits with their places, ordered by place in the reader, then in the writer."""
    found = [(rule, clue, at, way(at)) for rule, at, clue in hits]
    pointers = [
        (_pointer(clue.writer, schemas[0], steps, 0), _pointer(clue.reader, schemas[1], steps, 1))
        for _, clue, _, steps in found
    ]
    here, there = (
        jsontext.locate_all(schema.data.decode(), [pair[side] for pair in pointers])
        for side, schema in enumerate(schemas)
    )
    keyed = []
    for hit, (left, right) in zip(found, pointers, strict=True):
        mine, other = here.get(left, _NOWHERE), there.get(right, _NOWHERE)
        keyed.append((other, mine, Spot(*hit, Place(left, mine[0] or None), Place(right, other[0] or None))))
    keyed.sort(key=itemgetter(0, 1))
    return [spot for _, _, spot in keyed]


def path_of(way: Way, field: str = "") -> str:
    """The writer's fields on the way, as people write them: `a.b[].c`."""
    path = ""
    for _, edge in way:
        if edge.step.kind == "field" and edge.step.writer is not None:
            path += f".{edge.step.writer.name}"
        elif edge.step.kind in ("item", "value"):
            path += "[]"
    return (path + (f".{field}" if field else "")).removeprefix(".")


def _pointer(item: Type | Field, schema: AvroSchema, way: Way, side: int) -> str:
    """Where the item stands in the schema's own text; for one that a reference brings, where the text uses it. `side`:
    0 for the writer, 1 for the reader."""
    if item.home is schema.home:
        return item.pointer
    for pair, edge in reversed(way):
        if pair[side].home is schema.home:
            return _use(pair[side], edge, side)
    return ""


def _use(type_: Type, edge: Edge, side: int) -> str:
    """The place in `type_` at which the step leaves it."""
    step = edge.step
    if step.kind == "field":
        field = step.reader if side else step.writer
        return join(field.pointer, "type") if field else type_.pointer
    if isinstance(type_, Union):
        index = edge.choice.taken if side and edge.choice else step.branch
        return join(type_.pointer, index)
    suffix = {"item": "items", "value": "values"}.get(step.kind)
    return join(type_.pointer, suffix) if suffix else type_.pointer
