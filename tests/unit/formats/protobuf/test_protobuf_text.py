"""Canonical text, digests, outline and places."""

from __future__ import annotations

import pytest

from llmreg.formats.interface import CompareOptions, Schema, Source
from llmreg.formats.protobuf import FORMAT

BASE = """syntax = "proto3";
package t;

// A message.
message M {
  // First.
  int32 a = 1;
  string b = 2;  // Second.
  enum E {
    X = 0;
  }
  E e = 3;
}

service V {
  rpc Get(M) returns (M);
}
"""


def parse(text: str) -> Schema:
    return FORMAT.parse(Source(text.encode()))


WHITE_SPACE = {
    "indentation": BASE.replace("  ", "\t"),
    "blank lines": BASE.replace("\n", "\n\n"),
    "comment indentation": BASE.replace("// A message.", "//   A   message."),
}
SEEN = {
    "comment words": BASE.replace("First", "Last"),
    "comment gone": BASE.replace("  // First.\n", ""),
    "name": BASE.replace("int32 a", "int32 z"),
    "order": BASE.replace("  int32 a = 1;\n  string b = 2;", "  string b = 2;\n  int32 a = 1;"),
    "string": BASE.replace("string b = 2;", 'string b = 2 [json_name = "b"];'),
    "block comment": BASE.replace("// A message.", "/* A message. */"),
    "option": BASE.replace("int32 a = 1;", "int32 a = 1 [deprecated = true];"),
}
SAME_MEANING = {
    **WHITE_SPACE,
    **{name: SEEN[name] for name in ("comment words", "comment gone", "order", "string", "block comment", "option")},
}
OTHER_MEANING = {
    "field name": SEEN["name"],
    "number": BASE.replace("b = 2", "b = 5"),
    "type": BASE.replace("int32 a", "int64 a"),
    "presence": BASE.replace("int32 a", "optional int32 a"),
    "enum value": BASE.replace("X = 0;", "X = 0; Y = 1;"),
    "package": BASE.replace("package t", "package u"),
    "method": BASE.replace("returns (M)", "returns (stream M)"),
}


@pytest.mark.parametrize("name", WHITE_SPACE)
def test_white_space_is_not_seen(name: str) -> None:
    assert parse(WHITE_SPACE[name]).canonical() == parse(BASE).canonical()
    assert parse(WHITE_SPACE[name]).digests() == parse(BASE).digests()


@pytest.mark.parametrize("name", SEEN)
def test_whatever_a_reader_sees_is_in_the_canonical_text(name: str) -> None:
    assert parse(SEEN[name]).canonical() != parse(BASE).canonical()
    assert parse(SEEN[name]).digests()["prompt"] != parse(BASE).digests()["prompt"]


@pytest.mark.parametrize("name", SAME_MEANING)
def test_the_meaning_has_no_order_and_no_comments(name: str) -> None:
    assert parse(SAME_MEANING[name]).digests()["meaning"] == parse(BASE).digests()["meaning"]
    assert FORMAT.equivalent(parse(BASE), parse(SAME_MEANING[name]), CompareOptions()) is True


@pytest.mark.parametrize("name", OTHER_MEANING)
def test_the_meaning_holds_what_payloads_and_code_depend_on(name: str) -> None:
    assert parse(OTHER_MEANING[name]).digests()["meaning"] != parse(BASE).digests()["meaning"]


def test_the_meaning_ignores_the_version_of_an_unchanged_import() -> None:
    def resolve(subject: str, version: str) -> Schema:
        return parse(f'syntax = "proto3"; package d; // {version}\nmessage D {{ int32 a = 1; }}')

    texts = [f'syntax = "proto3"; import "dep/d/1.0.{n}.proto"; message M {{ d.D d = 1; }}'.encode() for n in (0, 1)]
    one, two = (FORMAT.parse(Source(text, resolve=resolve)) for text in texts)
    assert one.digests()["meaning"] == two.digests()["meaning"]
    assert one.digests()["prompt"] != two.digests()["prompt"]
    assert FORMAT.equivalent(one, two, CompareOptions()) is True


def test_adding_a_field_is_not_equivalent() -> None:
    more = parse(BASE.replace("  enum E", "  bool c = 4;\n  enum E"))
    assert FORMAT.equivalent(parse(BASE), more, CompareOptions()) is False
    assert FORMAT.equivalent(parse(BASE), parse(OTHER_MEANING["presence"]), CompareOptions()) is None


def test_the_outline_is_in_document_order() -> None:
    listed = [(item.kind, item.name, item.pointer, item.text) for item in parse(BASE).outline()]
    assert listed == [
        ("type", "M", "/M", "A message."),
        ("field", "a", "/M/a", "First."),
        ("field", "b", "/M/b", "Second."),
        ("type", "E", "/M/E", ""),
        ("symbol", "X", "/M/E/X", ""),
        ("field", "e", "/M/e", ""),
        ("service", "V", "/V", ""),
        ("service", "Get", "/V/Get", ""),
    ]


def test_places_have_lines() -> None:
    answer = FORMAT.compare(parse(BASE), parse(BASE.replace("int32 a", "string a")), CompareOptions())
    assert {(finding.writer.pointer, finding.writer.line) for finding in answer.findings if finding.writer} == {
        ("/M/a", 7)
    }
