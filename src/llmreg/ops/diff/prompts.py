"""Two versions of a prompt as their callers see them: what the variables of each refuse of the other's."""

from __future__ import annotations

from llmreg.compat.policy import Terms
from llmreg.compat.schemas import Schemas
from llmreg.errors import LlmregError
from llmreg.llm.prompts.callers import live, recorded, with_callers
from llmreg.llm.prompts.registry import Prompts
from llmreg.model.record import replace
from llmreg.model.report import SubjectReport
from llmreg.ops.diff.side import Side
from llmreg.store.registry import RegistryView, SubjectView


def with_variables(
    report: SubjectReport, sides: tuple[Side, Side], terms: Terms, registry: RegistryView, schemas: Schemas
) -> SubjectReport:
    """The report with both directions judged by the variables that each side selects, where both are known."""
    subject = next((side.subject for side in sides if side.subject is not None), None)
    if subject is None:
        return report
    before, after = (_selected(side, subject) for side in sides)
    if before is None or after is None or before == after:
        return report
    prompts = Prompts(registry, schemas)
    try:
        old, new = prompts.variables(before), prompts.variables(after)
    except LlmregError as error:
        return replace(report, notes=(*report.notes, f"the variables of both are not compared: {error}"))
    return with_callers(report, terms, old, new)


def _selected(side: Side, subject: SubjectView) -> str | None:
    """What a version was registered with; a file is the next version of the other side's subject, and what stood at a
    revision has no settings here."""
    if side.version is not None:
        owner = side.subject or subject
        return recorded(owner, side.version) or live(owner)
    return live(subject) if ":" not in side.label else None
