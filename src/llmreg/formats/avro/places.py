"""Where a clue stands: JSON Pointers and lines in the two texts, and the path of fields that a message starts with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from llmreg.formats.avro.clue import Clue
from llmreg.formats.avro.graph import Edge
from llmreg.formats.avro.paths import Way
from llmreg.formats.avro.schema import AvroSchema
from llmreg.formats.avro.types import Field, Type, Union
from llmreg.formats.rule import Rule
from llmreg.model import jsontext
from llmreg.model.finding import Finding, Place
from llmreg.model.pointer import join

_NO_PROOF: Mapping[str, Any] = MappingProxyType({})


def located(
    rule: Rule, clue: Clue, way: Way, schemas: tuple[AvroSchema, AvroSchema], proof: Mapping[str, Any] = _NO_PROOF
) -> Finding:
    """The clue as a finding of its rule, without lines; `way` leads to the pair it was found at, `proof` holds the
    finding's fields that tell what it rests on."""
    label = clue.writer.label() if isinstance(clue.writer, Type) else clue.writer.name
    return rule.finding(
        f"`{_path(way, clue.field) or label}`: {clue.message}",
        writer=Place(_pointer(clue.writer, schemas[0], [(pair[0], edge, 0) for pair, edge in way])),
        reader=Place(_pointer(clue.reader, schemas[1], [(pair[1], edge, 1) for pair, edge in way])),
        **proof,
    )


def in_order(findings: list[Finding], writer: AvroSchema, reader: AvroSchema) -> list[Finding]:
    """The findings with the lines of their places, ordered by place in the reader, then in the writer."""
    spots = [
        jsontext.locate_all(schema.data.decode(), {place.pointer for place in places if place})
        for schema, places in (
            (reader, [finding.reader for finding in findings]),
            (writer, [finding.writer for finding in findings]),
        )
    ]
    keyed = [(_spot(finding.reader, spots[0]), _spot(finding.writer, spots[1]), finding) for finding in findings]
    return [
        replace(finding, reader=_with_line(finding.reader, there), writer=_with_line(finding.writer, here))
        for there, here, finding in sorted(keyed, key=lambda each: each[:2])
    ]


def _spot(place: Place | None, spots: dict[str, tuple[int, int]]) -> tuple[int, int]:
    return spots.get(place.pointer, (0, 0)) if place else (0, 0)


def _with_line(place: Place | None, spot: tuple[int, int]) -> Place | None:
    return replace(place, line=spot[0]) if place and spot[0] else place


def _path(way: Way, field: str) -> str:
    """The writer's fields on the way, as people write them: `a.b[].c`."""
    path = ""
    for _, edge in way:
        if edge.step.kind == "field" and edge.step.writer is not None:
            path += f".{edge.step.writer.name}"
        elif edge.step.kind in ("item", "value"):
            path += "[]"
    return (path + (f".{field}" if field else "")).removeprefix(".")


def _pointer(item: Type | Field, schema: AvroSchema, way: list[tuple[Type, Edge, int]]) -> str:
    """Where the item stands in the schema's own text; for one that a reference brings, where the text uses it."""
    if item.home is schema.home:
        return item.pointer
    for type_, edge, side in reversed(way):
        if type_.home is schema.home:
            return _use(type_, edge, side)
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
