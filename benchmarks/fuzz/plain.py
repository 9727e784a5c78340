"""The targets that are no schema: the registry's own files, and small texts such as versions and ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llmreg.formats.json.regex import (
    Budget,
    BudgetError,
    PatternError,
    PatternUnsupported,
    check_pattern,
    compile_pattern,
    included,
)
from llmreg.llm.mcp.listing import SavedList, tools_of
from llmreg.model import jsontext
from llmreg.model.range import Range
from llmreg.model.version import Version
from llmreg.store import flatyaml, yamltext
from llmreg.store.bindings import read_binding
from llmreg.store.config import read_registry, read_subject, render_subject_yaml
from llmreg.store.documents import read_documents
from llmreg.store.invariant import invariants
from llmreg.store.ledger import parse_ledger
from llmreg.store.memory import MemorySnapshot
from llmreg.store.registry import RegistryView


def json_text(data: bytes) -> None:
    value = jsontext.loads(data)
    assert jsontext.loads(jsontext.dumps(value), max_bytes=1 << 24) == value, (
        "written and read again it is another value"
    )
    jsontext.locate_all(jsontext.decode(data), ["", "/a", "/0", "/a/b"])


def yaml_text(data: bytes) -> None:
    flat = flatyaml.read(data)
    value = yamltext.load(data)
    assert flat is None or flat == value, "the fast reader and the whole one differ"
    yamltext.marks(data)
    yamltext.to_json(data)


def subject_yaml(data: bytes) -> None:
    config = read_subject(data)
    assert read_subject(render_subject_yaml(config)) == config, "written and read again it is another subject"


def ledger(data: bytes) -> None:
    for line in parse_ledger(data, "a/b"):
        line.to_line()


def documents(data: bytes) -> None:
    for name in ("a.jsonl", "a.yaml", "a.json"):
        for _ in read_documents(data, name):
            pass


def small(data: bytes) -> None:
    """Versions and ranges; what one of them takes is written and read again."""
    text = data.decode("utf-8", "replace")
    for read in (Version.parse, Range.parse):
        try:
            read(text)
        except ValueError:  # which its callers turn into an error with a place
            continue
    try:
        version = Version.parse(text)
    except ValueError:
        return
    assert Version.parse(str(version)) == version
    assert Range.parse(str(version)).matches(version)


def pattern(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    try:
        check_pattern(text)
        included(compile_pattern(text), compile_pattern("^a"), Budget(deadline=float("inf"), steps=20_000))
    except (PatternError, PatternUnsupported, BudgetError):
        return


def registry(data: bytes) -> None:
    """A whole registry of one subject: subject.yaml, ledger, working file and version file, parted by NUL."""
    parts = [*data.split(b"\0"), b"", b"", b""]
    names = ("subject.yaml", "versions.jsonl", "schema.json", "versions/1.0.0.json")
    files = {f"subjects/a/{name}": part for name, part in zip(names, parts, strict=False)}
    view = RegistryView(MemorySnapshot({"llmreg.yaml": b"registry: 1\n", **files}))
    subject = view.subject("a")
    for invariant in invariants().values():
        for base, head in ((None, subject), (subject, subject), (subject, None)):
            invariant.check(base, head)
        invariant.check_all(view)


_SUBJECT = b"""format: json
kind: tool-input
mode: FULL
policy: {required_added: warn}
tags: [a, b]
status: {1.0.0: {deprecated: old}}
waivers: {2.0.0: {allow: [required_added], reason: agreed}}
custom: {a: [1, 2.50]}
"""
_LINE = (
    b'{"version":"1.0.0","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","id":1,"fp":"'
    + b"0" * 64
    + b'","bump":"major","mode":"FULL","refs":[]}\n'
)
_TOOLS = (
    b'{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a","description":"d","inputSchema":{"type":"object"},'
    b'"annotations":{"readOnlyHint":true}}]}}',
    b'[{"name":"b","inputSchema":{"type":"object","properties":{}},"outputSchema":{"type":"object"}}]',
)
_YAML_WORDS = tuple(
    b"format: kind: mode: waivers: allow: reason: status: policy: - & * ! | > ? --- ... # [ ] { } , ' \" ~ <<: %YAML "
    b"model: input: output: prompt: tools: profiles: max_schema_bytes: registry:".split()
)
Row = tuple[Callable[[bytes], Any], tuple[Any, ...], tuple[bytes, ...]]
PLAIN: dict[str, Row] = {
    "JSON text": (json_text, ("tests/cases/formats/json/*/*.json",), ()),
    "YAML text": (yaml_text, ("example-registry/**/*.yaml", "tests/cases/formats/**/*.yaml"), _YAML_WORDS),
    "llmreg.yaml": (read_registry, ("example-registry/llmreg.yaml", "tests/cases/**/llmreg.yaml"), _YAML_WORDS),
    "subject.yaml, waivers, status": (subject_yaml, (_SUBJECT, b"format: avro\n"), _YAML_WORDS),
    "bindings": (lambda data: read_binding(data, "bindings/a.yaml"), ("example-registry/bindings/*",), _YAML_WORDS),
    "ledgers": (ledger, ("example-registry/**/versions.jsonl",), ()),
    "registries": (registry, (b"\0".join((_SUBJECT, _LINE, b'{"type": "string"}\n', b"")),), _YAML_WORDS),
    "documents": (documents, ("example-registry/**/examples/*",), ()),
    "versions, ranges": (
        small,
        (b"1.2.3-a.1+b", b"^1.2 || ~2.0 - 3.x", b">=1.0.0 <2.0.0-0"),
        tuple(b"^ ~ >= < || - x * latest 0 01 1.0.0 -rc.1 +b .".split()),
    ),
    "patterns": (
        pattern,
        (b"^(a|b){2,3}[^\\d-z]*$", b"(?=x)(?<n>\\u{1F600})\\k<n>", b"\\p{L}+\\cJ"),
        tuple(
            b"( ) [ ] { } * + ? | ^ $ \\b \\B (?: (?= (?! (?<= (?<! \\p{Lu} \\u{10FFFF} {0,99999} {,3} \\1 [^ -".split()
        ),
    ),
    "MCP lists": (lambda data: tools_of(SavedList(data, "list")), _TOOLS, ()),
}
