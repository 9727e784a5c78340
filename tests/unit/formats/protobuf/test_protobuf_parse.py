"""Parsing: the compiler in this process, its errors placed, imports between subjects, and hostile files."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from llmreg.errors import LimitError, LlmregError, NotFoundError, SchemaError
from llmreg.formats.interface import Schema, Source
from llmreg.formats.protobuf import FORMAT, diagnostics, protoc

GOOD = b'syntax = "proto3";\npackage t;\n\nmessage M {\n  int32 a = 1;\n}\n'


def parse(text: str | bytes, **fields: object) -> Schema:
    data = text.encode() if isinstance(text, str) else text
    return FORMAT.parse(Source(data, **fields))  # type: ignore[arg-type]


def library(files: dict[str, str]) -> Callable[[str, str], Schema]:
    """Resolve `subject@version` from a mapping; what is missing is not found."""

    def resolve(subject: str, version: str) -> Schema:
        try:
            text = files[f"{subject}@{version}"]
        except KeyError:
            raise NotFoundError(f"{subject} has no version {version}") from None
        return parse(text, path=f"{subject}/{version}.proto", resolve=resolve)

    return resolve


def test_importing_the_format_loads_no_library() -> None:
    code = (
        "import sys, llmreg.formats.protobuf\n"
        "print([name for name in sys.modules if name.startswith(('google', 'grpc'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_errors_carry_line_and_column() -> None:
    with pytest.raises(SchemaError) as caught:
        parse('syntax = "proto3";\nmessage M {\n  foo a = 1;\n  int32 b = 1;\n}\n', name="m.proto")
    first = caught.value.problems[0]
    assert (first.line, first.column, first.message) == (3, 3, '"foo" is not defined.')
    assert "m.proto: line 3" in str(caught.value)
    assert "/proc/" not in str(caught.value)


def test_nothing_reaches_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SchemaError):
        parse("message {")
    assert capfd.readouterr().err == ""


def test_a_file_without_syntax_warns() -> None:
    assert [problem.code for problem in parse("message M {}").warnings] == ["no-syntax"]


def test_an_unused_import_warns() -> None:
    warnings = parse('syntax = "proto3";\nimport "google/protobuf/any.proto";\nmessage M {}').warnings
    assert [(problem.code, problem.line) for problem in warnings] == [("protoc-warning", 2)]


@pytest.mark.parametrize("room", ["memory", "directory"])
def test_both_ways_to_hand_files_over(room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if room == "directory":
        monkeypatch.delattr(os, "memfd_create", raising=False)
    elif not hasattr(os, "memfd_create"):
        pytest.skip("no memory files on this system")
    text = GOOD + f"// only for {room}\n".encode()
    assert parse(text).data == text
    with pytest.raises(SchemaError, match=r"line 1: Expected"):
        parse(f"nonsense {room}")


def test_the_public_entry_serves_when_the_private_one_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRPC_PYTHON_DISABLE_DYNAMIC_STUBS", "1")
    monkeypatch.setattr(sys, "path", list(sys.path))
    entry, include = protoc._public_entry(), protoc._protoc()[1]
    monkeypatch.setattr(protoc, "_protoc", lambda: (entry, include))
    text = GOOD + b"// through the public entry\n"
    assert parse(text).data == text
    with pytest.raises(SchemaError, match="line 1: Expected"):
        parse("nonsense through the public entry")


def test_a_closed_standard_error_does_not_matter() -> None:
    code = (
        "import os; os.close(2)\n"
        "from llmreg.formats.protobuf import FORMAT\n"
        "from llmreg.formats.interface import Source\n"
        "print(FORMAT.parse(Source(b'syntax = \"proto3\"; message M {}')).format)"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.strip() == "protobuf"


def test_many_threads_compile_at_once() -> None:
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                parse(f'syntax = "proto3"; message M{number} {{ int32 a{turn} = 1; }}')
        except (LlmregError, OSError, AssertionError) as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_compiling_leaks_no_descriptors() -> None:
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        pytest.skip("no /proc on this system")
    before = len(list(folder.iterdir()))
    for number in range(20):
        parse(f'syntax = "proto3"; message L{number} {{}}')
    assert len(list(folder.iterdir())) == before


HOSTILE = {
    "nul byte": b'syntax = "proto3"; message M { int32 a\x00 = 1; }',
    "invalid utf-8": b'syntax = "proto3"; // \xff\xfe\nmessage M {}',
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "utf-16": GOOD.decode().encode("utf-16"),
    "too large": b"//" + b"x" * (1 << 20),
    "deep messages": b'syntax = "proto3";' + b"message M {" * 20_000 + b"}" * 20_000,
    "deep option": b'syntax = "proto2"; import "google/protobuf/descriptor.proto"; message R { optional R m = 1; } '
    b"extend google.protobuf.FileOptions { optional R x = 50000; } option (x) = "
    + b"{m:" * 20_000
    + b"}" * 20_000
    + b";",
    "deep option in angle brackets": b'syntax = "proto2"; option (x) = {' + b"m <" * 20_000 + b">" * 20_000 + b"};",
    "messages deeper than the compiler allows": b'syntax = "proto3";' + b"message M {" * 40 + b"}" * 40,
    "unclosed comment": b'syntax = "proto3"; /* message M {}',
    "unclosed string": b'syntax = "proto3; message M {}',
    "imports itself": b'syntax = "proto3"; import "schema.proto"; message M {}',
    "imports a path": b'syntax = "proto3"; import "../../etc/passwd"; message M {}',
    "imports an absolute path": b'syntax = "proto3"; import "/etc/passwd"; message M {}',
    "imports through an option": b'syntax = "proto3"; import "a=b:c/1.0.0.proto"; message M {}',
    "imports with an escape": b'syntax = "proto3"; import "google\\057protobuf/any.proto"; message M {}',
    "imports a url": b'syntax = "proto3"; import "http://127.0.0.1:9/a/1.0.0.proto"; message M {}',
    "huge field number": b'syntax = "proto3"; message M { int32 a = 99999999999999999999; }',
    "json": b'{"type": "object"}',
    "edition of the future": b'edition = "2099"; message M {}',
    "two equal json names": b'syntax = "proto2"; message M { optional int32 a = 1 [json_name = "b"]; '
    b"optional int32 b = 2; }",
    "a default that is no utf-8": b'syntax = "proto3"; message M { option (x) = "\\xff"; }',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name: str) -> None:
    with pytest.raises(LlmregError) as caught:
        parse(HOSTILE[name])
    assert isinstance(caught.value, SchemaError | LimitError)
    assert len(str(caught.value)) < 2000


def test_an_empty_file_is_a_schema_without_messages() -> None:
    schema = parse(b"")
    assert list(schema.outline()) == []


def test_strange_virtual_paths_are_replaced() -> None:
    for path in ("a=b.proto", "a:b.proto", "a;b.proto", "google/protobuf/any.proto", "a b\n.proto"):
        assert parse(GOOD, path=path).data == GOOD


def test_imports_of_pinned_subjects() -> None:
    resolve = library(
        {
            "base/id@1.0.0": 'syntax = "proto3"; package base; message Id { string value = 1; }',
            "chat/message@1.2.0": 'syntax = "proto3"; package chat; import "base/id/1.0.0.proto"; '
            "message Message { base.Id id = 1; }",
        }
    )
    text = (
        'syntax = "proto3";\n// import "not/this/1.0.0.proto";\nimport "chat/message/1.2.0.proto";\n'
        "message M { chat.Message m = 1; }\n"
    )
    schema = parse(text, resolve=resolve)
    assert [(str(item), item.name) for item in schema.references] == [
        ("chat/message@1.2.0", "chat/message/1.2.0.proto")
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('import "missing/x.proto";', "missing/x.proto"),
        ('import "chat/gone/1.0.0.proto";', "chat/gone@1.0.0"),
        ('import public "chat/gone/1.0.0.proto";', "chat/gone@1.0.0"),
        ('import "chat/gone" "/1.0.0.proto";', "chat/gone@1.0.0"),
    ],
)
def test_a_missing_import_is_named_with_its_line(line: str, words: str) -> None:
    with pytest.raises(SchemaError, match=words) as caught:
        parse(f'syntax = "proto3";\n{line}\nmessage M {{}}', resolve=library({}))
    (problem,) = caught.value.problems
    assert (problem.code, problem.line) == ("import-missing", 2)


def test_an_import_without_a_registry_is_named() -> None:
    with pytest.raises(SchemaError, match=r"chat/message@1\.0\.0"):
        parse('syntax = "proto3"; import "chat/message/1.0.0.proto"; message M {}')


def test_two_versions_of_one_subject_say_who_brings_which() -> None:
    resolve = library(
        {
            "base/id@1.0.0": 'syntax = "proto3"; package base; message Id { string value = 1; }',
            "base/id@1.1.0": 'syntax = "proto3"; package base; message Id { string value = 1; int32 n = 2; }',
            "chat/message@1.0.0": 'syntax = "proto3"; package chat; import "base/id/1.0.0.proto"; '
            "message Message { base.Id id = 1; }",
        }
    )
    with pytest.raises(SchemaError, match="two versions of base/id") as caught:
        parse(
            'syntax = "proto3"; import "base/id/1.1.0.proto"; import "chat/message/1.0.0.proto"; message M {}',
            resolve=resolve,
            path="top/subject/1.0.0.proto",
        )
    assert "1.0.0 through chat/message/1.0.0.proto" in str(caught.value)
    assert "1.1.0 through top/subject/1.0.0.proto" in str(caught.value)


def test_a_broken_import_is_reported_with_its_path() -> None:
    told = diagnostics.read("dep/d/1.0.0.proto:3:4: bad thing\nmain.proto:1:2: warning: odd thing\n", "main.proto")
    assert [(problem.message, problem.line) for problem in told.errors] == [("dep/d/1.0.0.proto:3: bad thing", None)]
    assert [(problem.message, problem.line) for problem in told.warnings] == [("odd thing", 1)]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        (GOOD.decode(), 0.7, 1),
        ("// a comment\nmessage M {\n}\n", 0.5, 1),
        ('{"type": "record", "name": "message M {"}', 0, 0),
        ("name: message\n", 0, 0),
        ("", 0, 0),
    ],
)
def test_sniff(text: str, low: float, high: float) -> None:
    assert low <= FORMAT.sniff(text.encode()) <= high


@pytest.mark.parametrize(("name", "kind"), [("reply", "data"), ("chat-reply", "tool-input"), ("2fa.code", "data")])
def test_the_skeleton_is_valid(name: str, kind: str) -> None:
    schema = parse(FORMAT.skeleton(name, kind))
    assert schema.warnings == ()
    assert FORMAT.render_stored(schema.data) == schema.data


def test_stored_text_has_unix_lines() -> None:
    assert FORMAT.render_stored(b"a\r\nb\r\n\r\n") == b"a\nb\n"
