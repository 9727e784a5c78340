"""Two versions of a prompt as their callers see them: what the variables of each refuse of the other's."""

from __future__ import annotations

from llmreg.compat.policy import Terms
from llmreg.compat.schemas import Schemas
from llmreg.errors import LlmregError
from llmreg.formats.interface import Schema
from llmreg.formats.prompt.schema import PromptSchema
from llmreg.llm.prompts.callers import Filled, live, recorded, with_callers
from llmreg.llm.prompts.registry import Prompts
from llmreg.llm.prompts.unnamed import Unnamed
from llmreg.model.record import replace
from llmreg.model.report import SubjectReport
from llmreg.model.version import Version
from llmreg.ops.diff.side import Side
from llmreg.store import layout
from llmreg.store.registry import SubjectView


def with_variables(
    report: SubjectReport,
    old: tuple[Side, Schema],
    new: tuple[Side, Schema],
    terms: Terms,
    prompts: Prompts,
) -> SubjectReport:
    """The report with both directions judged by what each side is filled in by; a note where that is not known."""
    subject = next((side.subject for side, _ in (new, old) if side.subject is not None), None)
    try:
        before, after = _filled(*old, subject, prompts), _filled(*new, subject, prompts)
    except LlmregError as error:
        return replace(report, notes=(*report.notes, f"the variables of both are not compared: {error}"))
    if before is not None and after is not None:
        return with_callers(report, terms, before, after)
    unknown = [side.label for side, _ in (old, new) if side.subject is None and ":" in side.label]
    if not unknown or (before is None and after is None):
        return report
    why = "no file of a subject stands there, so that its callers are not judged"
    return replace(report, notes=(*report.notes, f"the variables of {unknown[0]} are not known: {why}"))


def _filled(side: Side, schema: Schema, subject: SubjectView | None, prompts: Prompts) -> Filled | None:
    """What a version was registered with; a file is the next version of the other side's subject, and what stands at a
    revision has the settings of that revision. None where that is not known. Raises LlmregError."""
    if side.version is not None and side.subject is not None:
        wanted = recorded(side.subject, side.version)
    elif side.owner is not None:
        registry, path = side.owner
        place = layout.parse_path(path)
        if place.subject is None or not registry.has(place.subject):
            return None
        wanted = _at_revision(registry.view(place.subject), place)
        prompts = Prompts(registry, Schemas(registry))
    elif subject is not None and ":" not in side.label:
        wanted = live(subject)
    else:
        return None
    if wanted is not None:
        return prompts.variables(wanted)
    return Unnamed(side.label, schema) if isinstance(schema, PromptSchema) else None


def _at_revision(subject: SubjectView, place: layout.Location) -> str | None:
    return recorded(subject, Version.parse(place.stem)) if place.stem is not None else live(subject)
