"""Comparing: settings, budgets, ways through nested messages, and witnesses checked from scratch."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.message import DecodeError

from llmreg.errors import UsageError
from llmreg.formats.interface import CompareOptions, Comparison, Source
from llmreg.formats.protobuf import FORMAT, cause
from llmreg.formats.rule import rulebook
from llmreg.model.finding import ChangeClass, Severity


def parse(text: str) -> Any:
    head = "" if text.startswith(("syntax", "edition")) else 'syntax = "proto3"; '
    return FORMAT.parse(Source((head + text).encode()))


def compare(writer: str, reader: str, **options: Any) -> Comparison:
    return FORMAT.compare(parse(writer), parse(reader), CompareOptions(**options))


def rules(answer: Comparison) -> list[tuple[str, str | None, str]]:
    return [(item.rule, item.surface, item.writer.pointer if item.writer else "") for item in answer.findings]


def test_every_aspect_has_exactly_one_rule() -> None:
    aspects = {value for name, value in vars(cause).items() if name.isupper() and isinstance(value, str)}
    aspects -= {"json", "wire", "DEFAULT", "PRESENCE", "ONEOF_CASE"}
    read = [aspect for rule in rulebook("llmreg.formats.protobuf.rules").values() for aspect in rule.reads]
    assert sorted(aspect for aspect in read if aspect not in ("source", "root", "earlier")) == sorted(aspects)


@pytest.mark.parametrize(
    "options",
    [
        {"surfaces": ("avro",)},
        {"settings": {"surfaces": ["binary"]}},
        {"settings": {"unknown_keys": "maybe"}},
        {"settings": {"on_lossy": "off"}},
        {"settings": {"messages": ["Nowhere"]}},
        {"settings": {"messages": "M"}},
    ],
)
def test_settings_that_do_not_exist_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        compare("message M { int32 a = 1; }", "message M { string a = 1; }", **options)


def test_both_data_surfaces_are_the_default() -> None:
    answer = compare("message M { int32 a = 1; }", "message M { string a = 1; }")
    assert [finding.surface for finding in answer.findings] == ["wire", "json"]


def test_without_time_nothing_is_decided() -> None:
    answer = compare("message M { int32 a = 1; }", "message M { string a = 1; }", deadline=0.0)
    assert answer.verdict.value == "undecided"
    assert {item.reason for item in answer.undecided} == {"budget"}


def test_without_time_the_same_schema_is_still_compatible() -> None:
    assert (
        compare("message M { int32 a = 1; }", "message M { int32 a = 1; }  // why", deadline=0.0).verdict
        == "compatible"
    )


def test_lossy_may_warn() -> None:
    pair = ("message M { int64 a = 1; }", "message M { int32 a = 1; }")
    (finding,) = compare(*pair, surfaces=("wire",), settings={"on_lossy": "warn"}).findings
    assert (finding.level, finding.severity, finding.cls) == ("lossy", Severity.WARN, ChangeClass.BREAKING)
    (finding,) = compare(*pair, surfaces=("wire",)).findings
    assert finding.severity is Severity.ERROR


def test_listed_roots_may_be_nested_and_hide_the_others() -> None:
    old = "message M { message N { int32 a = 1; } } message Other { int32 a = 1; }"
    new = "message M { message N { int32 a = 1; } } message Other { string a = 1; }"
    assert compare(old, new, settings={"messages": ["M.N"]}).verdict == "compatible"
    assert compare(old, new, settings={"messages": ["Other"]}).verdict == "incompatible"


NESTED = {
    "list": ("repeated S s = 1;", {"s": [{"x": 1}]}),
    "map": ("map<int32, S> s = 1;", {"s": {"1": {"x": 1}}}),
    "oneof": ("oneof o { S s = 1; int32 other = 2; }", {"s": {"x": 1}}),
    "recursion": ("M again = 2; S s = 1;", {"s": {"x": 1}}),
    "two steps": ("T t = 1; message T { repeated S s = 1; }", {"t": {"s": [{"x": 1}]}}),
}


@pytest.mark.parametrize("name", NESTED)
def test_a_nested_break_is_shown_in_the_root(name: str) -> None:
    body, document = NESTED[name]
    old, new = (f"message M {{ {body} }} message S {{ {kind} x = 1; }}" for kind in ("int32", "bool"))
    answer = compare(old, new, surfaces=("json",), settings={"messages": ["M"]})
    assert rules(answer) == [("field_type_changed", "json", "/S/x")]
    assert answer.findings[0].witness is not None
    assert answer.findings[0].witness.document == document


def test_a_long_way_down() -> None:
    chain = "".join(f"message M{number} {{ M{number + 1} n = 1; }} " for number in range(60))
    old, new = (f"{chain} message M60 {{ {kind} x = 1; }}" for kind in ("int32", "sint32"))
    answer = compare(old, new, settings={"messages": ["M0"]})
    assert rules(answer) == [("field_type_changed", "wire", "/M60/x")]


def test_a_break_behind_a_break_is_told_once() -> None:
    old = "message M { S s = 1; } message S { int32 x = 1; }"
    new = "message M { S s = 2; } message S { string x = 1; }"
    answer = compare(old, new, surfaces=("wire",), settings={"messages": ["M"]})
    assert rules(answer) == [("field_renumbered", "wire", "/M/s")]


def test_a_message_that_requires_itself_has_no_payload() -> None:
    head = 'syntax = "proto2"; '
    old = head + "message M { optional R r = 1; } message R { required R r = 1; optional int32 a = 2; }"
    new = head + "message M { optional R r = 1; } message R { required R r = 1; optional string a = 2; }"
    assert compare(old, new).verdict.value in ("undecided", "compatible")


def test_required_fields_on_the_way_are_filled_in() -> None:
    head = 'syntax = "proto2"; '
    old = (
        head + "message M { required E e = 1; required S s = 2; } message S { optional int32 x = 1; } enum E { A = 3; }"
    )
    new = old.replace("optional int32 x", "optional sint32 x")
    answer = compare(old, new, settings={"messages": ["M"]})
    assert answer.findings[0].witness is not None
    assert answer.findings[0].witness.document == {"e": "A", "s": {"x": 1}}


def test_an_imported_type_is_named_with_its_package() -> None:
    def schema(kind: str) -> Any:
        dep = f'syntax = "proto3"; package d; message D {{ {kind} a = 1; }}'.encode()
        text = b'syntax = "proto3"; package t; import "dep/d/1.0.0.proto"; message M { d.D d = 1; }'
        return FORMAT.parse(Source(text, resolve=lambda *_: FORMAT.parse(Source(dep))))

    answer = FORMAT.compare(schema("int32"), schema("bool"), CompareOptions(surfaces=("json",)))
    assert rules(answer) == [("field_type_changed", "json", "/d.D/a")]


def test_what_is_neither_proved_nor_shown_is_undecided() -> None:
    # the runtime takes `true` for a number, the specification does not: no witness, and no proof either
    answer = compare("message M { bool a = 1; }", "message M { double a = 1; }", surfaces=("json",))
    assert answer.verdict.value == "undecided"
    assert [(item.reason, item.pointer) for item in answer.undecided] == [("no-witness", "/M/a")]


def loaded(schema: Any) -> Any:
    """The class of `M`, from the descriptors alone."""
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(schema.descriptors).file:
        pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("M"))


WITNESSED = [
    ("int64 a = 1;", "int32 a = 1;"),
    ("int32 a = 1;", "sint32 a = 1;"),
    ("string a = 1;", "bytes a = 1;"),
    ("bytes a = 1;", "string a = 1;"),
    ("repeated string a = 1;", "string a = 1;"),
    ("map<string, int32> a = 1;", "map<string, string> a = 1;"),
    ("string a = 1; int32 b = 2;", "string b = 1; int32 a = 2;"),
]


@pytest.mark.parametrize(("old", "new"), WITNESSED)
def test_witnesses_hold_from_scratch(old: str, new: str) -> None:
    writer, reader = (parse(f"message M {{ {body} }}") for body in (old, new))
    answer = FORMAT.compare(writer, reader, CompareOptions())
    assert answer.findings
    for finding in answer.findings:
        assert finding.witness is not None
        source, target = loaded(writer)(), loaded(reader)()
        if finding.surface == "wire":
            content = bytes.fromhex(finding.witness.bytes or "")
            source.ParseFromString(content)
            outcome = attempt(target.ParseFromString, content)
        else:
            text = json.dumps(finding.witness.document)
            json_format.Parse(text, source)
            outcome = attempt(json_format.Parse, text, target, True)
        assert outcome == "refused" or shown(source) != shown(target)


def attempt(action: Any, *arguments: Any) -> str:
    try:
        action(*arguments)
    except (DecodeError, json_format.ParseError):
        return "refused"
    return "parsed"


def shown(message: Any) -> list[tuple[str, str]]:
    return [(field.name, repr(value)) for field, value in message.ListFields()]
