"""What is told of a step between versions: findings in words, witnesses, texts that a model reads, lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from llmreg.errors import LlmregError
from llmreg.formats.interface import Symbol
from llmreg.model.finding import ChangeClass, Finding, Witness
from llmreg.model.jsontext import dumps, loads
from llmreg.model.mode import Direction
from llmreg.model.pointer import lookup
from llmreg.model.record import dataclass
from llmreg.model.report import SubjectReport
from llmreg.render import witness as proof_text
from llmreg.render import wording
from llmreg.render.pages.textdiff import Line, line_diff, word_diff
from llmreg.render.plain import clip

_MAX_WITNESS = 80
_MAX_WIDTH = 400
_MAX_BYTES = 3000
_SEVERITIES = {"error": ("bad", "error"), "warn": ("doubt", "warning"), "info": ("quiet", "note")}
_SEEN = ("title", "description", "doc", "examples", "default", "$comment")
Outline = Callable[[str], Iterable[Symbol]]


class Side(NamedTuple):
    """One side of a finding: `role` is writer, reader, old or new; `version` is its number."""

    role: str
    version: str
    place: str


class Proof(NamedTuple):
    """A witness. `refused`: the reader accepts none of it, else it loses or misreads a part, which `outcome` says."""

    writer: str
    reader: str
    document: str
    cut: bool
    bytes: str
    refused: bool
    outcome: str
    confirmed_by: str


class TextChange(NamedTuple):
    """A text that a model reads: `pieces` of (sign, text)."""

    what: str
    pieces: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FindingView:
    tone: str
    severity: str
    rule: str
    kind: str
    way: str
    message: str
    sides: tuple[Side, ...]
    proof: Proof | None
    claim: str
    fix: str
    waived: str
    texts: tuple[TextChange, ...]


@dataclass(frozen=True, slots=True)
class DiffView:
    """`lines` is None where the texts differ in too many lines to show."""

    old: str
    new: str
    report: SubjectReport | None
    findings: tuple[FindingView, ...]
    undecided: tuple[tuple[str, str, str], ...]
    lines: list[Line] | None


def diff_view(
    old: str, new: str, report: SubjectReport | None, texts: tuple[bytes, bytes], outline: Outline
) -> DiffView:
    """`outline(version)` gives the parts of a version, for formats whose texts are no JSON."""
    before, after = (data.decode("utf-8", "backslashreplace") for data in texts)
    seen = _Seen((old, new), texts, outline)
    findings = wording.shown(report.findings) if report else []
    return DiffView(
        old=old,
        new=new,
        report=report,
        findings=tuple(_finding(item, old, new, seen) for item in findings),
        undecided=tuple(
            (item.message, wording.direction(item.direction, item.against), item.pointer)
            for item in (report.undecided if report else ())
        ),
        lines=line_diff(before, after),
    )


def _finding(finding: Finding, old: str, new: str, seen: _Seen) -> FindingView:
    tone, severity = _SEVERITIES[finding.severity.value]
    other = finding.against or old
    visible = finding.cls in (ChangeClass.PROMPT_VISIBLE, ChangeClass.HINT)
    return FindingView(
        tone="major" if finding.cls is ChangeClass.BREAKING and tone == "quiet" else tone,
        severity="break" if finding.cls is ChangeClass.BREAKING and tone == "quiet" else severity,
        rule=finding.rule,
        kind=", ".join(filter(None, (finding.cls.value, finding.surface, finding.level))),
        way=wording.direction(finding.direction, finding.against),
        message=finding.message,
        sides=tuple(
            Side(role, _version(role, finding.direction, other, new), wording.pointer(place))
            for role, place in wording.places(finding)
        ),
        proof=_proof(finding, finding.witness, other, new) if finding.witness else None,
        claim=finding.claim or "",
        fix=finding.fix or "",
        waived=finding.waived or "",
        texts=tuple(seen.changes(finding)) if visible else (),
    )


def _version(role: str, way: Direction | None, old: str, new: str) -> str:
    """The number that a role has: backward, the old version writes and the new one reads."""
    olds = {"old", "reader" if way is Direction.FORWARD else "writer"}
    return old if role in olds else new


def _proof(finding: Finding, witness: Witness, old: str, new: str) -> Proof:
    writer, reader = (old, new) if finding.direction is not Direction.FORWARD else (new, old)
    lines = proof_text.many_lines(witness.document)
    shown = [clip(text, _MAX_WIDTH) for text in lines[:_MAX_WITNESS]]
    octets = proof_text.spaced_hex(witness.bytes) if witness.bytes is not None else ""
    expected = witness.expected or ""
    return Proof(
        writer=writer,
        reader=reader,
        document="\n".join(shown),
        cut=shown != lines,
        bytes=clip(octets, _MAX_BYTES),
        refused=finding.cls is ChangeClass.BREAKING and (not expected or expected.startswith("refused")),
        outcome=expected,
        confirmed_by=", ".join(witness.confirmed_by),
    )


class _Seen:
    """Looks up what a model reads at a place, on both sides."""

    def __init__(self, names: tuple[str, str], texts: tuple[bytes, bytes], outline: Outline) -> None:
        self._parts = [cache(lambda at=at: _parts(names[at], texts[at], outline)) for at in (0, 1)]

    def changes(self, finding: Finding) -> Iterator[TextChange]:
        """Each text that differs between the two places of a finding."""
        if finding.writer is None or finding.reader is None:
            return
        old = self._texts(0, finding.writer.pointer)
        new = self._texts(1, finding.reader.pointer)
        for what in dict.fromkeys((*old, *new)):
            if old.get(what) != new.get(what):
                yield TextChange(what, word_diff(old.get(what, ""), new.get(what, "")))

    def _texts(self, side: int, pointer: str) -> Mapping[str, str]:
        found = self._parts[side]()
        if isinstance(found, _Outlined):
            return {"comment": found.texts[pointer]} if pointer in found.texts else {}
        try:
            value = lookup(found, pointer)
        except (LookupError, ValueError):
            return {}
        members = value if isinstance(value, dict) else {}
        return {key: _text(members[key]) for key in _SEEN if key in members}


class _Outlined(NamedTuple):
    texts: Mapping[str, str]


def _parts(version: str, data: bytes, outline: Outline) -> Any:
    """The JSON of a text, else the texts of its outline by pointer."""
    try:
        return loads(data)
    except LlmregError:
        pass
    try:
        return _Outlined({item.pointer: item.text for item in outline(version) if item.text})
    except LlmregError:
        return _Outlined({})


def _text(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value)
