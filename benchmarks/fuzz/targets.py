"""What is fuzzed: each target takes bytes, and only an LlmregError (or the server's own refusal) may leave it.

Two parts of an input, such as two schemas, are parted by a NUL byte.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.fuzz.plain import PLAIN
from benchmarks.fuzz.served import SERVED
from llmreg.errors import LlmregError
from llmreg.formats import catalogue
from llmreg.formats.interface import CompareOptions, Source
from llmreg.model import jsontext

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests/cases"
COMPARE_SECONDS = 0.5
_LARGEST_SEED = 8_000
_MANY = 400


@dataclass(frozen=True)
class Target:
    """`words` are what the language is made of; `seeds` gives inputs to start from."""

    call: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    words: tuple[bytes, ...] = ()


def _files(*patterns: str) -> Iterator[bytes]:
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern))[:_MANY]:
            if path.is_file() and path.stat().st_size <= _LARGEST_SEED:
                yield path.read_bytes()


def _given(seeds: tuple[bytes | str, ...]) -> Iterator[bytes]:
    """Texts are patterns of files, bytes are themselves."""
    for seed in seeds:
        yield from _files(seed) if isinstance(seed, str) else (seed,)


def _pairs(name: str) -> Iterator[bytes]:
    for case in sorted((CASES / "rules" / name).glob("*/*"))[:_MANY]:
        found = [next(iter(sorted(case.glob(f"{side}.*"))), None) for side in ("old", "new")]
        if all(path is not None and path.is_file() for path in found):
            yield b"\0".join(path.read_bytes() for path in found if path is not None)


def _words(text: str) -> tuple[bytes, ...]:
    return tuple(text.encode().split())


def _parsed(name: str, data: bytes, **settings: Any) -> Any:
    return catalogue.get(name).parse(Source(data, name="fuzz", path="fuzz/one.proto", settings=settings))


def schema(name: str) -> Callable[[bytes], None]:
    """Everything that is asked of one schema alone."""

    def call(data: bytes) -> None:
        home = catalogue.get(name)
        home.sniff(data)
        home.posted_form(data)
        home.render_stored(data)
        with suppress(LlmregError):
            home.posted(Source(data))
        found = home.parse(Source(data, name="fuzz", strict=False, path="fuzz/one.proto"))
        home.served(data)
        found.canonical()
        found.digests()
        list(found.outline())
        home.served_as(found, "serialized")
        home.same(found, found, normalize=True)
        [warning.to_json() for warning in found.warnings]

    return call


def compared(name: str) -> Callable[[bytes], None]:
    """Both directions, the change rules, and JSON of every finding."""

    def call(data: bytes) -> None:
        first, _, second = data.partition(b"\0")
        home, old, new = catalogue.get(name), _parsed(name, first), _parsed(name, second)
        options = CompareOptions(closed=len(data) % 2 == 0, deadline=time.monotonic() + COMPARE_SECONDS)
        found = [
            *home.compare(old, new, options).findings,
            *home.compare(new, old, options).findings,
            *home.changes(old, new, options),
        ]
        home.equivalent(old, new, options)
        for finding in found:
            jsontext.dumps(finding.to_json())

    return call


def validated(name: str) -> Callable[[bytes], None]:
    """A schema, and a document or bytes under it."""

    def call(data: bytes) -> None:
        first, _, second = data.partition(b"\0")
        judge = catalogue.get(name).validator(_parsed(name, first), strict=len(data) % 2 == 0)
        with suppress(LlmregError):
            [problem.to_json() for problem in judge.problems_binary(second)]
        document = jsontext.loads(second)
        [problem.to_json() for problem in judge.problems(document)]
        judge.is_valid(document)

    return call


def prompt(engine: str) -> Callable[[bytes], None]:
    """A template in one language: needs, digests, outline; nothing is rendered."""

    def call(data: bytes) -> None:
        found = _parsed("prompt", data, engine=engine)
        found.canonical()
        found.digests()
        list(found.outline())
        [need.shown for need in found.needs]

    return call


def llm(data: bytes) -> None:
    """Provider profiles, export with its inverse, and generated code of a JSON Schema."""
    from llmreg.llm.codegen import generate, languages
    from llmreg.llm.export.decode import decode_answer
    from llmreg.llm.export.export import ExportOptions, export_schema
    from llmreg.llm.profiles import catalogue as profiles
    from llmreg.llm.profiles.engine import lint_schema

    found = _parsed("json", data)
    for profile in profiles.choose(("all",)):
        lint_schema(found.document, profile, name="fuzz")
    for language in languages():
        _quietly(generate, found, language, "fuzz", "about")
    for provider in ("openai", "anthropic", "gemini"):
        for strict in (False, True):
            exported = _quietly(export_schema, found.document, ExportOptions(provider, strict=strict, lossy=True))
            if exported is not None:
                _quietly(decode_answer, exported, {"a": [None, 1]})


def _quietly(call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except LlmregError:
        return None


_JSON = _words(
    "$schema $id $ref $anchor $dynamicRef $dynamicAnchor $recursiveRef $defs definitions allOf anyOf oneOf not "
    "if then else dependentSchemas dependentRequired dependencies prefixItems items additionalItems contains "
    "minContains maxContains properties patternProperties additionalProperties propertyNames unevaluatedItems "
    "unevaluatedProperties type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum "
    "maxLength minLength pattern maxItems minItems uniqueItems maxProperties minProperties required format "
    "contentEncoding title description default examples string integer number object array boolean null"
)
_AVRO = _words(
    "type name namespace fields items values symbols size default aliases doc logicalType precision scale "
    "order record enum array map fixed error union null boolean int long float double bytes string decimal "
    "uuid date timestamp-millis"
)
_PROTO = _words(
    "syntax proto2 proto3 edition 2023 package import public weak option message enum oneof map< repeated "
    "optional required group extend extensions reserved to max service rpc returns stream int32 sint64 fixed32 "
    'bytes string bool double float google/protobuf/any.proto google.protobuf.Any { } ; = [ ] ( ) " /* */ // '
    "536870911 19000 inf nan"
)
_TEMPLATE = _words(
    "{{ }} {% %} {# #} {%- -%} for in if elif else endif endfor set block macro call filter include import "
    "extends raw endraw is defined not and or | ~ . [ ] ( ) ' \" loop.index range namespace {{# {{/ {{^ {{{ }}} "
    "{{& {{! {{= =}} {0} {x!r} {x:>9} }{"
)
_JSON_SEEDS = ("tests/cases/rules/json/*/*/new.*", "tests/cases/formats/json/*/*.json", "example-registry/**/*.json")
_AVRO_SEEDS = ("tests/cases/rules/avro/*/*/new.*", "example-registry/**/*.avsc")
_PROTO_SEEDS = ("tests/cases/rules/protobuf/*/*/new.*", "example-registry/**/*.proto")
_PROMPT_SEEDS = ("tests/cases/rules/prompt/*/*/new.*", "tests/cases/prompts/**/*.jinja", "example-registry/**/*.jinja")
_RECORD = b'{"type":"record","name":"R","fields":[{"name":"a","type":["null","R",{"type":"map","values":"bytes"}]}]}'
_MESSAGE = b'syntax = "proto3"; message M { M m = 1; repeated string s = 2; map<int32, bytes> b = 3; }'


def _documents(*schemas: bytes) -> Callable[[], Iterator[bytes]]:
    def seeds() -> Iterator[bytes]:
        for text in schemas:
            for document in (
                b'{"a": null}',
                b'{"a": {"a": 1.0}}',
                b"[1, 1e400]",
                b"\x02\x00",
                b"Obj\x01\x04",
                b"\xc3\x01",
            ):
                yield text + b"\0" + document

    return seeds


TARGETS: dict[str, Target] = {
    "JSON Schema": Target(schema("json"), lambda: _files(*_JSON_SEEDS), _JSON),
    "JSON Schema, pairs": Target(compared("json"), lambda: _pairs("json"), _JSON),
    "JSON documents": Target(
        validated("json"), lambda: (text + b'\0{"a": [1, "b"]}' for text in _files(*_JSON_SEEDS)), _JSON
    ),
    "profiles, export, code": Target(llm, lambda: _files(*_JSON_SEEDS), _JSON),
    "Avro schema": Target(schema("avro"), lambda: _files(*_AVRO_SEEDS), _AVRO),
    "Avro schema, pairs": Target(compared("avro"), lambda: _pairs("avro"), _AVRO),
    "Avro data, files, single objects": Target(validated("avro"), _documents(_RECORD, b'"bytes"'), _AVRO),
    "Protobuf source": Target(schema("protobuf"), lambda: _files(*_PROTO_SEEDS), _PROTO),
    "Protobuf source, pairs": Target(compared("protobuf"), lambda: _pairs("protobuf"), _PROTO),
    "Protobuf data": Target(validated("protobuf"), _documents(_MESSAGE), _PROTO),
    "prompts, Jinja2": Target(prompt("jinja2"), lambda: _files(*_PROMPT_SEEDS), _TEMPLATE),
    "prompts, format": Target(prompt("format"), lambda: iter([b"{a.b[0]!r:>{w}} {{x}}", b"Hello {name}\n"]), _TEMPLATE),
    "prompts, mustache": Target(
        prompt("mustache"), lambda: iter([b"{{#a}}{{b.c}}{{/a}}{{^d}}x{{/d}}", b"{{=<% %>=}}<%& x %>"]), _TEMPLATE
    ),
    **{name: Target(call, partial(_given, seeds), words) for name, (call, seeds, words) in {**PLAIN, **SERVED}.items()},
}
