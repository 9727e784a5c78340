"""Documents: ProtoJSON values and binary messages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from llmreg.errors import UsageError
from llmreg.formats.interface import Source, Validator
from llmreg.formats.protobuf import FORMAT

TEXT = b"""syntax = "proto2";
package t;
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";

message M {
  optional int32 a = 1;
  repeated int32 list = 2;
  map<string, int32> counts = 3;
  optional S sub = 4;
  repeated S subs = 5;
  map<string, S> by_name = 6;
  optional E e = 7;
  oneof o {
    string x = 8;
    string y = 9;
  }
  optional google.protobuf.Timestamp at = 10;
  optional google.protobuf.Int32Value wrapped = 11;
  optional google.protobuf.Struct free = 12;
}

message S {
  required string name = 1;
  optional bytes raw = 2;
}

enum E {
  ZERO = 0;
  ONE = 1;
}
"""


def validator(*, strict: bool = False) -> Validator:
    return FORMAT.validator(FORMAT.parse(Source(TEXT)), strict=strict)


GOOD: list[Any] = [
    {},
    {"a": 1, "list": [1, 2], "counts": {"k": 1}},
    {"a": Decimal("1.0"), "sub": {"name": "n"}},
    {"subs": [{"name": "n"}], "byName": {"k": {"name": "n"}}, "by_name": None},
    {"e": "ONE", "x": "a", "at": "2024-01-01T00:00:00Z", "wrapped": 3, "free": {"any": [1, None]}},
    {"e": 1, "unknown": 1, "sub": {"name": "n", "more": {"deep": []}}},
]
BAD: list[tuple[Any, list[str]]] = [
    (3, [""]),
    ([], [""]),
    (None, [""]),
    ({"a": "x", "list": [1, "y", "z"]}, ["/a", "/list/1", "/list/2"]),
    ({"counts": {"k": "no", "l": 1}}, ["/counts/k"]),
    ({"sub": {}}, ["/sub"]),
    ({"sub": 3}, ["/sub"]),
    ({"subs": [{"name": "n"}, {"name": 1}, {}]}, ["/subs/1/name", "/subs/2"]),
    ({"byName": {"k~/": {}}}, ["/byName/k~0~1"]),
    ({"e": "TWO"}, ["/e"]),
    ({"x": "a", "y": "b"}, [""]),
    ({"at": "yesterday", "wrapped": "many"}, ["/at", "/wrapped"]),
    ({"list": 3}, ["/list"]),
    ({"counts": []}, ["/counts"]),
]


@pytest.mark.parametrize("document", GOOD)
def test_good_documents(document: Any) -> None:
    assert validator().problems(document) == []
    assert validator().is_valid(document)


@pytest.mark.parametrize(("document", "pointers"), BAD)
def test_every_error_has_its_place(document: Any, pointers: list[str]) -> None:
    problems = validator().problems(document)
    assert [problem.pointer for problem in problems] == pointers, problems
    assert not validator().is_valid(document)
    assert all(problem.message for problem in problems)


def test_strict_refuses_unknown_keys_everywhere() -> None:
    document = {"zz": 1, "sub": {"name": "n", "more": 1}, "free": {"any": 1}}
    problems = validator(strict=True).problems(document)
    assert [(problem.code, problem.pointer) for problem in problems] == [
        ("unknown-field", "/sub/more"),
        ("unknown-field", "/zz"),
    ]


def test_binary() -> None:
    assert validator().problems_binary(bytes.fromhex("0801")) == []
    assert [problem.code for problem in validator().problems_binary(b"\x0a\xff")] == ["protobuf-decode"]
    missing = validator().problems_binary(bytes.fromhex("2200"))
    assert [(problem.code, problem.pointer) for problem in missing] == [("required", "/sub/name")]


def test_binary_unknown_fields() -> None:
    data = bytes.fromhex("a0060122060a016ea00601")
    assert validator().problems_binary(data) == []
    problems = validator(strict=True).problems_binary(data)
    assert [(problem.code, problem.pointer) for problem in problems] == [
        ("unknown-field", ""),
        ("unknown-field", "/sub"),
    ]


def test_a_deep_document_is_refused() -> None:
    schema = FORMAT.parse(Source(b'syntax = "proto3"; message M { M m = 1; }'))
    document: dict[str, Any] = {}
    for _ in range(300):
        document = {"m": document}
    assert not FORMAT.validator(schema).is_valid(document)


def test_a_file_without_messages_has_no_validator() -> None:
    with pytest.raises(UsageError, match="no message"):
        FORMAT.validator(FORMAT.parse(Source(b'syntax = "proto3"; enum E { X = 0; }')))
