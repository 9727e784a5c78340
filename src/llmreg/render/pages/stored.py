"""A stored report (docs/reference/report.md) as the model's nouns again, so that the shared wording holds for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmreg.compat.verdict import accept_waived
from llmreg.model.finding import ChangeClass, Finding, Place, Severity, Status, Witness
from llmreg.model.jsontext import loads
from llmreg.model.mode import Direction, Mode
from llmreg.model.report import BumpReport, SubjectReport, Undecided, Verdict
from llmreg.model.version import Bump

_FINDING = ("rule", "message", "against", "claim", "fix", "surface", "level", "waived", "file", "line")


def report_of(stored: Mapping[str, Any]) -> SubjectReport:
    """One subject's entry. A break that is waived is told as accepted."""
    report = SubjectReport(
        subject=stored["subject"],
        format=stored["format"],
        mode=Mode(stored["mode"]),
        verdict=Verdict(stored["verdict"]),
        findings=tuple(_finding(item) for item in stored["findings"]),
        undecided=tuple(Undecided(**item) for item in stored["undecided"]),
        version=stored.get("version"),
        pending=stored.get("pending"),
        bump=_bump(stored.get("bump")),
        accepted=stored.get("accepted"),
        notes=tuple(stored.get("notes", ())),
        against=stored.get("against"),
    )
    return accept_waived(report)


def _finding(stored: Mapping[str, Any]) -> Finding:
    return Finding(
        cls=ChangeClass(stored["class"]),
        severity=Severity(stored["severity"]),
        writer=_place(stored["writer"]),
        reader=_place(stored["reader"]),
        direction=Direction(stored["direction"]) if stored["direction"] else None,
        status=Status(stored["status"]),
        witness=_witness(stored["witness"]),
        **{name: stored[name] for name in _FINDING if name in stored},
    )


def _place(stored: Mapping[str, Any] | None) -> Place | None:
    return Place(**stored) if stored else None


def _witness(stored: Mapping[str, Any] | None) -> Witness | None:
    """`text` stands where double precision would change the document."""
    if stored is None:
        return None
    text = stored.get("text")
    return Witness(
        document=stored["document"] if text is None else loads(text),
        bytes=stored["bytes"],
        expected=stored.get("expected"),
        confirmed_by=tuple(stored["confirmed_by"]),
    )


def _bump(stored: Mapping[str, Any] | None) -> BumpReport | None:
    if stored is None:
        return None
    declared, computed = stored["declared"], stored["computed"]
    return BumpReport(Bump(declared) if declared else None, Bump(computed) if computed else None, stored["why"])
