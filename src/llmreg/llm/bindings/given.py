"""What a binding's input is to its prompt: the variables that the prompt takes, and whether the input suits them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from llmreg.compat.schemas import Schemas
from llmreg.compat.selector import split
from llmreg.errors import LlmregError
from llmreg.formats.interface import Comparison
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.prompt.schema import PromptSchema
from llmreg.llm.bindings.resolve import Bound, Case, fill
from llmreg.llm.prompts import PromptReport, check_prompt
from llmreg.llm.prompts.callers import in_force, live
from llmreg.model.binding import Target
from llmreg.model.report import Undecided, Verdict


class Given(NamedTuple):
    """The input beside the variables of the prompt, and whether these take whatever the input allows."""

    input: Bound
    variables: Bound
    comparison: Comparison


def variables_target(schemas: Schemas, prompt: str) -> Target | None:
    """The subject and range that a prompt names for its variables; None for what names none or cannot be read."""
    try:
        wanted = live(schemas.subject(prompt))
    except LlmregError:
        return None
    return _target(wanted)


def _filled_by(case: Case, prompt: Bound) -> Target | None:
    """The variables of the version that is bound, which may not be the newest one."""
    followed = prompt.subject.name in case.candidates
    wanted = live(prompt.subject) if prompt.pending else in_force(prompt.subject, prompt.version, followed=followed)
    return _target(wanted)


def _target(wanted: str | None) -> Target | None:
    return None if wanted is None else Target(*split(wanted))


def given(case: Case) -> Given | None:
    """None where there is nothing to compare: no input, no prompt, no variables, or both are the same version.

    Variables that cannot be resolved are told of with the prompt itself."""
    source, prompt = case.role("input"), case.role("prompt")
    target = _filled_by(case, prompt) if source is not None and prompt is not None else None
    if source is None or target is None:
        return None
    try:
        variables = fill(case.schemas, "prompt", target, case.candidates)
    except LlmregError:
        return None
    if variables.name == source.name:
        return None
    if variables.schema.format != source.schema.format:
        message = f"{source.name} is {source.schema.format} and {variables.name} {variables.schema.format}"
        return Given(source, variables, Comparison(Verdict.UNDECIDED, undecided=(Undecided("format", message),)))
    return Given(source, variables, case.compare(source.schema, variables.schema))


def rendered(case: Case) -> PromptReport | None:
    """The prompt judged against its variables, or against the input itself where it names none; None where there is
    neither. What cannot be judged at all is `undecided`."""
    prompt = case.role("prompt")
    if prompt is None or not isinstance(prompt.schema, PromptSchema):
        return None
    target = _filled_by(case, prompt)
    try:
        data = case.role("input") if target is None else fill(case.schemas, "prompt", target, case.candidates)
        if data is None or not isinstance(data.schema, JsonSchema):
            return None
        return _judged(prompt.schema, data.schema)
    except LlmregError as error:
        return PromptReport((), (error.message,))


@lru_cache(maxsize=64)
def _judged(prompt: PromptSchema, data: JsonSchema) -> PromptReport:
    """Rendering takes a process of its own, and several bindings share a prompt; a schema is parsed once."""
    return check_prompt(prompt, data)
