"""Protobuf: `buf breaking` and llmreg on the same pairs of files, in turn.

buf's categories `WIRE` and `WIRE_JSON` against the surfaces `wire`, and `wire` with `json`. buf knows no direction, so
llmreg is asked for both (`FULL`). What is known of a pair is llmreg's payload, which the Protobuf runtime confirmed, or
its proof that every payload arrives. What buf flags against a proof is mostly policy, not error: a deleted field that
is not reserved is flagged because its number may come back. Times: buf and `llmreg diff` as processes with their
children, and llmreg's comparison inside a running process.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import LLMREG, Command, Run, once
from benchmarks.peers.cases import cases
from benchmarks.peers.score import Answered, Score, add, show
from llmreg.errors import LlmregError
from llmreg.formats.interface import CompareOptions, Source
from llmreg.formats.protobuf import FORMAT
from llmreg.model.finding import ChangeClass
from llmreg.model.report import Verdict

_BUF = Path(sys.executable).with_name("buf")
INSIDE = "llmreg, in process"
DEFAULT_SURFACES = ("wire", "json")
_SURFACES = {"WIRE": ("wire",), "WIRE_JSON": DEFAULT_SURFACES}


def run() -> None:
    """Ask both about every case of the rules that both can compile, and print a table for each category."""
    if not _BUF.exists():
        print("buf is not installed: left out")
        return
    for category, surfaces in _SURFACES.items():
        scores: dict[str, Score] = {}
        passed: list[str] = []
        flagged: list[str] = []
        for name, old, new in _pairs():
            ours, known = _ours(old, new, surfaces)
            with tempfile.TemporaryDirectory() as folder:
                place = _written(Path(folder), old, new)
                answers = {INSIDE: ours, "buf breaking, process": _buf(place, category)}
                if surfaces == DEFAULT_SURFACES:
                    answers["llmreg diff, process"] = _diff(place)
            add(scores, answers, known, base=INSIDE)
            buf = answers["buf breaking, process"].compatible
            if buf is not None and known is not None and buf is not known:
                (passed if buf else flagged).append(name)
        show(f"Protobuf, rule cases, {category}", scores)
        print(f"buf passes, a payload breaks: {', '.join(passed) or 'none'}")
        print(f"buf flags, every payload arrives: {', '.join(flagged) or 'none'}")


def _pairs() -> Iterator[tuple[str, str, str]]:
    for case in cases("protobuf"):
        yield case.name, case.old, case.new


def _written(place: Path, old: str, new: str) -> Path:
    for side, text in (("old", old), ("new", new)):
        (place / side).mkdir()
        (place / side / "schema.proto").write_text(text, encoding="utf-8")
    return place


def _ours(old: str, new: str, surfaces: tuple[str, ...]) -> tuple[Answered, bool | None]:
    """llmreg's answer, and what it shows: False with a confirmed payload, True with a proof, else None."""
    began = time.process_time()
    try:
        first, second = (FORMAT.parse(Source(text.encode())) for text in (old, new))
    except LlmregError as error:
        return Answered(None, 0.0, error.code), None
    options = CompareOptions(surfaces=surfaces, deadline=time.monotonic() + 10)
    both = FORMAT.compare(first, second, options), FORMAT.compare(second, first, options)
    ms = (time.process_time() - began) * 1000
    verdicts = {one.verdict for one in both}
    if Verdict.INCOMPATIBLE in verdicts:
        found = [finding for one in both for finding in one.findings if finding.cls is ChangeClass.BREAKING]
        shown = any(finding.witness is not None and finding.witness.confirmed_by for finding in found)
        return Answered(False, ms), False if shown else None
    return (Answered(None, ms), None) if Verdict.UNDECIDED in verdicts else (Answered(True, ms), True)


def _diff(place: Path) -> Answered:
    command = [str(LLMREG), "diff", "old/schema.proto", "new/schema.proto", "--mode", "FULL"]
    return _answered(once(Command("llmreg diff", command, place, (0, 1, 2))), broken=1)


def _buf(place: Path, category: str) -> Answered:
    config = json.dumps({"version": "v2", "breaking": {"use": [category]}})
    command = [str(_BUF), "breaking", str(place / "new"), "--against", str(place / "old"), "--config", config]
    return _answered(once(Command("buf breaking", command, place, (0, 1, 100))), broken=100)


def _answered(run: Run, *, broken: int) -> Answered:
    """The CPU is that of the process and its children."""
    return Answered({0: True, broken: False}.get(run.status), run.cpu * 1000, f"exit {run.status}")
