"""A stored report is read back whole, and told in the words of every other output."""

from __future__ import annotations

from llmreg.index.reader import Index
from llmreg.model.finding import Severity
from llmreg.render.pages.diff import diff_view
from llmreg.render.pages.stored import report_of


def test_what_was_stored_is_what_is_told(example: Index) -> None:
    seen = 0
    for subject in example.subjects():
        for version in subject.versions:
            stored = example.report(version)
            if stored is None:
                continue
            seen += 1
            again = report_of(stored).to_json()
            assert {**again, "accepted": stored.get("accepted")} == {**stored, "accepted": stored.get("accepted")}
    assert seen > 20


def test_a_number_beyond_double_precision_stays_exact() -> None:
    place = {"pointer": ""}
    witness = {"document": 0.1, "bytes": None, "confirmed_by": ["x 1"], "text": "0.1000000000000000000000001"}
    finding = {
        "rule": "maximum_lowered",
        "class": "breaking",
        "severity": "error",
        "direction": "forward",
        "against": "1.0.0",
        "writer": place,
        "reader": place,
        "message": "`a`: too much",
        "status": "witnessed",
        "witness": witness,
        "waived": "known",
    }
    stored = {
        "subject": "a",
        "format": "json",
        "mode": "FORWARD",
        "verdict": "incompatible",
        "bump": None,
        "findings": [{**finding, "severity": "warn"}, {**finding, "severity": "off"}],
        "undecided": [],
        "against": "1.0.0",
    }
    report = report_of(stored)
    assert report.accepted == "waived: known"
    view = diff_view("1.0.0", "1.1.0", report, (b"{}", b"{}"), lambda _: [])
    assert [item.severity for item in view.findings] == ["warning"]
    assert report.findings[1].severity is Severity.OFF
    (told,) = view.findings
    assert told.proof is not None
    assert (told.proof.writer, told.proof.reader, told.proof.refused) == ("1.1.0", "1.0.0", True)
    assert told.proof.document == "0.1000000000000000000000001"
    assert [(side.role, side.version) for side in told.sides] == [("writer", "1.1.0"), ("reader", "1.0.0")]
