"""Conjuncts that changed are asked about first; none is lost but for want of time."""

from __future__ import annotations

from llmreg.formats.json.compare.order import likely_first
from llmreg.formats.json.inclusion.answers import Demand, Step

WRITER = {"properties": {"a": {"type": "string", "maxLength": 2}, "b": {"type": "string"}}}
READER = {"properties": {"a": {"type": "string", "maxLength": 1}, "b": {"type": "string"}}}


def demand(name: str, keyword: str) -> Demand:
    place = f"/properties/{name}"
    return Demand(place, keyword, "", (Step("property", name),), place)


def test_what_differs_comes_first_and_nothing_is_left_out():
    demands = [demand("a", "type"), demand("b", "type"), demand("a", "maxLength")]
    listed, complete = likely_first(demands, WRITER, READER)
    assert complete
    assert listed == [demands[2], demands[0], demands[1]]


def test_a_list_that_is_too_long_is_cut_and_says_so():
    listed, complete = likely_first([demand("a", "type")] * 6000, WRITER, READER)
    assert not complete
    assert len(listed) == 5000
