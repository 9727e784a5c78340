"""Avro as Schema Registry clients are given it: printed as Apache Avro's Java library prints it."""

from __future__ import annotations

import pytest

from llmreg.formats import catalogue
from llmreg.formats.interface import Schema, Source

AVRO = catalogue.get("avro")


@pytest.mark.parametrize(
    ("registered", "served"),
    [
        ('{"type": "string"}', '"string"'),
        ('{"type": "long", "logicalType": "timestamp-millis"}', '{"type":"long","logicalType":"timestamp-millis"}'),
        # what another kind of type would have means nothing here, whatever it holds
        (
            '{"type": "enum", "name": "E", "symbols": ["A"], "fields": [{"x": 1}]}',
            '{"type":"enum","name":"E","symbols":["A"]}',
        ),
        ('{"type": "string", "items": {"type": "record"}, "fields": [1]}', '"string"'),
        ('["null", {"items": "int", "type": "array"}]', '["null",{"type":"array","items":"int"}]'),
        (
            '{"fields": [{"type": "int", "default": 1.50, "name": "a", "order": "ascending", "x": 1, "doc": "d"}],'
            ' "name": "n.s.R", "type": "record", "doc": "D", "aliases": ["n.s.Q", "Z", "o.P"], "p": {"b": 1e3}}',
            '{"type":"record","name":"R","namespace":"n.s","doc":"D","fields":[{"name":"a","type":"int","doc":"d",'
            '"default":1.50,"x":1}],"p":{"b":1e3},"aliases":["Q","Z","o.P"]}',
        ),
        (
            '{"type": "record", "name": "R", "namespace": "n", "fields": ['
            '{"name": "e", "type": {"type": "enum", "name": "n.E", "default": "A", "symbols": ["A"], "q": 1}},'
            '{"name": "f", "type": {"type": "fixed", "size": 2, "name": "F", "namespace": "m"}},'
            '{"name": "g", "type": "n.E", "order": "descending", "aliases": ["h"]},'
            '{"name": "i", "type": {"type": "map", "values": "m.F"}}]}',
            '{"type":"record","name":"R","namespace":"n","fields":['
            '{"name":"e","type":{"type":"enum","name":"E","symbols":["A"],"default":"A","q":1}},'
            '{"name":"f","type":{"type":"fixed","name":"F","namespace":"m","size":2}},'
            '{"name":"g","type":"E","order":"descending","aliases":["h"]},'
            '{"name":"i","type":{"type":"map","values":"m.F"}}]}',
        ),
    ],
)
def test_printing(registered: str, served: str) -> None:
    AVRO.parse(Source(registered.encode(), strict=False))
    assert AVRO.served(registered.encode()).decode() == served
    assert AVRO.served(served.encode()).decode() == served


INNER = (
    '{"type":"record","name":"Inner","namespace":"a","fields":['
    '{"name":"e","type":{"type":"enum","name":"E","symbols":["X"]}}]}'
)
MIDDLE = '{"type":"record","name":"Middle","namespace":"b","fields":[{"name":"i","type":"a.Inner"}]}'
OUTER = (
    '{"type":"record","name":"Outer","namespace":"b","fields":[{"name":"m","type":"Middle"},'
    '{"name":"i","type":["null","a.Inner"]},{"name":"e","type":"a.E"}]}'
)


def _schema(subject: str, version: str = "1.0.0") -> Schema:
    texts = {
        "inner": (INNER, {}),
        "middle": (MIDDLE, {"a.Inner": "inner@1.0.0"}),
        "outer": (OUTER, {"b.Middle": "middle@1.0.0", "a.Inner": "inner@1.0.0", "a.E": "inner@1.0.0"}),
    }
    text, references = texts[subject]
    return AVRO.parse(Source(text.encode(), references=references, resolve=_schema))


def test_resolved_writes_every_referenced_type_out_once() -> None:
    resolved = AVRO.served_as(_schema("outer"), "resolved")
    assert resolved == (
        b'{"type":"record","name":"Outer","namespace":"b","fields":[{"name":"m","type":{"type":"record",'
        b'"name":"Middle","fields":[{"name":"i","type":{"type":"record","name":"Inner","namespace":"a","fields":['
        b'{"name":"e","type":{"type":"enum","name":"E","symbols":["X"]}}]}}]}},{"name":"i","type":["null","a.Inner"]},'
        b'{"name":"e","type":"a.E"}]}'
    )
    alone = AVRO.parse(Source(resolved))
    assert alone.digests()["pcf"] == _schema("outer").digests()["pcf"]
    assert AVRO.served_as(_schema("outer"), "no-such-form") is None


def test_a_post_may_have_its_references_written_out() -> None:
    outer = _schema("outer")
    resolved = AVRO.served_as(outer, "resolved")
    assert resolved is not None
    assert AVRO.same(AVRO.posted(Source(resolved)), outer, normalize=False)
    assert not AVRO.same(_schema("inner"), outer, normalize=False)
    other = AVRO.posted(Source(INNER.replace('"X"', '"X","Y"').encode()))
    assert not AVRO.same(other, _schema("inner"), normalize=True)
