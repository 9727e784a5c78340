"""Proto files as Schema Registry clients are given them: text, descriptors, and what they post back."""

from __future__ import annotations

import base64

import pytest

from llmreg.errors import LlmregError
from llmreg.formats import catalogue
from llmreg.formats.interface import Schema, Source

PROTOBUF = catalogue.get("protobuf")
TURN = b'syntax = "proto3"; package a; message Turn { string user_text = 1; }'
TALK = b"""syntax = "proto3";
package a;  // comment
import "turn/1.0.0.proto";
import "google/protobuf/timestamp.proto";
message Talk { repeated Turn turns = 1; google.protobuf.Timestamp at = 2; }
"""


def _turn(subject: str, version: str) -> Schema:
    return PROTOBUF.parse(Source(TURN))


def _posted(data: bytes, **names: str) -> Schema:
    return PROTOBUF.posted(Source(data, resolve=_turn, references=names))


@pytest.fixture(scope="module")
def talk() -> Schema:
    return PROTOBUF.parse(Source(TALK, resolve=_turn))


def test_the_text_is_served_as_it_is_registered() -> None:
    assert PROTOBUF.served(TALK) == TALK


def test_a_descriptor_goes_there_and_back(talk: Schema) -> None:
    serialized = PROTOBUF.served_as(talk, "serialized")
    assert serialized is not None
    posted = _posted(serialized)
    assert PROTOBUF.same(posted, talk, normalize=False)
    assert posted.references == talk.references
    assert PROTOBUF.served_as(posted, "serialized") == serialized
    assert PROTOBUF.posted_form(serialized) == "serialized"
    assert PROTOBUF.posted_form(TALK) == ""


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda proto: proto.ClearField("name"), True),
        (lambda proto: proto.message_type[0].field[0].ClearField("json_name"), True),
        (lambda proto: setattr(proto.message_type[0].field[0], "json_name", "other"), False),
        (lambda proto: setattr(proto.message_type[0].field[0], "number", 9), False),
    ],
)
def test_what_counts_in_a_descriptor(talk: Schema, change: object, same: bool) -> None:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    proto = FileDescriptorProto.FromString(base64.b64decode(PROTOBUF.served_as(talk, "serialized") or b""))
    change(proto)  # type: ignore[operator]
    assert PROTOBUF.same(_posted(base64.b64encode(proto.SerializeToString())), talk, normalize=False) is same


def test_imports_may_have_other_names(talk: Schema) -> None:
    other = TALK.replace(b"turn/1.0.0.proto", b"my/turn.proto")
    assert PROTOBUF.same(_posted(other, **{"my/turn.proto": "turn@1.0.0"}), talk, normalize=False)


@pytest.mark.parametrize(
    "data",
    [
        b"AAAA",
        b"A",
        b"!",
        b'syntax = "proto3"; import "nowhere.proto";',
        base64.b64encode(b"\n\x01a\x1a\x0dnowhere.proto"),
        base64.b64encode(b'\n\x01a\x1a\x03";x'),
    ],
)
def test_what_is_no_schema_is_refused(data: bytes) -> None:
    with pytest.raises(LlmregError):
        _posted(data)


OPTIONS = """syntax = "proto3";
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions { string x = 50000; }
extend google.protobuf.FileOptions { string y = 50001; }
%s
message M { string a = 1%s; string b = 2%s; string c = 3%s; reserved 7, 8; }
"""


def test_a_large_text_is_told_apart_at_once() -> None:
    assert PROTOBUF.posted_form(b"a" + b" " * 900_000 + b"!") == ""
    assert PROTOBUF.posted_form(b"AAAA\n" * 100) == "serialized"


def test_custom_options_can_be_left_out() -> None:
    own = 'option (y) = "a;b";', ' [(x) = "]", deprecated = true]', ' [(x) = "q"]', ' [deprecated = true, (x) = "1"]'
    schema = PROTOBUF.parse(Source((OPTIONS % own).encode()))
    left = PROTOBUF.served_as(schema, "ignore_extensions")
    assert left == (OPTIONS % ("", " [deprecated = true]", " ", " [deprecated = true]")).encode()
    PROTOBUF.parse(Source(left))
    assert PROTOBUF.served_as(schema, "no-such-form") is None
