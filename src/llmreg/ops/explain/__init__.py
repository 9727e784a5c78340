"""`explain`: the findings of a JSON report, each with the schemas' own words, what breaks, and how to check it by hand.

The report says which versions, files and revisions were compared. What of it is at hand here is shown; a report from
elsewhere is explained by what it holds itself.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from llmreg.errors import DocumentError, InputError, LlmregError, NotFoundError
from llmreg.formats import catalogue
from llmreg.formats.interface import Source
from llmreg.model.jsontext import MAX_DOCUMENT_BYTES, dumps, loads
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass, field
from llmreg.model.report import REPORT_VERSION
from llmreg.ops.explain.texts import Text, Texts

_MAX_DEPTH = 256  # a report is some levels deeper than the witness in it
_MAX_PARTS = 5
_MAX_COMMAND = 2000
_EXPECTED = {
    ("writer", False): "valid",
    ("reader", False): "invalid",
    ("writer", True): "valid",
    ("reader", True): "invalid, because it is declared nowhere; valid without --strict",
}
_HINT = "such as: llmreg check -o json | llmreg explain"


@dataclass(frozen=True, slots=True)
class ExplainRequest:
    """`number` (from 1, in the report's order) and `rule` choose findings; neither means all that are told."""

    start: Path
    number: int | None = None
    rule: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a finding. `role`: writer, reader, old, new or at. `fragment`: what its text says at the place, None
    where the text is not at hand. `command` checks the witness against it, `expected` is the answer to expect."""

    role: str
    name: str
    pointer: str
    line: int | None = None
    fragment: str | None = None
    command: str | None = None
    expected: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) is not None}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One finding. `finding` is its record in the report; `parts` is what the reader says about the witness."""

    number: int
    subject: str
    format: str
    finding: Mapping[str, Any]
    parties: tuple[Party, ...] = ()
    parts: tuple[Problem, ...] = ()

    @property
    def witness(self) -> Any:
        """The document with its exact numbers; None where there is none."""
        return _document(self.finding)

    def to_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "subject": self.subject,
            "format": self.format,
            "finding": self.finding,
            "witness": self.witness,
            "parties": [party.to_json() for party in self.parties],
            "parts": [part.to_json() for part in self.parts],
        }


def explain(request: ExplainRequest, data: bytes) -> list[Explanation]:
    """The chosen findings of a report (JSON, or one report per line). Raises InputError for what is no report,
    NotFoundError for a finding that it does not hold."""
    numbered = list(enumerate(_findings(data), start=1))
    chosen = [item for item in numbered if _wanted(request, item[0], item[1][1])]
    if not chosen and (request.number is not None or request.rule is not None):
        asked = (
            f"finding number {request.number}" if request.number is not None else f"finding of rule {request.rule!r}"
        )
        raise NotFoundError(f"the report has no {asked}", hint=f"it has {len(numbered)} findings")
    with Texts(request.start, request.environment) as texts:
        return [_explained(texts, number, subject, finding) for number, (subject, finding) in chosen]


def _wanted(request: ExplainRequest, number: int, finding: Mapping[str, Any]) -> bool:
    if request.number is not None:
        return number == request.number
    if request.rule is not None:
        return _plain(str(finding["rule"])) == _plain(request.rule)
    return finding.get("severity") != "off"


def _plain(rule: str) -> str:
    return rule.replace("-", "_")


def _findings(data: bytes) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each finding with the record of its subject (empty: the registry as a whole), in the report's order."""
    for report in _reports(data):
        yield from (({}, finding) for finding in _records(report, "findings"))
        for subject in _records(report, "subjects"):
            yield from ((subject, finding) for finding in _records(subject, "findings"))


def _reports(data: bytes) -> Iterator[Mapping[str, Any]]:
    try:
        found = [loads(data, max_bytes=MAX_DOCUMENT_BYTES, max_depth=_MAX_DEPTH)]
    except DocumentError:
        lines = [line for line in data.split(b"\n") if line.strip()]
        if len(lines) < 2:
            raise
        found = [loads(line, max_bytes=MAX_DOCUMENT_BYTES, max_depth=_MAX_DEPTH) for line in lines]
    for report in found:
        if not isinstance(report, dict) or report.get("report") != REPORT_VERSION:
            raise InputError("this is no JSON report of llmreg", hint=_HINT)
        yield report


def _records(record: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = record.get(key, [])
    wanted = "rule" if key == "findings" else "subject"
    if not isinstance(found, list) or not all(isinstance(item, dict) and wanted in item for item in found):
        raise InputError(f"this is no JSON report of llmreg: its {key!r} are not what they should be", hint=_HINT)
    return found


def _explained(texts: Texts, number: int, subject: Mapping[str, Any], finding: Mapping[str, Any]) -> Explanation:
    new = texts.new(subject)
    old = texts.old(subject, finding.get("against") or subject.get("against"))
    parties: list[Party] = []
    parts: tuple[Problem, ...] = ()
    for role, key, text in _roles(finding, old, new):
        place = finding.get(key)
        if isinstance(place, dict):
            parties.append(_party(role, text, place, finding))
        if role == "reader" and text is not None:
            parts = _parts(texts, text, str(subject.get("format")), finding)
    return Explanation(
        number, str(subject.get("subject", "")), str(subject.get("format", "")), finding, tuple(parties), parts
    )


def _roles(finding: Mapping[str, Any], old: Text | None, new: Text | None) -> Sequence[tuple[str, str, Text | None]]:
    """(role, the finding's key, text) of both sides; without a direction nobody reads and nobody writes."""
    direction = finding.get("direction")
    if direction == "backward":
        return ("writer", "writer", old), ("reader", "reader", new)
    if direction == "forward":
        return ("writer", "writer", new), ("reader", "reader", old)
    if finding.get("class") in ("integrity", "invalid"):
        return ("at", "writer", new), ("at", "reader", new)
    return ("old", "writer", old), ("new", "reader", new)


def _party(role: str, text: Text | None, place: Mapping[str, Any], finding: Mapping[str, Any]) -> Party:
    pointer, line = str(place.get("pointer", "")), place.get("line")
    line = line if isinstance(line, int) else None
    if text is None:
        return Party(role, f"the {role}'s schema", pointer, line)
    command = _command(role, text, finding)
    expected = _EXPECTED[role, finding.get("class") == "ignored"] if command else None
    return Party(role, text.name, pointer, line, text.at(pointer, line), command, expected)


def _command(role: str, text: Text, finding: Mapping[str, Any]) -> str | None:
    """One line that checks the witness against this side. Reading a binary form takes both schemas: there only the
    writer's side can be checked alone."""
    witness = finding.get("witness")
    if not isinstance(witness, dict) or role not in ("writer", "reader"):
        return None
    if witness.get("bytes") is not None and role == "reader":
        return None
    document = dumps(_document(finding))
    strict = " --strict" if role == "reader" and finding.get("class") == "ignored" else ""
    if len(document) > _MAX_COMMAND:
        return f"{text.fetch}llmreg validate {text.target} witness.json{strict}"
    return f"{text.fetch}printf %s {shlex.quote(document)} | llmreg validate {text.target}{strict}"


def _document(finding: Mapping[str, Any]) -> Any:
    witness = finding.get("witness")
    if not isinstance(witness, dict):
        return None
    exact = witness.get("text")
    return loads(exact, max_depth=_MAX_DEPTH) if isinstance(exact, str) else witness.get("document")


def _parts(texts: Texts, text: Text, format_name: str, finding: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Which part of the witness the reader refuses; nothing where the document alone does not tell."""
    witness = finding.get("witness")
    if not isinstance(witness, dict) or witness.get("bytes") is not None:
        return ()
    with suppress(LlmregError):  # a schema that cannot be read any more explains nothing here
        schema_format = catalogue.get(format_name)
        source = Source(text.data, name=text.name, resolve=texts.resolve(format_name), strict=False, path=text.path)
        problems = schema_format.validator(schema_format.parse(source)).problems(_document(finding))
        return tuple(problems[:_MAX_PARTS])
    return ()
