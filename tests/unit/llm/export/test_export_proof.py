"""Every export is proved sound by the engine that compares schemas, tested, or shown to be at fault."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from benchmarks.llm.schemas import TOOLS

from llmreg.errors import InputError
from llmreg.llm.export.decode import decode_answer
from llmreg.llm.export.export import ExportOptions, export_schema
from llmreg.llm.export.inverse import answer_for, decoded_schema
from llmreg.llm.export.soundness import Soundness, Standing, refuse_unsound, soundness
from llmreg.model.jsontext import loads

FORMS = (
    ("openai", True),
    ("openai", False),
    ("anthropic", True),
    ("gemini", True),
    ("gemini", False),
    ("llguidance", True),
    ("mcp", False),
)
OPTIONAL = (None, "null", "omit", "required")
TEXT = {"type": "string"}
DRAFT_4 = "http://json-schema.org/draft-04/schema#"
# What once was unsound, or nearly: each stays proved in every form and mode.
PROVED: dict[str, Any] = {
    "a left-out property could come back as a free key": {
        "type": "object",
        "properties": {"a": TEXT, "b": {"type": "integer"}},
        "required": ["a"],
        "additionalProperties": True,
    },
    "a forbidden property beside free keys": {
        "type": "object",
        "properties": {"a": TEXT, "b": False},
        "required": ["a"],
        "additionalProperties": TEXT,
    },
    "an integer of draft 4 has no fraction": {
        "$schema": DRAFT_4,
        "type": "object",
        "properties": {
            "n": {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "maximum": 20},
            "t": {"type": "array", "items": [{"type": "integer"}], "additionalItems": TEXT},
            "o": {"type": "object", "additionalProperties": False},
        },
        "required": ["n"],
    },
    "nullable and optional": {
        "type": "object",
        "properties": {"a": {"type": ["string", "null"]}, "b": {"enum": ["x", None]}, "c": {"$ref": "#/$defs/n"}},
        "$defs": {"n": {"type": ["object", "null"], "properties": {"m": TEXT}}},
    },
    "optional properties of branches": {
        "anyOf": [
            {"type": "object", "properties": {"k": {"const": "a"}, "x": TEXT}, "required": ["k"]},
            {"type": "object", "properties": {"k": {"const": "b"}, "x": {"type": "integer"}}, "required": ["k"]},
            {"type": "array", "items": {"type": "object", "properties": {"x": TEXT}}},
        ]
    },
    "recursion": {"type": "object", "properties": {"v": TEXT, "next": {"$ref": "#"}}, "required": ["v"]},
}
TOOL_SCHEMAS = {item["name"]: item["schema"] for item in json.loads(TOOLS.read_text(encoding="utf-8"))}


def _judged(schema: Any, provider: str, strict: bool, optional: str | None = None) -> Soundness:
    document = loads(json.dumps(schema))
    options = ExportOptions(provider, strict=strict, optional=optional, lossy=True)
    return soundness(export_schema(document, options), document)


@pytest.mark.parametrize(("provider", "strict"), FORMS, ids=str)
@pytest.mark.parametrize("name", PROVED)
def test_exports_are_proved(name: str, provider: str, strict: bool) -> None:
    document = loads(json.dumps(PROVED[name]))
    for optional in OPTIONAL:
        if name == "recursion" and provider == "gemini" and optional in ("null", "required"):
            continue  # every way out of the recursion is closed, which that form refuses
        export = export_schema(document, ExportOptions(provider, strict=strict, optional=optional, lossy=True))
        found = soundness(export, document)
        widened = any(step.effect == "widens" for step in export.steps)  # a tuple, which the strict forms cannot say
        assert found.standing is (Standing.REFUSED if widened else Standing.PROVED), (optional, str(found))


@pytest.mark.parametrize("name", TOOL_SCHEMAS)
def test_tools_are_proved_or_say_what_is_not_enforced(name: str) -> None:
    for provider, strict in FORMS:
        document = loads(json.dumps(TOOL_SCHEMAS[name]))
        export = export_schema(document, ExportOptions(provider, strict=strict, lossy=True))
        found = soundness(export, document)
        if found.standing is Standing.REFUSED:
            assert any(step.effect == "widens" for step in export.steps)
            assert found.answer is not None
        elif not export.lossy:
            assert found.standing is Standing.PROVED


def test_names_of_free_keys_are_not_enforced() -> None:
    schema = {"type": "object", "additionalProperties": TEXT, "propertyNames": {"pattern": "^x"}}
    with pytest.raises(InputError, match="the names of properties are not checked"):
        export_schema(schema, ExportOptions("llguidance"))
    found = _judged(schema, "llguidance", True)
    assert found.standing is Standing.REFUSED


def test_where_the_engine_cannot_say_answers_are_generated() -> None:
    schema = {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "dependencies": {"a": ["b"]}}
    found = _judged(schema, "openai", True)
    assert (found.standing, found.tested) == (Standing.TESTED, 100)
    assert "validators differ on `dependencies`" in str(found)
    assert found.to_json() == {"standing": "tested", "tested": 100, "why": found.why}


def test_what_is_not_enforced_is_shown() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}, "required": ["n"]}
    found = _judged(schema, "anthropic", True)
    assert found.standing is Standing.REFUSED
    assert found.answer["n"] < 3
    assert found.to_json()["answer"] == found.answer


def test_a_fault_of_the_export_is_refused_with_an_answer() -> None:
    schema = {"type": "object", "properties": {"a": TEXT}}
    export = export_schema(schema, ExportOptions("openai", strict=True), source="docs/a")
    assert soundness(export, schema).standing is Standing.PROVED
    broken = replace(export, drops={})
    found = soundness(broken, schema)
    assert (found.standing, found.answer) == (Standing.UNSOUND, {"a": None})
    with pytest.raises(InputError, match=r'docs/a for openai: the form admits \{"a":null\}'):
        refuse_unsound(found, broken)
    refuse_unsound(soundness(export, schema), export)


def test_the_way_there_and_back() -> None:
    schema = PROVED["optional properties of branches"]
    export = export_schema(schema, ExportOptions("openai", strict=True))
    for document in ({"k": "a"}, {"k": "b", "x": 1}, [{}, {"x": "y"}]):
        assert decode_answer(export, answer_for(export, document)) == document
    assert "$schema" not in decoded_schema(export)


def test_pinned_documents_are_part_of_the_proof() -> None:
    schema = {"type": "object", "properties": {"p": {"$ref": "llmreg:chat/part@1.0.0"}}, "required": ["p"]}
    resources = {"llmreg:chat/part@1.0.0": {"type": "object", "properties": {"n": {"type": "integer"}}}}
    for provider, strict in FORMS:
        export = export_schema(schema, ExportOptions(provider, strict=strict), resources=resources)
        assert soundness(export, schema, resources).standing is Standing.PROVED
