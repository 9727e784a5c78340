"""What Schema Registry clients ask with a schema in hand: is it registered, and does it fit the versions there are.

It parses what strangers sent, so the server lets a process do it that can be killed. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from llmreg.compat.subject import SubjectCase
from llmreg.errors import InputError, LlmregError
from llmreg.formats import catalogue
from llmreg.formats.interface import Format, Schema, Source
from llmreg.index.confluent import TYPES, ConfluentError, SchemaRegistry, number_of, plain_name
from llmreg.index.reader import IndexedSubject, StoredVersion
from llmreg.model.finding import Finding, Severity
from llmreg.model.jsontext import MAX_SCHEMA_BYTES, dumps
from llmreg.model.jsontext import loads as read_json
from llmreg.model.report import Verdict
from llmreg.model.subject import Rules, fingerprint

_BODY: Final = 4 << 20  # bytes; a schema of one megabyte, escaped
_REFUSED_NAMES: Final = frozenset({"__GLOBAL", "__EMPTY"})
_MANY: Final = 100
_UNFIT: Final = "Incompatible because of different schema type"


@dataclass(frozen=True, slots=True)
class Posted:
    """A body as it was posted. Each reference is (name in the text, subject, integer version, -1 for the latest)."""

    text: str
    format: Format
    references: tuple[tuple[str, str, int], ...]

    @property
    def form(self) -> str:
        """The form that the answer's text has, where none is asked for: a client keeps that text as the schema it
        posted, and Python's reads no other form of Protobuf."""
        return self.format.posted_form(self.text.encode("utf-8", "surrogatepass"))


def posted(body: bytes) -> Posted:
    """Unknown keys are left alone. Raises ConfluentError 400, 42201."""
    try:
        members = read_json(body, max_bytes=_BODY)
    except LlmregError as error:
        raise ConfluentError(400, f"the body is no JSON: {error}") from None
    if not isinstance(members, dict):
        raise ConfluentError(400, "the body is no JSON object")
    text, kind = (
        default if members.get(key) is None else members[key]
        for key, default in (("schema", ""), ("schemaType", "AVRO"))
    )
    if not isinstance(text, str) or not isinstance(kind, str):
        raise ConfluentError(400, "`schema` and `schemaType` are strings")
    if kind not in TYPES:
        raise ConfluentError(42201, f"Invalid schema type {kind[:80]}; one of {', '.join(TYPES)}")
    return Posted(text, catalogue.get(TYPES[kind]), tuple(_references(members.get("references"))))


def lookup(
    registry: SchemaRegistry, name: str, post: Posted, *, normalize: bool = False, deleted: bool = False
) -> StoredVersion:
    """The newest version of the subject that holds this schema. Raises ConfluentError 40401, 40403, 42201."""
    candidates = registry.versions(name, deleted=deleted)
    if not post.text.strip():
        raise ConfluentError(40403, "Schema not found")
    subject = registry.subject(name)
    schema = _parse(registry, post, subject.name, strict=False)
    found = _find(registry, subject, (post.format, schema), candidates, normalize=normalize)
    if found is None:
        _parse(registry, post, subject.name, strict=True)
        raise ConfluentError(40403, "Schema not found")
    return found


def register(registry: SchemaRegistry, name: str, post: Posted, *, normalize: bool = False) -> StoredVersion:
    """The version that holds this schema already. Raises ConfluentError 42201, 42208, and 42205 for anything that
    would have to be written."""
    if name in _REFUSED_NAMES or any(ord(character) < 0x20 or ord(character) == 0x7F for character in name):
        raise ConfluentError(42208, f"The specified subject '{name[:200]}' is not a valid subject")
    if not post.text.strip():
        raise ConfluentError(42201, "Invalid schema: it is empty")
    try:
        return lookup(registry, name, post, normalize=normalize)
    except ConfluentError as error:
        if error.number == 40401:
            _parse(registry, post, plain_name(name), strict=True)
        elif error.number != 40403:
            raise
    raise read_only(name)


def read_only(name: str = "") -> ConfluentError:
    """The refusal of every write: its message is all that the author of a program sees."""
    subject = f"Subject {name[:200]}" if name else "The registry"
    wanted = plain_name(name)[:200] if name else "SUBJECT"
    return ConfluentError(
        42205,
        f"{subject} in context  is in read-only mode: this server answers from an exported index and never writes. "
        f"A registration is a Git commit: change the schema in the registry's repository, run "
        f"`llmreg register {wanted}`, commit, merge, and let the index be exported again. A program that only sends "
        "schemas that are registered needs auto.register.schemas=false.",
    )


def compatibility(
    registry: SchemaRegistry, name: str, post: Posted, *, version: str | None = None, verbose: bool = False
) -> dict[str, Any]:
    """Whether the schema may follow the named version, or without one the versions that a registration answers to.

    Raises ConfluentError 40402, 42201, 42202."""
    targets = _targets(registry, name, version)
    subject = targets[0].subject if targets else plain_name(name)
    try:
        schema = _parse(registry, post, subject, strict=True)
    except ConfluentError as error:
        if not verbose:
            raise
        return {"is_compatible": False, "messages": [error.message]}
    for target in reversed(targets):
        fits, messages = _judged(registry, target, post.format, schema)
        if not fits:
            told = verbose or any(message.startswith("undecided") for message in messages)
            more = _epilogue(registry, target) if verbose else []
            return {"is_compatible": False} | ({"messages": [*messages, *more]} if told else {})
    return {"is_compatible": True} | ({"messages": []} if verbose else {})


def _references(given: Any) -> Iterator[tuple[str, str, int]]:
    if given is None:
        return
    if not isinstance(given, list) or len(given) > _MANY:
        raise ConfluentError(42201, f"Invalid schema: `references` is a list of at most {_MANY}")
    for item in given:
        match item:
            case {"name": str(name), "subject": str(subject), "version": int(version)}:
                yield name, subject, version
            case _:
                raise ConfluentError(42201, "Invalid schema: a reference has `name`, `subject` and `version`")


def _parse(registry: SchemaRegistry, post: Posted, subject: str, *, strict: bool) -> Schema:
    """Raises ConfluentError 42201 with the first problems and their places."""
    if not post.text.strip():
        raise ConfluentError(42201, "Invalid schema: it is empty")
    data = post.text.encode("utf-8", "surrogatepass")
    if len(data) > MAX_SCHEMA_BYTES:
        raise ConfluentError(42209, f"The schema has {len(data)} bytes, more than the limit of {MAX_SCHEMA_BYTES}")
    source = Source(
        data=data,
        name=subject,
        resolve=registry.schemas.resolve(post.format.name),
        references={name: registry.named(target, number) for name, target, number in post.references},
        strict=strict,
        path=f"{subject}/schema{post.format.extensions[0]}",
    )
    try:
        return post.format.posted(source)
    except LlmregError as error:
        problems = error.problems[:5] if isinstance(error, InputError) else ()
        told = "; ".join(f"{problem.message} (at {problem.pointer or '/'})" for problem in problems)
        raise ConfluentError(42201, f"Invalid schema: {told or error.message}") from None


def _find(
    registry: SchemaRegistry,
    subject: IndexedSubject,
    wanted: tuple[Format, Schema],
    candidates: Sequence[StoredVersion],
    *,
    normalize: bool,
) -> StoredVersion | None:
    schema_format, schema = wanted
    if schema_format.name != subject.config.format:
        return None
    refs = tuple(dict.fromkeys(str(each) for each in schema.references))
    fp = fingerprint(schema_format.name, schema.canonical(), refs)
    for item in reversed(candidates):
        if item.line.fp == fp:
            return item
    for item in reversed(candidates):
        try:
            registered = registry.schemas.registered(subject, item.line.version)
        except LlmregError:  # a version that cannot be read any more is not what was posted
            continue
        if schema_format.same(schema, registered, normalize=normalize):
            return item
    return None


def _targets(registry: SchemaRegistry, name: str, version: str | None) -> list[StoredVersion]:
    """What the schema has to answer to, oldest first: nothing, where the subject is not there yet."""
    number = number_of(version) if version is not None else None
    try:
        if version is not None:
            return [registry.pick(name, version)]
        standing = [item for item in registry.versions(name) if not item.line.version.prerelease]
    except ConfluentError as error:
        if number is not None:
            raise ConfluentError(40402, f"Version {number} not found.") from None
        if error.number != 40401:
            raise
        return []
    subject = registry.subject(name)
    rules = Rules.of(registry.index.config, subject.config)
    major = max((item.line.version.major for item in standing), default=0)
    scope = [item for item in standing if rules.breaking == "forbid" or item.line.version.major == major]
    scope.sort(key=lambda item: item.line.version)
    return scope if rules.mode.transitive else scope[-1:]


def _judged(
    registry: SchemaRegistry, target: StoredVersion, schema_format: Format, schema: Schema
) -> tuple[bool, list[str]]:
    """Whether the schema fits one version, and why not."""
    if schema_format.name != target.format:
        return False, [_UNFIT]
    subject = registry.index.subject(target.subject)
    case = SubjectCase(subject, registry.schemas, registry.index.config)
    history = {item.version: item for item in case.history()}
    released = (item for item in history.values() if not item.version.prerelease)
    older = sorted(released, key=lambda item: item.version)
    try:
        judgement = case.judge(None).against([history[target.line.version]], schema, older)
    except LlmregError as error:
        return False, [f"undecided: {error.message}"]
    errors = [item for item in judgement.findings if item.severity is Severity.ERROR]
    doubts = [f"undecided: {item.reason}{_at(item.pointer)}: {item.message}" for item in judgement.undecided]
    if judgement.verdict is Verdict.UNDECIDED and not doubts:
        doubts = ["undecided: no proof was found in time"]
    return not errors and not doubts, [*map(_told, errors), *doubts]


def _told(finding: Finding) -> str:
    place = finding.reader or finding.writer
    text = f"{finding.rule}{_at(place.pointer) if place else ''}: {finding.message}"
    if finding.witness is not None:
        return f"{text}; witness: {dumps(finding.witness.document)}"
    return f"{text}; claimed: {finding.claim}" if finding.claim else text


def _at(pointer: str) -> str:
    return f" at {pointer or '/'}"


def _epilogue(registry: SchemaRegistry, target: StoredVersion) -> list[str]:
    """What Confluent's server adds: with what was compared, and how."""
    level = registry.index.subject(target.subject).mode
    return [
        f"{{oldSchemaVersion: {target.number}}}",
        f"{{oldSchema: '{registry.text(target)}'}}",
        f"{{validateFields: 'false', compatibility: '{level}'}}",
    ]
