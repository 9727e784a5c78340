"""P1: every answer under an export decodes to a valid document; P2: without loss, every document can be written."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from benchmarks.llm.schemas import TOOLS

from llmreg.formats import catalogue
from llmreg.formats.interface import Source
from llmreg.llm.export.answers import answers
from llmreg.llm.export.decode import decode_answer
from llmreg.llm.export.export import ExportOptions, export_schema
from llmreg.llm.profiles import decoder
from llmreg.model.finding import Severity
from llmreg.model.jsontext import dumps, loads, plain

FORMS = (("openai", True), ("anthropic", True), ("gemini", True), ("gemini", False), ("llguidance", True))
TEXT = {"type": "string"}
OWN: dict[str, Any] = {
    "optional and nullable": {
        "type": "object",
        "properties": {"a": TEXT, "b": {"type": ["string", "null"]}, "c": {"enum": ["x", None]}},
        "required": ["a"],
    },
    "definitions": {
        "type": "object",
        "properties": {"who": {"$ref": "#/$defs/p", "description": "w"}, "others": {"items": {"$ref": "#/$defs/p"}}},
        "$defs": {"p": {"type": "object", "properties": {"n": TEXT, "m": TEXT}, "required": ["n"]}},
    },
    "recursion": {
        "type": "object",
        "properties": {"v": TEXT, "next": {"$ref": "#"}, "many": {"type": "array", "items": {"$ref": "#"}}},
        "required": ["v"],
    },
    "a root that is no object": {"type": "array", "items": {"type": "object", "properties": {"a": TEXT}}},
    "a union at the root": {"oneOf": [{"type": "string"}, {"type": "object", "properties": {"a": TEXT}}]},
    "allOf": {
        "allOf": [{"$ref": "#/$defs/a"}, {"type": "object", "properties": {"b": TEXT}, "required": ["b"]}],
        "$defs": {"a": {"type": "object", "properties": {"a": {"type": "integer", "minimum": 0}}}},
    },
    "branches told apart": {
        "type": "object",
        "properties": {
            "s": {
                "oneOf": [
                    {"type": "object", "properties": {"k": {"const": "a"}, "x": TEXT}, "required": ["k"]},
                    {"type": "object", "properties": {"k": {"const": "b"}, "x": {"type": "null"}}, "required": ["k"]},
                ]
            }
        },
    },
    "branches by what is required": {
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT, "c": TEXT},
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "siblings of a union": {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "anyOf": [{"required": ["a"]}, {}]},
    "numbers": {
        "type": "object",
        "properties": {
            "a": {"type": "integer", "exclusiveMinimum": 0, "maximum": 5},
            "b": {"type": "number", "minimum": 0.5, "maximum": 1},
            "c": {"type": "integer", "multipleOf": 5, "minimum": 1, "maximum": 20},
        },
    },
    "texts": {
        "type": "object",
        "properties": {
            "a": {"type": "string", "minLength": 1, "maxLength": 3},
            "b": {"type": "string", "pattern": "^[a-z]+$", "minLength": 2},
            "c": {"type": "string", "format": "email"},
            "d": {"type": "string", "minLength": 1, "enum": ["", "x"]},
        },
        "required": ["a"],
    },
    "free keys": {"type": "object", "properties": {"m": {"type": "object", "additionalProperties": TEXT}}},
    "no type": {"properties": {"a": {}, "b": {"const": {"x": 1}}}},
    "tuples": {"type": "object", "properties": {"t": {"type": "array", "prefixItems": [TEXT, {"type": "integer"}]}}},
    "an absent property": {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "not": {"required": ["b"]}},
    "patterns of names": {
        "type": "object",
        "properties": {"ab": {"minLength": 1}},
        "patternProperties": {"^a": {"type": "string", "maxLength": 2}},
        "additionalProperties": False,
    },
}
SCHEMAS = OWN | {item["name"]: item["schema"] for item in json.loads(TOOLS.read_text(encoding="utf-8"))}


@pytest.mark.parametrize(("provider", "strict"), FORMS, ids=str)
@pytest.mark.parametrize("name", SCHEMAS)
def test_answers_decode_to_valid_documents(name: str, provider: str, strict: bool) -> None:
    document = loads(json.dumps(SCHEMAS[name]))
    schema_format = catalogue.get("json")
    validator = schema_format.validator(schema_format.parse(Source(dumps(document).encode(), strict=False)))
    second = jsonschema.Draft202012Validator(plain(document))
    export = export_schema(document, ExportOptions(provider, strict=strict, lossy=True), source=name.replace(" ", "-"))
    widened = any(step.effect == "widens" for step in export.steps)
    assert not [finding for finding in export.findings if finding.severity is Severity.ERROR]
    found = list(answers(export.schema, 25, seed=1))
    assert found
    for answer in found:
        decoded = decode_answer(export, answer)
        if not widened:
            assert validator.is_valid(decoded), (answer, decoded)
            assert second.is_valid(plain(decoded))


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("provider", ["openai", "anthropic", "llguidance"])
def test_exports_compile(name: str, provider: str) -> None:
    pytest.importorskip("llguidance")
    export = export_schema(loads(json.dumps(SCHEMAS[name])), ExportOptions(provider, strict=True, lossy=True))
    assert decoder.compile_error(export.schema) == ""


DOCUMENTS = {
    "optional and nullable": [{"a": "x"}],
    "definitions": [{}, {"who": {"n": "a"}}, {"others": [{"n": "b", "m": "c"}]}],
    "recursion": [{"v": "a"}, {"v": "a", "next": {"v": "b", "many": []}}],
    "a root that is no object": [[], [{"a": "x"}, {}]],
    "numbers": [{}, {"a": 1, "b": 0.5, "c": 20}],
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_can_be_written(name: str) -> None:
    """P2 on examples: an answer of the export decodes to each of these documents."""
    options = ExportOptions("openai", strict=True, lossy=True)
    export = export_schema(loads(json.dumps(SCHEMAS[name])), options)
    for document in DOCUMENTS[name]:
        written = {"value": document} if export.wrapped else document
        filled = _with_nulls(export.schema, written, export.schema)
        jsonschema.Draft202012Validator(plain(export.schema)).validate(filled)
        decoded = decode_answer(export, filled)
        if name != "optional and nullable":  # there absence cannot be told from null
            assert decoded == document


def _with_nulls(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> Any:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return value if value is None else _with_nulls(schema["anyOf"][0], value, root)
    if isinstance(value, dict):
        return {name: _with_nulls(inner, value.get(name), root) for name, inner in schema["properties"].items()}
    if isinstance(value, list):
        return [_with_nulls(schema["items"], item, root) for item in value]
    return value
