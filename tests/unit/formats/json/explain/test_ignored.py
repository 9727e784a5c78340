"""Dropped properties: found at every place, shown by documents that both sides accept, silent where nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from llmreg.formats.interface import CompareOptions, Source
from llmreg.formats.json import FORMAT
from llmreg.formats.json.explain import dropped as walk
from llmreg.formats.json.schema import JsonSchema
from llmreg.model.finding import ChangeClass, Severity, Status
from llmreg.model.jsontext import dumps

TEXT = {"type": "string"}


def parse(document: Any) -> JsonSchema:
    return FORMAT.parse(Source(dumps(document).encode(), strict=False))


def dropped(writer: Any, reader: Any, **options: Any) -> list[tuple[str, str, Any]]:
    found = FORMAT.compare(parse(writer), parse(reader), CompareOptions(**options)).findings
    return [
        (one.writer.pointer, one.reader.pointer, one.witness and one.witness.document)
        for one in found
        if one.cls is ChangeClass.IGNORED and one.writer and one.reader
    ]


def record(**properties: Any) -> Any:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("writer", "reader", "expected"),
    [
        (record(a=TEXT, b=TEXT), record(a=TEXT), [("/properties/b", "", {"b": ""})]),
        (
            record(rows={"type": "array", "items": record(a=TEXT, b=TEXT)}),
            record(rows={"type": "array", "items": record(a=TEXT)}),
            [("/properties/rows/items/properties/b", "/properties/rows/items", {"rows": [{"b": ""}]})],
        ),
        (
            {"$defs": {"P": record(a=TEXT, b=TEXT)}, **record(p={"$ref": "#/$defs/P"}, q={"$ref": "#/$defs/P"})},
            {"$defs": {"P": record(a=TEXT)}, **record(p={"$ref": "#/$defs/P"}, q={"$ref": "#/$defs/P"})},
            [("/$defs/P/properties/b", "/$defs/P", {"p": {"b": ""}})],
        ),
        ({**record(a=TEXT, b=TEXT), "required": ["a"]}, record(a=TEXT), [("/properties/b", "", {"a": "", "b": ""})]),
        (record(a=TEXT, b=TEXT), {"allOf": [record(a=TEXT), record(b=TEXT)]}, []),
        (record(a=TEXT, b=TEXT), {"anyOf": [record(a=TEXT), record(b=TEXT)]}, []),
        (record(a=TEXT, b=TEXT), {**record(a=TEXT), "additionalProperties": TEXT}, []),
        (record(a=TEXT, b=False), record(a=TEXT), []),
        (record(a=TEXT), True, []),
        (record(a=TEXT), {"type": "object"}, []),
    ],
)
def test_what_is_dropped(writer: Any, reader: Any, expected: Any):
    assert dropped(writer, reader) == expected


def test_a_property_of_refused_documents_is_not_dropped():
    writer = {"anyOf": [{**record(kind={"const": "a"}, x=TEXT), "required": ["kind"]}, record(kind={"const": "b"})]}
    reader = {**record(kind={"const": "b"}), "required": ["kind"]}
    assert dropped(writer, reader) == []


@pytest.mark.parametrize(("fails", "severity"), [(False, Severity.WARN), (True, Severity.ERROR)])
def test_the_kind_decides_how_bad_it_is(fails: bool, severity: Severity):
    options = CompareOptions(ignored_fails=fails)
    (found,) = FORMAT.compare(parse(record(a=TEXT, b=TEXT)), parse(record(a=TEXT)), options).findings
    assert found.severity is severity
    assert found.status is Status.WITNESSED
    assert found.witness is not None
    assert found.witness.expected == "accepted, and `b` is dropped"


def test_recursive_unions_are_walked_once_per_place():
    def schema(**properties: Any) -> Any:
        again = {"properties": {"x": {"$ref": "#/$defs/c"}}}
        return {**record(where={"$ref": "#/$defs/c"}, **properties), "$defs": {"c": {"anyOf": [again, again]}}}

    class Steps:
        """Time for a few steps only: the places of a recursive union are few."""

        left = 16

        def running(self) -> bool:
            self.left -= 1
            return self.left >= 0

    steps = Steps()
    assert walk.dropped(parse(schema()), parse(schema(t=TEXT)), steps.running) == []
    assert steps.left > 0
    assert dropped(schema(t=TEXT), schema()) == [("/properties/t", "", {"t": ""})]


def test_long_ways_end():
    def chain(length: int, **last: Any) -> Any:
        links = {f"n{at}": record(**{f"p{at}": {"$ref": f"#/$defs/n{at + 1}"}}) for at in range(length)}
        return {"$ref": "#/$defs/n0", "$defs": {**links, f"n{length}": record(a=TEXT, **last)}}

    for length, count in ((60, 1), (100, 0)):
        found = walk.dropped(parse(chain(length, b=TEXT)), parse(chain(length)), lambda: True)
        assert len(found) == count
