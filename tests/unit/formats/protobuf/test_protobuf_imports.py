"""Imports of files around: what they mean, what is refused, and what a file that is as it was means now."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from llmreg.compat.trees import Files
from llmreg.errors import LimitError, SchemaError
from llmreg.formats.interface import CompareOptions, Comparison, Importing, Source
from llmreg.formats.protobuf import FORMAT, closure, lexer, neighbours

HEAD = 'syntax = "proto3";\n'


def source(path: str, files: Mapping[str, bytes], *roots: str) -> Source:
    return Source(files[path], name=path, path=path, files=files, roots=roots)


def tree(**texts: str) -> Files:
    return Files({f"{path}.proto": (HEAD + text).encode() for path, text in texts.items()})


def compared(path: str, old: Files, new: Files, *surfaces: str) -> Comparison:
    writer, reader = (FORMAT.parse(source(path, files)) for files in (old, new))
    return FORMAT.compare(writer, reader, CompareOptions(surfaces=surfaces))


def imports(text: str) -> list[lexer.Import]:
    """The same from the whole token stream: slow and plain."""
    found = []
    stream = [token for token in lexer.tokens(text) if token.kind != "comment"]
    for index, token in enumerate(stream):
        begins = index == 0 or stream[index - 1].text in (";", "}")
        if token.text == "import" and token.kind == "word" and begins:
            parts = stream[index + 1 : index + 6]
            if parts and parts[0].text in ("public", "weak", "option"):
                parts = parts[1:]
            path = ""
            for part in parts:
                if part.kind != "string":
                    break
                path += part.text[1:-1]
            if path:
                found.append(lexer.Import(path, parts[0].line, parts[0].column))
    return found


def test_imports_are_what_the_token_stream_says() -> None:
    pieces = [
        "import ",
        "import",
        '"a.proto"',
        "'b'",
        ";",
        "}",
        "{",
        "// x\n",
        "/*",
        "*/",
        " ",
        "\n",
        "public ",
        "weak ",
    ]
    pieces += ["option", "x", "importx", "/", "=", '"', "'", "(", ';import "q.proto";\n']
    choice = random.Random(4)
    for _ in range(20_000):
        text = "".join(choice.choice(pieces) for _ in range(choice.randint(1, 9)))
        assert lexer.imports(text) == imports(text), text


def test_an_unchanged_file_means_something_else_through_an_import() -> None:
    old = tree(m='package m;\nimport "d.proto";\nmessage M { d.D d = 1; }', d="package d;\nmessage D { int32 a = 1; }")
    new = tree(m='package m;\nimport "d.proto";\nmessage M { d.D d = 1; }', d="package d;\nmessage D { bool a = 1; }")
    comparison = compared("m.proto", old, new, "json")
    [finding] = comparison.findings
    assert finding.reader is not None
    assert (finding.rule, finding.reader.file, finding.reader.line) == ("field_type_changed", "d.proto", 3)
    assert finding.witness is not None
    assert finding.witness.document == {"d": {"a": 1}}
    assert comparison.notes == ("the file itself is as it was: what changed is d.proto, which it imports in line 3",)


def test_an_enum_of_another_file_is_named_and_an_unused_change_is_not() -> None:
    main = 'import "e.proto";\nimport "x.proto";\nmessage M { E e = 1; }\nmessage N { X x = 1; }'
    old = tree(m=main, e="enum E { A = 0; B = 1; }", x="message X {}\nmessage Y {}")
    new = tree(m=main, e="enum E { A = 0; C = 1; }", x="message X {}\nmessage Y { int32 a = 1; }")
    comparison = compared("m.proto", old, new)
    assert comparison.notes == ("the file itself is as it was: what changed is e.proto, which it imports in line 2",)
    assert {place.file for item in comparison.findings if (place := item.writer)} == {"e.proto"}


@pytest.mark.parametrize(
    ("files", "path", "roots", "found"),
    [
        (["a/x.proto", "x.proto"], "x.proto", (), "a/x.proto"),
        (["a/x.proto", "x.proto"], "x.proto", ("",), "x.proto"),
        (["x.proto", "lib/x.proto"], "x.proto", ("lib",), "lib/x.proto"),
        (["lib/c/x.proto"], "c/x.proto", (), "lib/c/x.proto"),
        (["lib/cc/x.proto"], "c/x.proto", (), None),
    ],
)
def test_where_an_import_counts_from(files: list[str], path: str, roots: tuple[str, ...], found: str | None) -> None:
    around = Files(dict.fromkeys(files, b""))
    assert neighbours.find(around, roots, "a/b/m.proto", path) == found
    assert neighbours.find(dict(around), roots, "a/b/m.proto", path) == found


@pytest.mark.parametrize(
    "path", ["/a.proto", "a//b.proto", "../a.proto", "a/./b.proto", "a:b.proto", "a=b.proto", "a\\b"]
)
def test_impossible_paths_never_reach_the_compiler(path: str) -> None:
    files = tree(m=f'import "{path}";\nmessage M {{}}'.replace("\\", "\\\\"))
    with pytest.raises(SchemaError, match="no path that the compiler takes"):
        FORMAT.parse(source("m.proto", files))


def test_a_deep_chain_of_imports_is_followed_and_too_many_are_refused() -> None:
    def chain(length: int) -> Files:
        texts = {f"f{n}": f'import "f{n + 1}.proto";\nmessage M{n} {{}}' for n in range(length)}
        return tree(**texts, **{f"f{length}": "message Last {}"})

    assert isinstance(FORMAT, Importing)
    FORMAT.fingerprint(source("f0.proto", chain(3000)))
    with pytest.raises(LimitError, match="more than the limit"):
        FORMAT.parse(source("f0.proto", chain(closure.MAX_FILES + 1)))


def test_the_fingerprint_sees_every_import_and_nothing_else() -> None:
    main = 'import "a.proto";\nmessage M { A a = 1; }'
    old = tree(m=main, a='import "b.proto";\nmessage A { B b = 1; }', b="message B {}", c="message C {}")
    other = tree(m=main, a='import "b.proto";\nmessage A { B b = 1; }', b="message B {}", c="message D {}")
    changed = tree(m=main, a='import "b.proto";\nmessage A { B b = 1; }', b="message B { int32 a = 1; }")
    digests = [FORMAT.fingerprint(source("m.proto", files)) for files in (old, other, changed)]
    assert digests[0] == digests[1] != digests[2]
    with pytest.raises(SchemaError, match="form a circle"):
        FORMAT.fingerprint(source("m.proto", tree(m=main, a='import "m.proto";\nmessage A {}')))
    with pytest.raises(SchemaError, match=r"no file 'a\.proto'"):
        FORMAT.fingerprint(source("m.proto", tree(m=main)))


def test_a_file_that_an_import_is_named_like_is_not_taken_for_it() -> None:
    files = Files(
        {
            "schema.proto": (HEAD + 'import "own.proto";\nmessage M { Own o = 1; }').encode(),
            "lib/own.proto": (HEAD + 'import "schema.proto";\nmessage Own { Other o = 1; }').encode(),
            "lib/schema.proto": (HEAD + "message Other {}").encode(),
        }
    )
    schema = FORMAT.parse(source("schema.proto", files))
    assert next(symbol.name for symbol in schema.outline()) == "M"
