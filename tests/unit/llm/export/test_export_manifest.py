"""What an export says of itself: order, steps, refusals, names, envelopes, bundles."""

from __future__ import annotations

from typing import Any

import pytest

import llmreg
from llmreg.errors import DocumentError, InputError, UsageError
from llmreg.llm.export.decode import decode_text
from llmreg.llm.export.export import ExportOptions, export_schema
from llmreg.llm.export.fixes import fixed
from llmreg.llm.profiles import catalogue
from llmreg.llm.profiles.engine import lint_schema
from llmreg.model.jsontext import dumps, loads

SEARCH: dict[str, Any] = {
    "type": "object",
    "description": "Search",
    "properties": {"zeta": {"type": "string"}, "alpha": {"type": "integer", "minimum": 1}},
    "required": ["zeta"],
}
OPENAI = ExportOptions("openai", strict=True)


def test_order_is_kept_and_nulls_stand_for_absence() -> None:
    export = export_schema(SEARCH, OPENAI, source="docs/search.docs@1.0.0")
    assert dumps(export.schema) == (
        '{"description":"Search","type":"object","properties":{"zeta":{"type":"string"},"alpha":{"anyOf":'
        '[{"type":"integer","minimum":1},{"type":"null"}]}},"required":["zeta","alpha"],"additionalProperties":false}'
    )
    assert export.definition["name"] == "search_docs"
    assert export.definition["strict"] is True
    assert [step.what for step in export.steps] == ["closed", "optional_as_null", "name"]
    assert not export.lossy
    assert decode_text(export, '{"alpha":null,"zeta":"x"}') == {"zeta": "x"}


def test_a_tool_without_arguments_takes_none() -> None:
    export = export_schema({"type": "object", "description": "Now", "properties": {}}, OPENAI, source="clock/now@1.0.0")
    assert export.schema["properties"] == {}
    assert export.schema["additionalProperties"] is False
    assert not export.lossy


def test_numbers_stay_exact() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]}
    assert dumps(decode_text(export_schema(schema, OPENAI), '{"a":0.10000000000000000000001}')) == (
        '{"a":0.10000000000000000000001}'
    )


def test_a_loss_is_refused_with_its_place() -> None:
    with pytest.raises(
        InputError, match="without loss: /properties/alpha/minimum: `minimum` is not enforced"
    ) as caught:
        export_schema(SEARCH, ExportOptions("anthropic", strict=True))
    assert [problem.pointer for problem in caught.value.problems] == ["/properties/alpha/minimum"]
    export = export_schema(SEARCH, ExportOptions("anthropic", strict=True, lossy=True))
    assert [step.what for step in export.lossy] == ["bound"]
    assert export.to_json()["lossy"] is True


def test_a_budget_cannot_be_repaired() -> None:
    many = {"type": "object", "properties": {f"p{number}": {"type": "string"} for number in range(25)}}
    with pytest.raises(InputError, match="25 optional parameters"):
        export_schema(many, ExportOptions("anthropic", strict=True, lossy=True))
    assert export_schema(many, ExportOptions("anthropic", strict=True, optional="required")).findings == ()


def test_optional_properties_as_asked() -> None:
    omitted = export_schema(SEARCH, ExportOptions("openai", strict=True, optional="omit"))
    assert list(omitted.schema["properties"]) == ["zeta"]
    assert omitted.steps[-1].asked
    assert omitted.steps[-1].effect.lossy
    written = export_schema(SEARCH, ExportOptions("openai", strict=True, optional="required"))
    assert written.schema["required"] == ["zeta", "alpha"]


@pytest.mark.parametrize(
    ("provider", "strict", "kind", "keys"),
    [
        ("openai", True, "tool", ["type", "name", "description", "parameters", "strict"]),
        ("openai", True, "response-format", ["type", "name", "description", "schema", "strict"]),
        ("anthropic", False, "tool", ["name", "description", "input_schema"]),
        ("anthropic", False, "response-format", ["type", "schema"]),
        ("gemini", False, "tool", ["name", "description", "parametersJsonSchema"]),
        ("gemini", True, "tool", ["name", "description", "parameters"]),
        ("gemini", True, "response-format", ["responseMimeType", "responseSchema"]),
        ("mcp", False, "tool", ["name", "description", "inputSchema"]),
        ("mcp", False, "response-format", ["name", "description", "outputSchema"]),
        ("llguidance", False, "tool", ["description", "type", "properties", "required", "additionalProperties"]),
    ],
)
def test_definitions(provider: str, strict: bool, kind: str, keys: list[str]) -> None:
    export = export_schema(SEARCH, ExportOptions(provider, strict=strict, output_kind=kind))
    assert list(export.definition) == keys


def test_a_plain_form_keeps_the_schema_and_wraps_other_roots() -> None:
    assert export_schema(SEARCH, ExportOptions("mcp")).schema == SEARCH
    recursive = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#"}}]}
    export = export_schema(recursive, ExportOptions("openai"))
    assert export.wrapped
    assert lint_schema(export.schema, catalogue.get("openai-tools")) == []
    assert decode_text(export, '{"value":["a",["b"]]}') == ["a", ["b"]]
    with pytest.raises(DocumentError):
        decode_text(export, '["a"]')


def test_pinned_documents_are_brought_in() -> None:
    pinned = {
        "$id": "https://example.org/message",
        "type": "object",
        "properties": {"role": {"$ref": "#/$defs/role"}, "reply": {"$ref": "#"}},
        "$defs": {"role": {"enum": ["user", "model"]}},
    }
    schema = {"type": "object", "properties": {"m": {"$ref": "llmreg:chat/message@1.0.0"}}, "required": ["m"]}
    export = export_schema(schema, ExportOptions("mcp"), resources={"llmreg:chat/message@1.0.0": pinned})
    assert export.schema["properties"]["m"] == {"$ref": "#/$defs/chat_message_1_0_0"}
    assert export.schema["$defs"]["chat_message_1_0_0"]["properties"] == {
        "role": {"$ref": "#/$defs/chat_message_1_0_0/$defs/role"},
        "reply": {"$ref": "#/$defs/chat_message_1_0_0"},
    }
    strict = export_schema(schema, OPENAI, resources={"llmreg:chat/message@1.0.0": pinned})
    assert strict.findings == ()


def test_wrong_options_are_refused() -> None:
    for options in (
        ExportOptions("nobody"),
        ExportOptions("openai", optional="sometimes"),
        ExportOptions("openai", output_kind="poem"),
        ExportOptions("openai", name="a b"),
    ):
        with pytest.raises(UsageError):
            export_schema(SEARCH, options)


def test_decode_from_python() -> None:
    assert llmreg.decode(SEARCH, '{"zeta":"x","alpha":null}', provider="openai", strict=True) == {"zeta": "x"}
    assert llmreg.decode(dumps(SEARCH), {"zeta": "x", "alpha": 2}, provider="openai", strict=True)["alpha"] == 2
    with pytest.raises(DocumentError, match="/alpha"):
        llmreg.decode(SEARCH, {"zeta": "x", "alpha": 0}, provider="anthropic", strict=True, lossy=True)


def test_fixes_touch_nothing_else() -> None:
    text = (
        '{\n    "type": "object",\n    "properties": {\n        "a": {"enum": [1, 2.5]},\n'
        '        "b" : { "oneOf":[{"type":"string"},{"type":"null"}] },\n        "c":true,\n'
        '        "d": {"oneOf": [{"type": "integer"}, {"type": "number"}]}\n    }\n}\n'
    )
    findings = lint_schema(loads(text), catalogue.get("openai-strict"))
    repaired, number = fixed(text, findings)
    assert number == 2
    assert repaired == text.replace('"b" : { "oneOf"', '"b" : { "anyOf"').replace('"c":true', '"c":{}')
    assert fixed(repaired, lint_schema(loads(repaired), catalogue.get("openai-strict"))) == (repaired, 0)


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ('{"type":"object"}', '{"type":"object", "properties": {}, "additionalProperties": true}'),
        (
            '{\r\n  "title": "Now",\r\n  "type": "object",\r\n  "additionalProperties": false\r\n}\r\n',
            '{\r\n  "title": "Now",\r\n  "type": "object",\r\n  "properties": {},'
            '\r\n  "additionalProperties": false\r\n}\r\n',
        ),
        ('{"type": "object", "properties": {}}', '{"type": "object", "properties": {}}'),
    ],
)
def test_a_root_without_properties_lists_none(text: str, repaired: str) -> None:
    profile = catalogue.get("openai-tools")
    assert fixed(text, lint_schema(loads(text), profile))[0] == repaired
    assert lint_schema(loads(repaired), profile) == []


def test_the_plain_form_for_openai_lists_the_properties_of_its_root() -> None:
    schema = {"description": "Now", "type": "object", "additionalProperties": {"type": "integer"}}
    export = export_schema(schema, ExportOptions("openai"))
    assert list(export.schema) == ["description", "type", "properties", "additionalProperties"]
    assert export.schema["properties"] == {}
    assert [(step.what, step.effect.lossy) for step in export.steps] == [("properties_listed", False)]
    assert export.findings == ()
    assert decode_text(export, '{"a":1}') == {"a": 1}
    assert export_schema(schema, ExportOptions("anthropic")).schema == schema


_A, _B = ({"type": "object", "properties": {name: {"type": "string"}}, "required": [name]} for name in ("a", "b"))


def _tagged(branch: dict[str, Any], tag: str) -> dict[str, Any]:
    properties = {"kind": {"const": tag}, **branch["properties"]}
    return {**branch, "properties": properties, "required": ["kind", *branch["required"]]}


def _listing(item: dict[str, Any]) -> dict[str, Any]:
    properties = {"entry": {"type": "array", "items": item}}
    return {"type": "object", "properties": properties, "required": ["entry"]}


@pytest.mark.parametrize(
    ("schema", "lost"),
    [
        ({"anyOf": [_A, _B]}, True),
        ({"anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}], "$defs": {"a": _A, "b": _B}}, True),
        ({"type": "object", "anyOf": [_A, _B], "unevaluatedProperties": False}, True),
        ({"anyOf": [_A, {**_A, "properties": {**_A["properties"], **_B["properties"]}}]}, False),
        ({"anyOf": [_tagged(_A, "a"), _tagged(_B, "b")]}, False),
        ({"anyOf": [{"allOf": [_tagged(_A, "a")]}, {"allOf": [_tagged(_B, "b")]}]}, False),
        ({"anyOf": [{**_A, "additionalProperties": False}, _B]}, False),
        ({"anyOf": [{**_A, "unevaluatedProperties": False}, _B]}, False),
        ({"anyOf": [_listing(_A), _listing(_B)]}, True),
        ({"anyOf": [_listing(_A), _listing(_A)]}, False),
        ({"anyOf": [_A, {"type": "string"}]}, False),
        ({"anyOf": [_A, {"type": "null"}]}, False),
    ],
)
def test_documents_that_mix_branches_are_told_as_lost(schema: dict[str, Any], lost: bool) -> None:
    export = export_schema(schema, ExportOptions("openai", strict=True))  # told, not refused
    told = [(step.pointer, step.effect.value, step.why) for step in export.steps if step.what == "branches_closed"]
    why = "each branch is closed by itself: no document can hold `a` and `b` together"
    assert told == ([("/anyOf", "narrows", why)] if lost else [])
    assert not any(step.effect.value == "narrows" for step in export.steps if step.what != "branches_closed")
