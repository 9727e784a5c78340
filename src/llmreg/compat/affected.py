"""Who is affected by a declared major: the versions that pin an earlier version of the subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from llmreg.model.record import replace
from llmreg.model.report import SubjectReport, Verdict
from llmreg.store.registry import RegistryView


def with_affected(reports: Iterable[SubjectReport], registry: RegistryView) -> tuple[SubjectReport, ...]:
    """The reports; those of an accepted break list who pins an earlier version, as `subject@version`, sorted.

    Every ledger is read, but only when there is such a break."""
    reports = tuple(reports)
    broken = [report for report in reports if report.accepted and report.verdict is not Verdict.COMPATIBLE]
    if not broken:
        return reports
    users = registry.users()
    return tuple(
        replace(report, affected=_pinning(report.subject, users)) if report in broken else report for report in reports
    )


def _pinning(subject: str, users: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    found = {user for pin, names in users.items() if pin.rpartition("@")[0] == subject for user in names}
    return tuple(sorted(found))
