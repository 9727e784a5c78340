"""Generated code is used: Pydantic models judge documents as the schema does, and TypeScript compiles."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmreg.errors import UsageError
from llmreg.formats import catalogue
from llmreg.formats.interface import CompareOptions, Source
from llmreg.formats.json.schema import JsonSchema
from llmreg.llm.codegen import generate, languages
from llmreg.model.finding import ChangeClass
from llmreg.store.registry import RegistryView
from llmreg.store.worktree import WorktreeSnapshot

EXAMPLE = Path(__file__).parents[4] / "example-registry"
JSON = catalogue.get("json")


def parse(document: Any) -> JsonSchema:
    schema = JSON.parse(Source(json.dumps(document).encode()))
    assert isinstance(schema, JsonSchema)
    return schema


def load(text: str, name: str = "generated") -> ModuleType:
    module = ModuleType(name)
    sys.modules[name] = module  # Pydantic looks there for the names in annotations
    exec(compile(text, name, "exec"), module.__dict__)
    return module


def accepts(model: Any, document: Any) -> bool:
    from pydantic import ValidationError

    try:
        model.model_validate(document)
    except ValidationError:
        return False
    return True


REPLY = {
    "title": "reply",
    "description": 'Says "yes" or """no""" \\ nothing',
    "type": "object",
    "properties": {
        "answer": {"type": "string", "minLength": 1, "description": "line one\nline two"},
        "score": {"type": "number", "minimum": 0, "exclusiveMaximum": 1.5},
        "tags": {"type": "array", "items": {"enum": ["a", "b"]}, "maxItems": 2},
        "class": {"type": ["integer", "null"]},
        "model_name": {"type": "boolean", "default": True},
        "next": {"$ref": "#"},
        "extra": {"type": "object", "additionalProperties": {"type": "integer"}},
        "kind": {
            "anyOf": [{"const": "x"}, {"type": "object", "properties": {"y": {"type": "null"}}, "required": ["y"]}]
        },
    },
    "required": ["answer"],
    "additionalProperties": False,
}
LEAVES = (
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(-1, 2, allow_nan=False) | st.sampled_from(["", "a", "x"])
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["y", "z"]), inner, max_size=2)
)
REPLIES = st.dictionaries(st.sampled_from([*REPLY["properties"], "other"]), VALUES, max_size=5)  # type: ignore[misc]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(REPLIES)
def test_models_judge_as_the_schema_does(document: dict[str, Any]) -> None:
    text, notes = generate(parse(REPLY), "pydantic", "reply", "about")
    assert notes == ()
    model = load(text).Reply
    valid = JSON.validator(parse(REPLY)).is_valid(document)
    # JSON has one kind of number; a Pydantic model in strict mode does not take 1.0 for an integer
    if valid == accepts(model, document):
        return
    assert valid
    assert "1.0" in json.dumps(document) or ".0" in json.dumps(document)


def test_the_same_schema_gives_the_same_text() -> None:
    for language in languages():
        assert generate(parse(REPLY), language, "reply", "x") == generate(parse(REPLY), language, "reply", "x")


def test_a_model_read_back_is_the_same_but_for_texts() -> None:
    """The generated model's own schema differs in what a reader sees, never in what it accepts or writes."""
    schema = parse({key: value for key, value in REPLY.items() if key != "description"})
    text, _ = generate(schema, "pydantic", "reply", "about")
    back = parse(load(text).Reply.model_json_schema())
    for pair in ((schema, back), (back, schema)):
        comparison = JSON.compare(*pair, CompareOptions())
        assert comparison.verdict.value == "compatible", comparison.findings
        harmless = {ChangeClass.PROMPT_VISIBLE, ChangeClass.NONE, ChangeClass.ORDER}
        assert {finding.cls for finding in JSON.changes(*pair, CompareOptions())} <= harmless


@pytest.mark.parametrize(
    ("document", "note"),
    [
        ({"not": {"type": "null"}}, "`not`"),
        ({"type": "object", "properties": {"a": {"allOf": [{"type": "string"}]}}}, "/properties/a: `allOf`"),
        ({"enum": [1.5]}, "read as any value"),
        ({"type": "object", "properties": {"a\nimport os": {"if": {}}}}, "a\\nimport os: `if`"),
    ],
)
def test_what_is_not_expressed_is_noted(document: Any, note: str) -> None:
    for language in languages():
        text, notes = generate(parse(document), language, "thing", "about")
        assert any(note in item for item in notes)
        assert "\nimport os" not in text
        if language == "pydantic":
            load(text)


def test_typescript_says_limits_in_comments() -> None:
    """No type says them; a pattern must not end the comment."""
    element = {"type": "string", "pattern": "^x*/", "maxLength": 3}
    text, _ = generate(
        parse({"properties": {"a": {"type": "array", "items": element, "minItems": 1}}}), "typescript", "t", ""
    )
    assert all(
        line in text for line in ("   * @minItems 1\n", "   * @items.pattern ^x* /\n", "   * @items.maxLength 3\n")
    )


def test_an_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="'cobol'"):
        generate(parse(True), "cobol", "x", "x")


def _example_schemas() -> list[tuple[str, JsonSchema]]:
    from llmreg.compat.schemas import Schemas

    view = RegistryView(WorktreeSnapshot(EXAMPLE))
    schemas = Schemas(view)
    found = []
    for name in view.names:
        subject = view.subject(name)
        if subject.config.format == "json":
            found += [(name, schemas.registered(subject, line.version)) for line in subject.ledger[-1:]]
    return [(name, schema) for name, schema in found if isinstance(schema, JsonSchema)]


@pytest.mark.parametrize(
    ("name", "schema"), _example_schemas(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_example_registry_gives_modules_that_import(name: str, schema: JsonSchema) -> None:
    text, _ = generate(schema, "pydantic", name.rpartition("/")[2], name)
    load(text)


def test_typescript_compiles(tmp_path: Path) -> None:
    tsc = shutil.which("tsc")
    if tsc is None:
        pytest.skip("tsc is not installed (Debian: node-typescript)")
    for number, (name, schema) in enumerate([*_example_schemas(), ("reply", parse(REPLY))]):
        text, _ = generate(schema, "typescript", name.rpartition("/")[2], name)
        (tmp_path / f"m{number}.ts").write_text(text)
    (tmp_path / "use.ts").write_text(
        f'import type {{ Reply }} from "./m{number}";\nexport const good: Reply = {{ answer: "a" }};\n'
    )
    command = [tsc, "--strict", "--noEmit", "--target", "es2020", "--module", "esnext", "--moduleResolution", "node"]
    files = sorted(path.name for path in tmp_path.glob("*.ts"))
    done = subprocess.run([*command, *files], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


CLASHES: dict[str, Any] = {
    "title": "Any",
    "type": "object",
    "properties": {
        "Value": {"$ref": "#/$defs/Value"},
        "tree": {"$ref": "#/$defs/Tree"},
        "kinds": {"type": "array", "items": {"type": "object", "title": "None", "properties": {"a": {"minimum": 1}}}},
        **{key: {"type": "string"} for key in ("int", "list", "Field", "Literal", "register", "parse_file", "_own")},
        "counts": {"type": "array", "items": {"type": "integer", "minimum": 0}},
    },
    "$defs": {
        "Value": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "array", "items": {"$ref": "#/$defs/Value"}}]},
        "Tree": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Value"}},
    },
}


def test_names_that_clash_and_aliases_that_lead_back() -> None:
    text, _ = generate(parse(CLASHES), "pydantic", "clashes", "clashes 1.0.0")
    module = load(text, "clashes")
    model = getattr(module, module.__all__[-1])
    document = {"Value": [{"a": []}], "tree": {"b": {"c": []}}, "int": "i", "Field": "f", "_own": "p", "counts": [1]}
    assert model.model_validate(document).model_dump(by_alias=True, exclude_unset=True) == document
    assert not accepts(model, {"tree": {"b": 1}})
    assert not accepts(model, {"counts": [-1]})


@pytest.mark.skipif(shutil.which("tsc") is None, reason="there is no TypeScript compiler")
def test_aliases_that_lead_back_compile(tmp_path: Path) -> None:
    text, _ = generate(parse(CLASHES), "typescript", "clashes", "clashes 1.0.0")
    (tmp_path / "clashes.ts").write_text(text)
    command = ["tsc", "--strict", "--noEmit", "--target", "es2020", "clashes.ts"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
