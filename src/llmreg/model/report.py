"""The result of every check and comparison, and the input of every renderer."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from llmreg.model.finding import Finding, Severity
from llmreg.model.mode import Mode
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass, field
from llmreg.model.version import Bump

REPORT_VERSION = 1


class Verdict(StrEnum):
    """Never two-valued: `undecided` means that neither a proof nor a witness was found in time."""

    COMPATIBLE = "compatible"
    INCOMPATIBLE = "incompatible"
    UNDECIDED = "undecided"

    @property
    def rank(self) -> int:
        return ("compatible", "undecided", "incompatible").index(self.value)


def worst(verdicts: list[Verdict]) -> Verdict:
    """The verdict of the whole: incompatible before undecided before compatible."""
    return max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.COMPATIBLE)


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why one pair has no verdict: `reason` is a stable code, `pointer` the place in the writer or reader."""

    reason: str
    message: str
    pointer: str = ""
    direction: str | None = None
    against: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("reason", "message", "pointer", "direction", "against")}


@dataclass(frozen=True, slots=True)
class BumpReport:
    """`declared` is what the ledger line or the caller says, `computed` what the verdicts ask for, `why` in words."""

    declared: Bump | None
    computed: Bump | None
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "declared": self.declared.value if self.declared else None,
            "computed": self.computed.value if self.computed else None,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the check compared with: `revision` as asked, `commit` as resolved (None: nothing to compare with)."""

    revision: str
    commit: str | None
    why: str

    def to_json(self) -> dict[str, Any]:
        return {"revision": self.revision, "commit": self.commit, "why": self.why}


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """One subject's verdict. `version` is the judged version; `pending` the working file's next version instead.

    `accepted` says why an incompatible verdict passes (a declared major), `file` is what an annotation points at.
    `directions`, of a `diff`: the verdict each way, also of the way that the mode does not ask for. `kind`: in whose
    words a change is told."""

    subject: str
    format: str
    mode: Mode
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    version: str | None = None
    pending: str | None = None
    bump: BumpReport | None = None
    accepted: str | None = None
    affected: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    file: str | None = None
    against: str | None = None
    directions: Mapping[str, str] = field(default_factory=dict)
    kind: str = "data"

    @property
    def declares_major(self) -> bool:
        """Whether a new major version is what lets an incompatible verdict pass, and not a waiver or a policy."""
        return self.accepted is not None and self.bump is not None and self.bump.declared is Bump.MAJOR

    def fails(self, *, allow_undecided: bool = False) -> bool:
        """Whether a check of this subject does not pass."""
        undecided = bool(self.undecided) and not allow_undecided and self.accepted is None
        return undecided or any(finding.severity is Severity.ERROR for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "subject": self.subject,
            "format": self.format,
            "mode": self.mode.value,
            "verdict": self.verdict.value,
        }
        if self.pending is not None or self.version is None:
            fields["pending"] = self.pending
        else:
            fields["version"] = self.version
        fields["bump"] = self.bump.to_json() if self.bump else None
        fields["findings"] = [finding.to_json() for finding in self.findings]
        fields["undecided"] = [item.to_json() for item in self.undecided]
        extra = {
            "accepted": self.accepted,
            "affected": list(self.affected),
            "notes": list(self.notes),
            "problems": [problem.to_json() for problem in self.problems],
            "file": self.file,
            "against": self.against,
            "directions": dict(self.directions),
        }
        return fields | {key: value for key, value in extra.items() if value}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run found. `general` findings belong to no subject: those of the registry as a whole, and
    those of the `bindings` that were checked, by name, or of the schemas that were `linted`."""

    subjects: tuple[SubjectReport, ...] = ()
    baseline: Baseline | None = None
    general: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    checked: int = 0
    bindings: tuple[str, ...] = ()
    linted: tuple[str, ...] = ()
    allow_undecided: bool = False
    seconds: float = field(default=0.0, compare=False)

    @property
    def verdict(self) -> Verdict:
        return worst([subject.verdict for subject in self.subjects])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, subjects in order."""
        return self.general + tuple(finding for subject in self.subjects for finding in subject.findings)

    @property
    def ok(self) -> bool:
        """Whether the check passes: no finding of severity error, and nothing undecided unless allowed."""
        general = any(finding.severity is Severity.ERROR for finding in self.general)
        return not general and not any(s.fails(allow_undecided=self.allow_undecided) for s in self.subjects)

    def to_json(self) -> dict[str, Any]:
        """The stable report, version 1: docs/reference/report.md."""
        return {
            "report": REPORT_VERSION,
            "verdict": self.verdict.value,
            "ok": self.ok,
            "baseline": self.baseline.to_json() if self.baseline else None,
            "checked": self.checked,
            **({"bindings": list(self.bindings)} if self.bindings else {}),
            **({"linted": list(self.linted)} if self.linted else {}),
            "findings": [finding.to_json() for finding in self.general],
            "notes": list(self.notes),
            "subjects": [subject.to_json() for subject in self.subjects],
        }
