"""The verdict on one new version: which earlier versions it answers to, in which direction, and what was found.

Knows no format: everything about documents comes through the `Format` interface.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from llmreg.compat.like import of_either, refuse_unknown
from llmreg.compat.policy import Terms
from llmreg.formats.interface import CompareOptions, Comparison, Format, Schema
from llmreg.model.finding import ChangeClass, Finding, Status
from llmreg.model.mode import Direction
from llmreg.model.record import dataclass, field, replace
from llmreg.model.report import Undecided, Verdict, worst
from llmreg.model.version import Version


class Earlier(NamedTuple):
    """A version that the new one may have to answer to; parsed when somebody asks for it (`load` remembers)."""

    version: Version
    load: Callable[[], Schema]
    retired: bool = False

    @property
    def schema(self) -> Schema:
        return self.load()


class Judgement(NamedTuple):
    """What the pairs of a mode gave, before anything is accepted as a declared major. `pairs` counts comparisons."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    notes: tuple[str, ...] = ()
    pairs: int = 0


@dataclass(slots=True)
class Judge:
    """Compares schemas of one format under one set of terms and remembers every pair it has judged."""

    format: Format
    terms: Terms
    settings: Mapping[str, Any] = field(default_factory=dict)
    _seen: dict[tuple[int, int], Comparison] = field(default_factory=dict)
    _kept: list[Schema] = field(default_factory=list)

    def __post_init__(self) -> None:
        refuse_unknown(self.format, self.terms.rules.like)

    def against(self, earlier: Sequence[Earlier], new: Schema, older: Sequence[Earlier] = ()) -> Judgement:
        """Every pair that the mode lists between `new` and `earlier` (oldest first, already in scope).

        `older`: every version before the new one, in scope or not, for a format that looks for what comes back."""
        mode = self.terms.rules.mode
        standing = [item for item in earlier if not item.retired]
        targets = standing if mode.transitive else standing[-1:]
        found = [
            self.pair(target, new, direction, self._before(target, older or earlier, direction))
            for target in reversed(targets)
            for direction in mode.directions
        ]
        findings = [finding for judgement in found for finding in judgement.findings]
        return Judgement(
            verdict=worst([judgement.verdict for judgement in found]),
            findings=tuple(_once(findings)),
            undecided=tuple(item for judgement in found for item in judgement.undecided),
            notes=tuple(dict.fromkeys(note for judgement in found for note in judgement.notes)),
            pairs=len(found),
        )

    def _before(self, target: Earlier, earlier: Sequence[Earlier], direction: Direction) -> tuple[Schema, ...]:
        """The versions before the target and the retired ones after it, for a format that looks for what comes back
        in the new one; once, in the first direction that the mode has."""
        if not self.format.looks_back or direction is not self.terms.rules.mode.directions[0]:
            return ()
        return tuple(
            item.schema
            for item in earlier
            if item.version < target.version or (item.retired and item.version != target.version)
        )

    def pair(self, target: Earlier, new: Schema, direction: Direction, before: tuple[Schema, ...] = ()) -> Judgement:
        """One direction between an earlier version and the new one, with policy and waivers applied.

        `before`: the versions before the earlier one, oldest first."""
        old = target.schema
        writer, reader = (old, new) if direction is Direction.BACKWARD else (new, old)
        comparison = self._compare(writer, reader, before, new_writes=reader is old)
        findings = tuple(
            self.terms.apply(replace(finding, direction=direction, against=str(target.version)))
            for finding in comparison.findings
        )
        undecided = tuple(
            replace(item, direction=direction.value, against=str(target.version)) for item in comparison.undecided
        )
        return Judgement(comparison.verdict, findings, undecided, comparison.notes, pairs=1)

    def changes(self, old: Schema, new: Schema) -> tuple[Finding, ...]:
        """What changed without a data break: what a model sees, order, hints."""
        return tuple(self.terms.apply(finding) for finding in self.format.changes(old, new, self._options()))

    def equivalent(self, old: Schema, new: Schema) -> bool | None:
        """Whether the same documents are written and accepted; None when that is not decided in time."""
        return self.format.equivalent(old, new, self._options())

    def _compare(self, writer: Schema, reader: Schema, earlier: tuple[Schema, ...], *, new_writes: bool) -> Comparison:
        key = (id(writer), id(reader))
        if key not in self._seen:
            policies = self.terms.rules.like or ("",)
            asked = (self._options(earlier, new_writes=new_writes, policy=name) for name in policies)  # deadlines: late
            self._seen[key] = of_either([_honest(self.format.compare(writer, reader, each)) for each in asked])
            self._kept += [writer, reader]  # an id is unique only while its object lives
        return self._seen[key]

    def _options(
        self, earlier: tuple[Schema, ...] = (), *, new_writes: bool = False, policy: str = ""
    ) -> CompareOptions:
        surfaces = self.settings.get("surfaces", ())
        return CompareOptions(
            closed=self.terms.rules.writer == "closed",
            deadline=time.monotonic() + self.terms.budget_seconds,
            ignored_fails=self.terms.kind.ignored_fails,
            surfaces=(surfaces,) if isinstance(surfaces, str) else tuple(surfaces),
            settings=self.settings,
            earlier=earlier,
            new_writes=new_writes,
            policy=policy,
        )


def _honest(comparison: Comparison) -> Comparison:
    """Hold a format to its promise: no break without a confirmed witness or a stated claim, and nothing without a word.

    A finding that says it is witnessed but was confirmed by nobody makes the pair undecided instead of incompatible.
    What a format leaves open, or refuses, without saying why would pass for want of anything to report."""
    if _silent(comparison):
        doubt = Undecided("unexplained", "the format gives no verdict and does not say why")
        return replace(comparison, verdict=Verdict.UNDECIDED, undecided=(doubt,))
    unproved = [
        finding for finding in comparison.findings if finding.cls is ChangeClass.BREAKING and not _proved(finding)
    ]
    if not unproved:
        return comparison
    kept = tuple(finding for finding in comparison.findings if finding not in unproved)
    doubts = tuple(
        Undecided("unconfirmed", f"{finding.rule}: no second engine confirmed the witness", _place(finding))
        for finding in unproved
    )
    breaking = any(finding.cls is ChangeClass.BREAKING for finding in kept)
    verdict = Verdict.INCOMPATIBLE if breaking else Verdict.UNDECIDED
    return replace(comparison, verdict=verdict, findings=kept, undecided=comparison.undecided + doubts)


def _silent(comparison: Comparison) -> bool:
    told = {Verdict.UNDECIDED: comparison.undecided, Verdict.INCOMPATIBLE: comparison.findings}
    return not told.get(comparison.verdict, (True,))


def _proved(finding: Finding) -> bool:
    if finding.status is Status.CLAIMED:
        return bool(finding.claim)
    return finding.witness is not None and bool(finding.witness.confirmed_by)


def _place(finding: Finding) -> str:
    place = finding.reader or finding.writer
    return place.pointer if place else ""


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """The same cause against several versions is one finding, told against the newest of them."""
    seen: set[tuple[object, ...]] = set()
    kept = []
    for finding in findings:
        key = (finding.rule, finding.direction, finding.message, finding.reader, finding.writer, finding.surface)
        if key not in seen:
            seen.add(key)
            kept.append(finding)
    return kept
