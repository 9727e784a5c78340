"""The declared bump is at least the computed one (`bump`); it follows from verdicts.

The same documents are written and accepted: patch. Compatible under the mode: minor. Else major. A change that only a
model sees is minor for the kinds that a model reads.

Why it breaks:
    People pin ranges: `^1.2` promises that 1.3 can be taken blindly. A number that promises too much breaks them.

Example:
    A version file added by hand as 1.2.1 has a new required property: the change is major, the number says patch.

Instead:
    Let `llmreg register` choose the number, or declare the break with `--bump major`.
"""

from __future__ import annotations

from collections.abc import Sequence

from llmreg.compat.judge import Judge, Judgement
from llmreg.formats.interface import Schema
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.report import BumpReport, Verdict
from llmreg.model.version import Bump, Version

FIRST_VERSION = "the first version"
UNCHANGED = BumpReport(None, Bump.PATCH, "the same documents are written and accepted")
_SEEN_BY_MODELS = frozenset({ChangeClass.PROMPT_VISIBLE, ChangeClass.ORDER})


def compute(
    judge: Judge, judgement: Judgement, changes: Sequence[Finding], predecessor: Schema | None, new: Schema
) -> BumpReport:
    """The smallest bump that these verdicts allow, and why. `predecessor` None: the first version."""
    if predecessor is None:
        return BumpReport(None, Bump.MAJOR, FIRST_VERSION)
    breaks = [finding for finding in judgement.findings if finding.severity is Severity.ERROR]
    if breaks:
        rules = ", ".join(dict.fromkeys(finding.rule for finding in breaks))
        return BumpReport(None, Bump.MAJOR, f"breaks {judge.terms.rules.mode}: {rules}")
    if judgement.verdict is Verdict.UNDECIDED:
        return BumpReport(None, Bump.MINOR, "not decided whether documents break")
    equivalent = judge.equivalent(predecessor, new)
    if not equivalent:
        why = "accepts or writes other documents" if equivalent is False else "not proved that nothing changed"
        return BumpReport(None, Bump.MINOR, f"{why}, compatible under {judge.terms.rules.mode}")
    seen = [finding.rule for finding in changes if finding.cls in _SEEN_BY_MODELS]
    if seen and judge.terms.kind.model_reads:
        return BumpReport(
            None, Bump.MINOR, f"a model sees the change ({', '.join(dict.fromkeys(seen))}); the documents are the same"
        )
    return UNCHANGED


def step(before: Version | None, after: Version) -> Bump:
    """The bump that two version numbers show."""
    if before is None or after.major != before.major:
        return Bump.MAJOR
    if after.minor != before.minor:
        return Bump.MINOR
    if before.prerelease and not after.prerelease and before.minor == after.minor and before.patch == after.patch:
        return Bump.MAJOR if after.minor == after.patch == 0 else Bump.MINOR if after.patch == 0 else Bump.PATCH
    return Bump.PATCH
