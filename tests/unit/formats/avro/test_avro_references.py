"""References across subjects by full name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from llmreg.errors import LimitError, NotFoundError, SchemaError
from llmreg.formats.avro import FORMAT
from llmreg.formats.avro.schema import AvroSchema
from llmreg.formats.interface import CompareOptions, Source

OPTIONS = CompareOptions()


def record(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": [{"name": key, "type": value} for key, value in fields.items()]}


class Shelf:
    """Subjects at hand: `chat/role@1.0.0` and so on."""

    def __init__(self, **schemas: tuple[Any, Mapping[str, str]]) -> None:
        self.schemas = {key.replace("__", "/"): value for key, value in schemas.items()}
        self.parsed: dict[str, AvroSchema] = {}

    def resolve(self, subject: str, version: str) -> AvroSchema:
        if subject not in self.schemas or version != "1.0.0":
            raise NotFoundError(f"no {subject}@{version}")
        if subject not in self.parsed:
            self.parsed[subject] = self.parse(*self.schemas[subject])
        return self.parsed[subject]

    def parse(self, schema: Any, references: Mapping[str, str]) -> AvroSchema:
        return FORMAT.parse(Source(json.dumps(schema).encode(), resolve=self.resolve, references=references))


ROLE = {"type": "enum", "name": "chat.Role", "symbols": ["user", "tool"]}
MESSAGE = record("chat.Message", role="chat.Role", text="string")
SHELF = Shelf(
    chat__role=(ROLE, {}),
    chat__role2=({**ROLE, "symbols": ["user"]}, {}),
    chat__message=(MESSAGE, {"chat.Role": "chat/role@1.0.0"}),
)


def test_a_reference_brings_every_type_of_its_schema() -> None:
    schema = SHELF.parse(record("Log", m="chat.Message", r="chat.Role"), {"chat.Message": "chat/message@1.0.0"})
    assert [str(reference) for reference in schema.references] == ["chat/message@1.0.0"]
    assert schema.references[0].name == "chat.Message"
    assert schema.references[0].pointer == "/fields/0/type"
    assert '"symbols":["user","tool"]' in schema.parsing_form
    assert b"symbols" not in schema.canonical()
    assert [symbol.name for symbol in schema.outline()] == ["Log", "m", "r"]


def test_two_ways_to_one_version_are_one_type() -> None:
    references = {"chat.Message": "chat/message@1.0.0", "chat.Role": "chat/role@1.0.0"}
    schema = SHELF.parse(record("Log", m="chat.Message", r="chat.Role"), references)
    assert len(schema.references) == 2


@pytest.mark.parametrize(
    ("schema", "references", "code"),
    [
        (record("Log", m="string"), {"chat.Role": "chat/role@1.0.0"}, "reference-unused"),
        (record("Log", m="chat.Role"), {"chat.Role": "chat/role@9.0.0"}, "reference-missing"),
        (record("Log", m="chat.Role"), {"chat.Role": "chat/role"}, "reference-form"),
        (record("Log", m="chat.Role"), {"chat.Role": "chat/role@latest"}, "reference-form"),
        (record("Log", m="chat.Role"), {}, "type-unknown"),
        (record("Log", m="chat.Rule"), {"chat.Rule": "chat/role@1.0.0"}, "reference-name"),
        (record("chat.Role", m="chat.Role"), {"chat.Role": "chat/role@1.0.0"}, "name-redefined"),
        (
            record("Log", m="chat.Message", r="chat.Role"),
            {"chat.Message": "chat/message@1.0.0", "chat.Role": "chat/role2@1.0.0"},
            "reference-conflict",
        ),
    ],
)
def test_wrong_references(schema: Any, references: dict[str, str], code: str) -> None:
    with pytest.raises(SchemaError) as caught:
        SHELF.parse(schema, references)
    assert code in {problem.code for problem in caught.value.problems}


def test_without_a_registry_a_reference_is_refused() -> None:
    source = Source(json.dumps(record("Log", m="chat.Role")).encode(), references={"chat.Role": "chat/role@1.0.0"})
    with pytest.raises(SchemaError, match="no registry"):
        FORMAT.parse(source)


def test_a_finding_behind_a_reference_points_at_its_use_and_shows_the_path() -> None:
    old = SHELF.parse(record("Log", n="int", r="chat.Role"), {"chat.Role": "chat/role@1.0.0"})
    new = SHELF.parse(record("Log", n="int", r="chat.Role"), {"chat.Role": "chat/role2@1.0.0"})
    assert old.data == new.data
    (finding,) = FORMAT.compare(old, new, OPTIONS).findings
    assert finding.rule == "enum_symbol_removed"
    assert finding.writer is not None
    assert finding.writer.pointer == "/fields/1/type"
    assert finding.message.startswith("`r`:")
    assert finding.witness is not None
    assert finding.witness.document == {"n": 0, "r": "tool"}
    assert any(engine.startswith("fastavro") for engine in finding.witness.confirmed_by)
    assert old.digests()["prompt"] != new.digests()["prompt"]
    assert not FORMAT.equivalent(old, new, OPTIONS)


def test_nesting_through_references_is_limited() -> None:
    deep: Any = "string"
    for _ in range(60):
        deep = {"type": "array", "items": deep}
    shelf = Shelf(a=(record("A", x=deep), {}))
    for name, below in zip("bcdef", "abcde", strict=True):
        inner: Any = below.upper()
        for _ in range(60):
            inner = {"type": "array", "items": inner}
        shelf.schemas[name] = (record(name.upper(), x=inner), {below.upper(): f"{below}@1.0.0"})
    with pytest.raises(LimitError):
        shelf.resolve("f", "1.0.0")


def test_a_registry_that_parses_anew_each_time_brings_no_conflict() -> None:
    def resolve(subject: str, version: str) -> AvroSchema:
        return SHELF.parse(*SHELF.schemas[subject])

    references = {"chat.Message": "chat/message@1.0.0", "chat.Role": "chat/role@1.0.0"}
    text = json.dumps(record("Log", m="chat.Message", r="chat.Role")).encode()
    schema = FORMAT.parse(Source(text, resolve=resolve, references=references))
    assert schema.parsing_form.count('"symbols"') == 1


def test_a_stored_version_may_keep_a_reference_that_it_does_not_use() -> None:
    references = {"chat.Role": "chat/role@1.0.0"}
    source = Source(b'"int"', resolve=SHELF.resolve, references=references, strict=False)
    assert [problem.code for problem in FORMAT.parse(source).warnings] == ["reference-unused"]
