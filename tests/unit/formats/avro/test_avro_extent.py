"""How much a reader still reads of what breaks: the note on an incompatible pair."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llmreg.formats.avro import FORMAT
from llmreg.formats.interface import CompareOptions, Source

ENUM = {"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}
LESS = {"type": "enum", "name": "E", "symbols": ["A"]}
LIST = {"type": "record", "name": "L", "fields": [{"name": "h", "type": "int"}, {"name": "t", "type": "L"}]}
SOME = "some of what the earlier version writes can be read with the new one"
NOTHING = "nothing that the earlier version writes can be read with the new one"


def record(**fields: Any) -> dict[str, Any]:
    return {"type": "record", "name": "R", "fields": [{"name": name, "type": type_} for name, type_ in fields.items()]}


def notes(writer: Any, reader: Any, **options: Any) -> tuple[str, ...]:
    sides = (FORMAT.parse(Source(json.dumps(schema).encode(), strict=False)) for schema in (writer, reader))
    return FORMAT.compare(*sides, CompareOptions(**options)).notes


@pytest.mark.parametrize(
    ("writer", "reader", "told"),
    [
        pytest.param("int", "string", NOTHING, id="another type"),
        pytest.param(record(a="int"), record(a="int", b="int"), NOTHING, id="no default"),
        pytest.param(record(e=ENUM), record(e=LESS), f"{SOME}: it fails when `e` is B or C", id="symbols"),
        pytest.param(["null", "int"], "null", f"{SOME}: it fails when `union` is of type int", id="a branch"),
        pytest.param(
            record(a=["null", "int", "string"]),
            record(a=["null", "string"]),
            f"{SOME}: it fails when `a` is of type int",
            id="a branch that no branch takes",
        ),
        pytest.param(
            record(a={"type": "array", "items": "int"}),
            record(a={"type": "array", "items": "string"}),
            f"{SOME}: it fails when `a` is not empty",
            id="items",
        ),
        pytest.param(
            record(m={"type": "map", "values": record(e=ENUM) | {"name": "V"}}),
            record(m={"type": "map", "values": record(e=LESS) | {"name": "V"}}),
            f"{SOME}: it fails when `m[].e` is B or C",
            id="what holds of an item",
        ),
        pytest.param(record(e=ENUM, a="int"), record(e=LESS, a="string"), NOTHING, id="the worst decides"),
        pytest.param(
            record(a=["int", "string", "bytes", "boolean", {"type": "array", "items": "int"}]),
            record(a="null"),
            NOTHING,
            id="every branch",
        ),
        pytest.param(
            record(a=["null", "int", "float", "boolean", {"type": "array", "items": "int"}]),
            record(a="null"),
            f"{SOME}: it fails when `a` is of type int, or when `a` is of type float, or when `a` is of type boolean, "
            "and 1 more",
            id="many branches",
        ),
    ],
)
def test_the_note_says_what_is_read(writer: Any, reader: Any, told: str) -> None:
    assert notes(writer, reader) == (told,)


def test_the_note_names_the_versions_by_their_part() -> None:
    told = "nothing that the new version writes can be read with the earlier one"
    assert notes("int", "string", new_writes=True) == (told,)


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        pytest.param(LIST, json.loads(json.dumps(LIST).replace("int", "string")), id="nothing is ever written"),
        pytest.param(
            {"type": "long", "logicalType": "timestamp-millis"},
            {"type": "long", "logicalType": "timestamp-micros"},
            id="read as another value",
        ),
        pytest.param("int", "long", id="compatible"),
    ],
)
def test_no_note_where_nothing_is_refused(writer: Any, reader: Any) -> None:
    assert notes(writer, reader) == ()
