"""The order in which providers generate properties: cases of the rule, laws, and what a constrained decoder says."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from llmreg.errors import RegistryError
from llmreg.formats import catalogue as formats
from llmreg.formats.interface import CompareOptions, Schema, Source
from llmreg.formats.rule import rulebook
from llmreg.llm.profiles import catalogue
from llmreg.llm.profiles.generation import RULES, Listed, generated, order_findings, with_followers
from llmreg.llm.profiles.profile import ORDERS, read
from llmreg.model.finding import ChangeClass, Finding, Status
from llmreg.ops.rules import rule
from llmreg.store import yamltext

CASES = sorted((Path(__file__).parents[3] / "cases" / "generation").glob("*/case.yaml"))
JSON = formats.get("json")


def _parsed(data: bytes) -> Schema:
    return JSON.parse(Source(data, name="case"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_case(path: Path) -> None:
    case = yamltext.load(path.read_text(encoding="utf-8"))
    old, new = (_parsed((path.parent / name).read_bytes()) for name in ("old.json", "new.json"))
    profiles = catalogue.choose(tuple(case["profiles"]))
    found = order_findings(old, new, profiles)
    told = [{"message": item.message, "reader": item.reader.pointer if item.reader else None} for item in found]
    assert told == case["findings"]
    assert path.parent.name.startswith("near_miss") is not bool(found)
    for item in found:
        assert (item.rule, item.cls) == ("generation_order_changed", ChangeClass.ORDER)
        assert "seen 20" in (item.claim or "")
        assert item.fix
    plain = JSON.changes(old, new, CompareOptions())
    followed = "".join(
        after.message.removeprefix(before.message)
        for before, after in zip(plain, with_followers(plain, old, new, profiles), strict=True)
        if before.rule == "property_order_changed"
    )
    assert followed == case.get("followed", "")
    assert order_findings(old, old, profiles) == []


def test_its_page_is_found() -> None:
    (entry,) = rule("generation-order-changed")
    assert entry.scope == "json"
    assert "Anthropic puts required properties first" in entry.page
    assert set(rulebook(RULES)) == {"generation_order_changed"}


def test_every_order_is_used() -> None:
    used = {item.order for label in catalogue.labels() for item in catalogue.get(label).generation}
    assert used == set(ORDERS)


def test_an_order_lists_every_property_once() -> None:
    names = ("a", "b", "c")
    for order in ORDERS:
        for ordering in (None, (), ("c",), ("c", "a", "c", "elsewhere")):
            for required in (frozenset[str](), frozenset("bc"), frozenset(names)):
                made = generated(order, Listed(names, required, ordering))
                assert made is None or sorted(made) == sorted(names)


def test_a_profile_that_extends_another_generates_alike() -> None:
    assert catalogue.get("openai-finetuned").generation == catalogue.get("openai-strict").generation
    assert catalogue.get("gemini-openapi").generation == catalogue.get("gemini-json").generation


def test_an_unknown_order_is_refused() -> None:
    text = 'title="t"\nabout="a"\nprovider="openai"\nsource_url="https://a"\nseen="2026-01-01"\n'
    with pytest.raises(RegistryError, match="sorted"):
        read(text + '[[generation]]\norder="sorted"\n', "mine", "2026-01", catalogue.get)


@pytest.mark.parametrize("required", [("a",), ("b",), ("b", "c"), ("a", "b", "c")])
def test_a_decoder_takes_the_generated_order_only(required: tuple[str, ...]) -> None:
    """llguidance, given an object as a provider's rule orders it, refuses a valid document in every other order."""
    pytest.importorskip("llguidance")
    names = ("a", "b", "c")
    for order in ("schema", "required-first"):
        made = generated(order, Listed(names, frozenset(required)))
        assert made is not None
        properties = {name: {"type": "integer"} for name in made}
        schema = {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
        taken = [keys for keys in permutations(names) if _takes(schema, dict.fromkeys(keys, 1))]
        assert taken == [made]


def test_llguidance_itself_follows_the_schema() -> None:
    pytest.importorskip("llguidance")
    schema = {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["b"], "additionalProperties": False}
    assert [item.order for item in catalogue.get("llguidance").generation] == ["schema"]
    assert _takes(schema, {"a": 1, "b": 1})
    assert not _takes(schema, {"b": 1, "a": 1})


def _takes(schema: dict[str, Any], document: dict[str, Any]) -> bool:
    from llguidance import LLMatcher, LLTokenizer

    tokenizer = LLTokenizer("byte")
    tokens = tokenizer.tokenize_str(json.dumps(document, separators=(",", ":")))
    matcher = LLMatcher(tokenizer, LLMatcher.grammar_from_json_schema(json.dumps(schema)))
    return bool(matcher.validate_tokens(tokens) == len(tokens))


def _finding(old: dict[str, Any], new: dict[str, Any]) -> Finding:
    before, after = (_parsed(json.dumps(side).encode()) for side in (old, new))
    (finding,) = order_findings(before, after, catalogue.choose(("anthropic-strict",)))
    return finding


def _object(*required: str, **more: Any) -> dict[str, Any]:
    properties = {"first": {"type": "string"}, "last": {"enum": ["yes", "no"]}, **more}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def test_a_decoder_confirms_it() -> None:
    pytest.importorskip("llguidance")
    finding = _finding(_object("first"), _object("last", new={"type": "integer"}))
    assert finding.status is Status.WITNESSED
    assert finding.witness is not None
    assert list(finding.witness.document) == ["first", "last", "new"]
    assert [name.split()[0] for name in finding.witness.confirmed_by] == ["jsonschema", "jsonschema-rs", "llguidance"]


@pytest.mark.parametrize("odd", [{"type": "string", "pattern": "^(?=a)b"}, False])
def test_without_a_document_it_is_claimed(odd: Any) -> None:
    finding = _finding(_object("first", odd=odd), _object("last", odd=odd))
    assert (finding.status, finding.witness) == (Status.CLAIMED, None)


def test_without_a_decoder_it_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmreg.llm.profiles.decoder.available", lambda: None)
    assert _finding(_object("first"), _object("last")).status is Status.CLAIMED
