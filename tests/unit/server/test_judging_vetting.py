"""Which schemas may judge in the server's own process, who waits for whom, and how much one caller may ask."""

from __future__ import annotations

from typing import Any

import pytest

from llmreg.formats import catalogue
from llmreg.formats.interface import Source
from llmreg.model.jsontext import dumps
from llmreg.server.callers.buckets import Buckets
from llmreg.server.judging.queue import FairQueue, QueueFullError
from llmreg.server.judging.vetting import MAX_BYTES, fits, parts


def vetted(schema: Any) -> tuple[int, str]:
    return parts(catalogue.get("json").parse(Source(dumps(schema).encode(), strict=False)))


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {"type": "object", "properties": {"a": {"type": "string", "pattern": "^[a-z]{2,8}$"}}},
        {"$defs": {"a": {"type": "integer"}}, "properties": {"x": {"$ref": "#/$defs/a"}, "y": {"$ref": "#/$defs/a"}}},
        {"properties": {"$id": {"type": "string"}, "pattern": {"type": "string"}}},
    ],
)
def test_cheap(schema: Any) -> None:
    count, why = vetted(schema)
    assert count > 0, why


def test_references_count_as_often_as_they_are_followed() -> None:
    once, _ = vetted({"$defs": {"a": {"enum": [1, 2, 3]}}, "properties": {"x": {"$ref": "#/$defs/a"}}})
    twice, _ = vetted(
        {"$defs": {"a": {"enum": [1, 2, 3]}}, "properties": {"x": {"$ref": "#/$defs/a"}, "y": {"$ref": "#/$defs/a"}}}
    )
    assert twice - once > 4


def doubled(levels: int) -> dict[str, Any]:
    definitions: dict[str, Any] = {f"l{levels}": {}}
    for level in range(levels):
        deeper = {"properties": {"x": {"$ref": f"#/$defs/l{level + 1}"}}}
        definitions[f"l{level}"] = {"allOf": [deeper, deeper]}
    return {"$ref": "#/$defs/l0", "$defs": definitions}


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"properties": {"x": {"$ref": "#"}}}, "recursive"),
        (doubled(12), "parts"),
        ({"enum": list(range(3000))}, "parts"),
        ({"pattern": "^(?=a)"}, "pattern"),
        ({"pattern": r"(a)\1"}, "pattern"),
        ({"pattern": "((a{99}){99}){99}"}, "pattern"),
        ({"patternProperties": {"^(?!a)": {}}}, "pattern"),
        ({"unevaluatedProperties": False}, "unevaluated"),
        ({"$defs": {"a": {"$anchor": "here"}}, "$ref": "#here"}, "plain place"),
        ({"$defs": {"a": {"$id": "https://example.org/a"}}}, "identifier"),
        ({"description": "x" * MAX_BYTES}, "larger"),
    ],
)
def test_not_cheap(schema: Any, why: str) -> None:
    count, told = vetted(schema)
    assert count == 0
    assert why in told


def test_other_formats_go_to_workers() -> None:
    schema = catalogue.get("avro").parse(Source(b'"int"'))
    assert parts(schema)[0] == 0


def test_a_document_fits_by_parts_times_bytes() -> None:
    assert fits(50, 10_000)
    assert not fits(2000, 10_000)
    assert not fits(1, MAX_BYTES + 1)


def test_clients_are_served_in_turn() -> None:
    queue: FairQueue[str] = FairQueue(8)
    for item in ("a1", "a2", "a3"):
        queue.put("a", item)
    queue.put("b", "b1")
    queue.put("c", "c1")
    queue.remove("c", "c1")
    queue.remove("c", "c1")
    assert [queue.get() for _ in range(5)] == ["a1", "b1", "a2", "a3", None]
    assert len(queue) == 0


def test_a_queue_is_full_for_one_client_before_it_is_full_for_all() -> None:
    queue: FairQueue[int] = FairQueue(4)
    queue.put("a", 1)
    queue.put("a", 2)
    with pytest.raises(QueueFullError):
        queue.put("a", 3)
    queue.put("b", 4)
    queue.put("c", 5)
    with pytest.raises(QueueFullError):
        queue.put("d", 6)


def test_a_bucket_fills_with_time() -> None:
    now = [0.0]
    buckets = Buckets(2, clock=lambda: now[0])
    assert [buckets.take("a").wait > 0 for _ in range(3)] == [False, False, True]
    assert buckets.take("b").wait == 0
    assert buckets.take("a").wait == pytest.approx(0.5)
    now[0] = 0.5
    taken = buckets.take("a")
    assert (taken.wait, taken.left) == (0, 0)
    assert taken.full == pytest.approx(1.0)
