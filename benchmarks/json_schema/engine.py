"""llmreg as the benchmarks ask it: the whole public comparison, or only the verdict with its confirmed witness."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from benchmarks.json_schema.workers import Ask, Timed

WARM = [
    (
        '{"type":"object","properties":{"a":{"type":"string","pattern":"^[a-z]+$"}}}',
        '{"type":"object","required":["a"]}',
    ),
    ('{"$ref":"#/$defs/n","$defs":{"n":{"items":{"$ref":"#/$defs/n"},"oneOf":[{"const":1},{"type":"array"}]}}}', "{}"),
]


@dataclass(frozen=True)
class Judged:
    """What llmreg says of a pair. `witnesses` are documents that both validators confirmed, as exact JSON text;
    `unproved` the breaking findings without one; `undecided` reason, place and message of each."""

    verdict: str
    witnesses: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()
    undecided: tuple[tuple[str, str, str], ...] = ()
    findings: int = 0

    @property
    def compatible(self) -> bool | None:
        return {"compatible": True, "incompatible": False}.get(self.verdict)


def public(writer_side: str = "open") -> Ask:
    """Warmed: `(writer, reader)` texts to `Judged`, through `llmreg.compare`, parsing and findings included."""
    import llmreg
    from llmreg.model.jsontext import dumps

    def judge(writer: str, reader: str) -> Judged:
        report = llmreg.compare(writer, reader, format="json", mode="BACKWARD", writer=writer_side)
        (subject,) = report.subjects
        broken = [finding for finding in subject.findings if finding.cls.value == "breaking"]
        proofs = [one.witness for one in broken if one.witness is not None and len(one.witness.confirmed_by) >= 2]
        return Judged(
            verdict=subject.verdict.value,
            witnesses=tuple(dumps(witness.document) for witness in proofs),
            unproved=tuple(f.rule for f in broken if f.witness is None or len(f.witness.confirmed_by) < 2),
            undecided=tuple((one.reason, one.pointer, one.message) for one in subject.undecided),
            findings=len(broken),
        )

    for pair in WARM:
        judge(*pair)
    return judge


def public_closed() -> Ask:
    """The same with the writer closed, which is the default of the registry."""
    return public("closed")


def verdict_only(*, closed: bool = False) -> Ask:
    """Warmed: `(writer, reader)` texts to a `Timed` `(True | False | None)`; parsing is not counted, as for the peers.

    The inclusion engine decides, and two validators confirm the witness: what a yes or no costs without findings."""
    from llmreg.formats import catalogue
    from llmreg.formats.interface import Source
    from llmreg.formats.json.inclusion.decide import Contained, Counterexample, Question
    from llmreg.formats.json.judges import Validators

    schemas = catalogue.get("json")

    def judge(writer: str, reader: str) -> Timed:
        old: Any = schemas.parse(Source(writer.encode()))
        new: Any = schemas.parse(Source(reader.encode()))
        began = time.process_time()
        question = Question(old.side(closed=closed), new.side(closed=False), deadline=time.monotonic() + 2.0)
        answer = question.decide()
        value: bool | None = None
        if isinstance(answer, Contained):
            value = True
        elif isinstance(answer, Counterexample):
            judges = Validators(old, new, closed=closed)
            value = False if judges.confirm(answer.document) is not None else None
        return Timed(value, (time.process_time() - began) * 1000)

    for pair in WARM:
        judge(*pair)
    return judge
