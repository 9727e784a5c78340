"""One demand per conjunct and place of the reader, and one document that breaks each."""

from __future__ import annotations

from collections.abc import Callable

from llmreg.formats.json.inclusion.decide import Contained, Counterexample, Question, Resource, Side, Step

WRITER = {
    "type": "object",
    "properties": {
        "tags": {"type": "array", "items": {"type": "string"}},
        "who": {"$ref": "#/$defs/person"},
        "count": {"type": "integer"},
    },
    "$defs": {"person": {"type": "object", "properties": {"name": {"type": "string"}}}},
}
READER = {
    "required": ["count"],
    "properties": {
        "tags": {"items": {"maxLength": 3}, "maxItems": 9},
        "who": {"allOf": [{"$ref": "#/$defs/human"}]},
        "count": {"minimum": 0, "anyOf": [{"multipleOf": 2}, {"type": "null"}]},
    },
    "$defs": {"human": {"properties": {"name": {"minLength": 1}}}},
}


def test_every_broken_conjunct_has_its_own_document(
    side: Callable[..., Side], question: Callable[..., Question], confirmed: Callable[..., bool]
) -> None:
    left, right = side(WRITER), side(READER)
    asked = question(left, right)
    broken = {}
    for demand in asked.demands():
        answer = asked.ask(demand)
        assert isinstance(answer, Counterexample)
        assert confirmed(answer, left, right)
        broken[demand.pointer, demand.keyword, demand.detail] = (demand.writer_pointer, answer.document)
    assert broken == {
        ("", "required", "count"): ("", {}),
        ("/properties/tags/items", "maxLength", ""): ("/properties/tags/items", {"tags": ["aaaa"]}),
        ("/properties/tags", "maxItems", ""): ("/properties/tags", {"tags": [""] * 10}),
        ("/$defs/human/properties/name", "minLength", ""): ("/$defs/person/properties/name", {"who": {"name": ""}}),
        ("/properties/count", "minimum", ""): ("/properties/count", {"count": -1}),
        ("/properties/count", "anyOf", ""): ("/properties/count", {"count": 1}),
    }


def test_paths_lead_to_the_instance(side: Callable[..., Side], question: Callable[..., Question]) -> None:
    demands = list(question(side(WRITER), side(READER)).demands())
    assert [demand.path for demand in demands][1] == (Step("property", "tags"), Step("items"))


def test_conjuncts_that_hold_are_proved(side: Callable[..., Side], question: Callable[..., Question]) -> None:
    asked = question(side(WRITER), side(WRITER))
    assert {type(asked.ask(demand)) for demand in asked.demands()} == {Contained}


def test_recursion_ends(side: Callable[..., Side], question: Callable[..., Question]) -> None:
    tree = {"type": "object", "properties": {"l": {"$ref": "#"}, "r": {"$ref": "#"}, "v": {"type": "integer"}}}
    asked = question(side(True), side(tree))
    assert 3 < len(list(asked.demands())) < 60


def test_a_forbidden_key_is_a_demand(side: Callable[..., Side], question: Callable[..., Question]) -> None:
    reader = {"properties": {"a": {}, "b": False}, "additionalProperties": False}
    asked = question(side({"type": "object", "properties": {"c": {}}}), side(reader))
    found = [(demand.keyword, demand.detail, asked.ask(demand)) for demand in asked.demands()]
    assert [(keyword, detail) for keyword, detail, _ in found] == [("properties", "b"), ("additionalProperties", "")]
    assert all(isinstance(answer, Counterexample) for _, _, answer in found)


def test_demands_of_a_pinned_document_name_it(side: Callable[..., Side], question: Callable[..., Question]) -> None:
    uri = "llmreg:chat/message@1.0.0"
    reader = side({"$ref": uri}, resources={uri: Resource({"type": "object", "required": ["id"]}, "draft7")})
    demands = list(question(side({"type": "object"}), reader).demands())
    assert [(demand.resource, demand.pointer, demand.keyword, demand.detail) for demand in demands] == [
        (uri, "", "type", ""),
        (uri, "", "required", "id"),
    ]


def test_another_counterexample(side: Callable[..., Side], question: Callable[..., Question]) -> None:
    asked = question(side({"enum": [1, "a", None, [2]]}), side({"const": "a"}))
    seen = []
    answer = asked.decide()
    while isinstance(answer, Counterexample):
        seen.append(answer.document)
        answer = asked.next_counterexample(seen)
    assert answer == Contained()
    assert sorted(map(str, seen)) == ["1", "None", "[2]"]
