"""The part of a check that looks at bindings: those whose file or whose subjects the change touches."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from llmreg.compat.schemas import Schemas
from llmreg.llm.bindings.load import check_bindings, touched_bindings
from llmreg.llm.bindings.resolve import Candidate
from llmreg.llm.bindings.terms import Policies
from llmreg.model.finding import Finding, Severity
from llmreg.model.report import SubjectReport
from llmreg.model.version import Version
from llmreg.ops.check.subject import Sides
from llmreg.store.registry import RegistryView


class Bindings(NamedTuple):
    """The bindings that were checked, by name, and what was found."""

    names: tuple[str, ...]
    findings: tuple[Finding, ...]


def affected_bindings(sides: Sides, subjects: Collection[str], reports: list[SubjectReport]) -> Bindings:
    """Judge the bindings that the change touches, with pending versions as if they were registered.

    What is only worth knowing (`export_needed`) holds with and without the change; `bind check` tells it."""
    head, schemas, base = sides.head, sides.schemas, sides.base.snapshot if sides.base is not None else None
    names = touched_bindings(base, head.snapshot, subjects, schemas)
    if not names:
        return Bindings((), ())
    policies = Policies(head.config, sides.base_config, base)
    found = list(check_bindings(head.snapshot, schemas, policies, names, candidates(head, schemas, reports)))
    return Bindings(
        tuple(item.name for item in found),
        tuple(one for item in found for one in item.findings if one.waived or one.severity.rank > Severity.INFO.rank),
    )


def candidates(head: RegistryView, schemas: Schemas, reports: Iterable[SubjectReport]) -> dict[str, Candidate]:
    """The working files that would be the next version of their subject, each with the number that it would get."""
    found = {}
    for report in reports:
        if report.pending is None or report.pending == "?":
            continue
        subject = head.view(report.subject)
        working = subject.working
        if working is not None:
            schema = schemas.fresh(subject, working[1], report.subject)
            found[report.subject] = Candidate(Version.parse(report.pending), schema)
    return found
