"""Compare two schemas without a registry: the same verdicts, bump and findings that `check` gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmreg.compat.judge import Earlier, Judge
from llmreg.compat.policy import Terms
from llmreg.compat.trees import Files, Pair, Tree, compare_trees
from llmreg.compat.verdict import Candidate, judge_version, named
from llmreg.errors import NotFoundError, UsageError
from llmreg.formats import catalogue
from llmreg.formats.interface import Format, Schema, Source
from llmreg.model.jsontext import dumps
from llmreg.model.kind import KINDS
from llmreg.model.mode import Mode
from llmreg.model.record import replace
from llmreg.model.report import Report, SubjectReport
from llmreg.model.subject import Rules, named_policy
from llmreg.model.version import Version

LOOSE_SUBJECT = "-"
_OLD = Version(1, 0, 0)

SchemaText = str | bytes | dict[str, Any] | bool | list[Any] | Schema


def compare(  # noqa: PLR0913 - a public call reads best with its options named
    old: SchemaText,
    new: SchemaText,
    *,
    format: str | None = None,
    mode: str | Mode = "BACKWARD",
    writer: str = "closed",
    refs: Mapping[str, SchemaText] | None = None,
    budget_s: float = 2.0,
    kind: str = "data",
    settings: Mapping[str, Any] | None = None,
    policy: str | None = None,
) -> Report:
    """What breaks when `old` becomes `new`, with a document that shows it.

    `old`, `new`: text, bytes, a JSON value, or a schema that was parsed before; or both a tree of Protobuf files,
    `{path: text}`, with a report for each file under its path. `format`: `json`, `avro` or
    `protobuf`; None asks the content. `mode`: which side writes and which reads. `writer`: `closed` (writers write
    what they declare) or `open` (plain set inclusion). `refs`: pinned schemas that the texts refer to, by
    `subject@version`. `budget_s`: seconds for each direction; what is not decided by then is `undecided`. `policy`: a
    named policy (`confluent-strict`) that decides what breaks; None: the sound verdict.

    Schemas are read leniently, as registered versions are: a reference that nothing resolves is `undecided` where it
    matters. Raises SchemaError for a schema that its format refuses, UsageError for wrong arguments.
    """
    if writer not in ("closed", "open"):
        raise UsageError(f"writer is 'closed' or 'open', not {writer!r}")
    if kind not in KINDS:
        raise UsageError(f"unknown kind {kind!r}", hint=f"one of {', '.join(KINDS)}")
    try:
        wanted = mode if isinstance(mode, Mode) else Mode.parse(mode)
    except ValueError as error:
        raise UsageError(str(error)) from None
    schema_format = _format(format, old, new)
    library = _Library(schema_format, refs or {})
    rules = Rules(mode=wanted, writer=writer, breaking="declared", policy={}, like=named_policy(policy))
    judge = Judge(schema_format, Terms(rules, KINDS[kind], budget_seconds=budget_s), settings or {})
    before, after = _tree(old, "old"), _tree(new, "new")
    if before is not None and after is not None:
        reports, notes = compare_trees(judge, before, after, library.resolve, lambda pair: _judged(judge, pair))
        return Report(tuple(reports), notes=notes, checked=len(reports))
    if before is not None or after is not None:
        raise UsageError("a tree of files, {path: text}, can be compared with another one only")
    pair = Pair("old", "new", library.parse(old, "old"), library.parse(new, "new"))
    return Report((_judged(judge, pair),), checked=1)


def _judged(judge: Judge, pair: Pair) -> SubjectReport:
    outcome = judge_version(LOOSE_SUBJECT, judge, [Earlier(_OLD, lambda: pair.before)], Candidate(pair.after))
    return replace(named(outcome.report, {}), pending=None)


def _tree(side: SchemaText, label: str) -> Tree | None:
    """A side that is `{path: text}`; None for any other, such as a JSON Schema."""
    if not isinstance(side, dict) or not side or not all(str(path).endswith(".proto") for path in side):
        return None
    if not all(isinstance(text, str | bytes) for text in side.values()):
        raise UsageError(f"{label} has paths of Protobuf files: each needs its text as str or bytes")
    return Tree(label, Files({path: _bytes(text) for path, text in side.items()}))


class _Library:
    """Parses texts and the references between them, each once."""

    def __init__(self, schema_format: Format, refs: Mapping[str, SchemaText]) -> None:
        self._format = schema_format
        self._refs = refs
        self._parsed: dict[str, Schema] = {}

    def parse(self, text: SchemaText, name: str) -> Schema:
        if not isinstance(text, str | bytes | dict | bool | list):
            return text
        data = _bytes(text)
        return self._format.parse(Source(data, name=name, resolve=self.resolve, references=self._names(), strict=False))

    def _names(self) -> dict[str, str]:
        """Where a format has no reference mechanism of its own, every given schema is offered under its own key."""
        return {key: key for key in self._refs}

    def resolve(self, subject: str, version: str) -> Schema:
        """A pinned reference. Raises NotFoundError for one that is not among `refs`."""
        key = f"{subject}@{version}"
        if key not in self._refs:
            raise NotFoundError(f"the reference {key} is not among refs", hint="pass its text as refs={…}")
        if key not in self._parsed:
            self._parsed[key] = self.parse(self._refs[key], key)
        return self._parsed[key]


def _bytes(text: str | bytes | dict[str, Any] | bool | list[Any]) -> bytes:
    if isinstance(text, bytes):
        return text
    return (text if isinstance(text, str) else dumps(text)).encode("utf-8", "surrogatepass")


def _format(name: str | None, old: SchemaText, new: SchemaText) -> Format:
    if name:
        return catalogue.get(name)
    if _tree(new, "new") is not None:
        return catalogue.get("protobuf")
    for text in (old, new):
        if not isinstance(text, str | bytes | dict | bool | list):
            return catalogue.get(text.format)
    return catalogue.detect(_bytes(new))  # type: ignore[arg-type]  # a parsed schema returned above
