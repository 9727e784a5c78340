"""What the room gives to the rest: detection, digests, outline, skeleton, stored bytes, budget, light imports."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from llmreg.formats.avro import FORMAT
from llmreg.formats.interface import CompareOptions, Source
from llmreg.model.finding import Severity
from llmreg.model.report import Verdict

OPTIONS = CompareOptions()


def parse(schema: Any) -> Any:
    return FORMAT.parse(Source(json.dumps(schema).encode()))


def record(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": "A", "fields": list(fields), **more}


X = {"name": "x", "type": "int"}


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ('{"type": "record", "name": "A", "fields": []}', True),
        ('{"type": "enum", "name": "A", "symbols": ["a"]}', True),
        ('{"type": "fixed", "name": "A", "size": 1}', True),
        ('{"$schema": "x", "type": "record"}', False),
        ('{"type": "object"}', False),
        ('{"type": "array", "items": {}}', False),
        ('["null", "record"]', False),
        ('"record"', False),
        ('{"type": "record"', False),
        ('{"type": "string", "enum": ["record"]}', False),
    ],
)
def test_sniff(text: str, sure: bool) -> None:
    assert (FORMAT.sniff(text.encode()) > 0) is sure


def test_sniff_survives_a_bomb() -> None:
    assert FORMAT.sniff(b'"record"' + b"[" * 500_000) == 0


@pytest.mark.parametrize("name", ["chat-reply", "2nd.run_log", "---"])
def test_skeleton_is_a_valid_schema(name: str) -> None:
    data = FORMAT.skeleton(name, "data")
    assert FORMAT.parse(Source(data)).warnings == ()
    assert FORMAT.render_stored(data) == data


def test_stored_bytes_change_line_ends_only() -> None:
    assert FORMAT.render_stored(b'{ "a":\r\n 1}\n\n') == b'{ "a":\n 1}\n'


def test_outline_in_document_order() -> None:
    reason = {"type": "enum", "name": "Reason", "doc": "why", "symbols": ["stop", "tool"]}
    fields = [{"name": "a", "type": reason, "doc": "first"}, {"name": "b", "type": ["null", "A"]}]
    found = [(each.kind, each.name, each.pointer, each.text) for each in parse(record(*fields)).outline()]
    assert found == [
        ("type", "A", "", ""),
        ("field", "a", "/fields/0", "first"),
        ("type", "Reason", "/fields/0/type", "why"),
        ("symbol", "stop", "/fields/0/type/symbols/0", ""),
        ("symbol", "tool", "/fields/0/type/symbols/1", ""),
        ("field", "b", "/fields/1", ""),
    ]


@pytest.mark.parametrize(
    ("new", "same"),
    [
        (record(X), {"prompt", "meaning", "pcf", "rabin"}),
        ({"name": "A", "type": "record", "fields": [X]}, {"meaning", "pcf", "rabin"}),
        (record(X, doc="text"), {"meaning", "pcf", "rabin"}),
        (record(X, unknown=1), {"meaning", "pcf", "rabin"}),
        (record(X, aliases=["B"]), {"pcf", "rabin"}),
        (record({**X, "default": 1}), {"pcf", "rabin"}),
        (record({"name": "x", "type": {"type": "int", "logicalType": "date"}}), {"pcf", "rabin"}),
        (record({"name": "x", "type": "long"}), set()),
        (record(X, namespace="n"), set()),
    ],
)
def test_digests_tell_what_changed(new: Any, same: set[str]) -> None:
    old, digests = parse(record(X)).digests(), parse(new).digests()
    assert {name for name in old if old[name] == digests[name]} == same


@pytest.mark.parametrize(
    ("new", "equivalent"),
    [
        (record(X, doc="text"), True),
        (record(X, aliases=["B"]), True),
        (record({**X, "default": 1}), False),
        (record({"name": "x", "type": {"type": "int", "logicalType": "date"}}), False),
        (record({"name": "x", "type": "long"}), False),
    ],
)
def test_equivalent(new: Any, equivalent: bool) -> None:
    assert FORMAT.equivalent(parse(record(X)), parse(new), OPTIONS) is equivalent


def test_canonical_keeps_order_and_numbers() -> None:
    text = b'{ "type": "record", "fields": [ {"type":"double","name":"x","default":1.50} ], "name":"A" }'
    assert FORMAT.parse(Source(text)).canonical() == (
        b'{"type":"record","fields":[{"type":"double","name":"x","default":1.50}],"name":"A"}'
    )


def test_the_budget_ends_in_undecided() -> None:
    comparison = FORMAT.compare(parse(record(X)), parse(record()), CompareOptions(deadline=0))
    assert comparison.verdict is Verdict.UNDECIDED
    assert comparison.undecided[0].reason == "budget"


def test_a_dropped_field_fails_where_it_must_not_be_lost() -> None:
    pair = parse(record(X)), parse(record())
    (warned,) = FORMAT.compare(*pair, OPTIONS).findings
    (failed,) = FORMAT.compare(*pair, CompareOptions(ignored_fails=True)).findings
    assert (warned.severity, failed.severity) == (Severity.WARN, Severity.ERROR)


def test_lines_of_places() -> None:
    old = FORMAT.parse(Source(b'{"type": "record", "name": "A", "fields": [\n  {"name": "x",\n   "type": "int"}]}'))
    (finding,) = FORMAT.compare(old, parse(record({"name": "x", "type": "string"})), OPTIONS).findings
    assert finding.writer is not None
    assert finding.writer.line == 3


def test_doubling_records_have_no_witness_of_a_size_worth_showing() -> None:
    types: list[Any] = [{"type": "record", "name": "T0", "fields": [{"name": "x", "type": "int"}]}]
    for index in range(1, 200):
        both = [{"name": name, "type": f"T{index - 1}"} for name in "ab"]
        types.append({"type": "record", "name": f"T{index}", "fields": both})
    old = parse(record(*({"name": f"f{at}", "type": type_} for at, type_ in enumerate(types))))
    types[0]["fields"][0]["type"] = "string"
    new = parse(record(*({"name": f"f{at}", "type": type_} for at, type_ in enumerate(types))))
    comparison = FORMAT.compare(old, new, OPTIONS)
    assert comparison.verdict is Verdict.INCOMPATIBLE
    assert all(finding.claim for finding in comparison.findings)


def test_a_long_chain_of_types_is_claimed_not_crashed() -> None:
    types: list[Any] = [{"type": "record", "name": "T0", "fields": [X]}]
    types += [
        {"type": "record", "name": f"T{at}", "fields": [{"name": "t", "type": f"T{at - 1}"}]} for at in range(1, 3000)
    ]
    old = parse(
        {"type": "record", "name": "A", "fields": [{"name": "u", "type": types}, {"name": "v", "type": "T2999"}]}
    )
    types[0]["fields"] = [{"name": "x", "type": "string"}]
    new = parse(
        {"type": "record", "name": "A", "fields": [{"name": "u", "type": "null"}, {"name": "v", "type": types}]}
    )
    assert FORMAT.compare(old, new, OPTIONS).verdict is Verdict.INCOMPATIBLE


def test_a_silent_comparison_loads_no_library() -> None:
    program = """
import sys
from llmreg.formats.avro import FORMAT
from llmreg.formats.interface import CompareOptions, Source
old, new = (FORMAT.parse(Source(text)) for text in (b'"int"', b'"long"'))
assert not FORMAT.compare(old, new, CompareOptions()).findings
heavy = {"fastavro", "jsonschema", "google.protobuf", "rich", "git", "yaml"} & set(sys.modules)
sys.exit(", ".join(heavy) or 0)
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_time_read_as_a_float_is_confirmed_without_its_logical_type() -> None:
    old = parse({"type": "long", "logicalType": "timestamp-millis"})
    (finding,) = FORMAT.compare(old, parse("float"), OPTIONS).findings
    assert finding.rule == "promotion_lossy"
    assert finding.witness is not None
    assert any(engine.endswith("at the leaf") for engine in finding.witness.confirmed_by)


def test_an_old_version_with_a_default_of_another_type_is_compared() -> None:
    text = json.dumps(record(X, {"name": "y", "type": "int", "default": "none"}))
    new = FORMAT.parse(Source(text.encode(), strict=False))
    assert FORMAT.compare(parse(record(X)), new, OPTIONS).verdict is Verdict.COMPATIBLE
    assert FORMAT.compare(parse(record({"name": "x", "type": "string"})), new, OPTIONS).findings[0].witness
