"""Prompts in a registry: each against the version of its variables that its range leads to, and the reverse.

For a changed prompt: `Prompts.of_prompt`. For a changed variables subject: `Prompts.users`, then `of_prompt` with the
new schema for each. Nothing is looked at that a change does not reach.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from llmreg.compat.schemas import Registry, Schemas, Subject
from llmreg.compat.selector import pick, split
from llmreg.errors import LlmregError, NotFoundError
from llmreg.formats.interface import Schema
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.prompt.schema import PromptSchema
from llmreg.llm.prompts.callers import RECORDED, Variables, live
from llmreg.llm.prompts.check import check_prompt
from llmreg.llm.prompts.unnamed import Unnamed
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.range import Range
from llmreg.model.report import Undecided
from llmreg.model.version import Version
from llmreg.store import layout

SETTINGS = (RECORDED, "output")


class Found(NamedTuple):
    """`findings` are placed in the prompt; `against` is what it was judged with, such as `prompts/vars@1.2.0`."""

    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    against: str = ""


class Draft(NamedTuple):
    """A version that is not registered yet: of a variables subject, `number` is what it would be."""

    subject: str
    number: Version
    schema: Schema


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of one snapshot."""

    registry: Registry
    schemas: Schemas

    def of_prompt(self, subject: Subject, prompt: Schema, draft: Draft | None = None) -> Found:
        """A prompt against its variables: those of `draft`, where its number is in the range, else the registered
        ones. Nothing where `subject.yaml` names none. Never raises for what a registry may hold."""
        findings = list(self._unresolved(subject, draft))
        wanted = live(subject)
        if not isinstance(prompt, PromptSchema) or wanted is None or findings:
            return Found(tuple(findings))
        try:
            name, schema = self._variables(wanted, draft)
            if not isinstance(schema, JsonSchema):
                return Found(
                    (_wrong(subject, RECORDED, f"{name} is {schema.format}; a prompt's variables are a JSON Schema"),)
                )
            report = check_prompt(prompt, schema)
        except LlmregError as error:
            return Found((_wrong(subject, RECORDED, error.message, error.hint),))
        open_ = tuple(Undecided("not-rendered", f"against {name}: {why}") for why in report.undecided)
        return Found(report.findings, open_, name)

    def users(self, names: Iterable[str], variables: str) -> list[str]:
        """The prompts among `names` whose variables are a subject. One whose settings cannot be read is left out: it
        is told of elsewhere."""
        found = []
        for name in names:
            try:
                subject = self.registry.subject(name)
                wanted = live(subject)
            except LlmregError:
                continue
            if subject.config.format == "prompt" and wanted is not None and split(wanted)[0] == variables:
                found.append(name)
        return found

    def variables(self, wanted: str, draft: Draft | None = None) -> Variables:
        """What `SUBJECT@RANGE` selects. Raises LlmregError."""
        name, schema = self._variables(wanted, draft)
        return Variables(name, schema, self.registry.subject(split(wanted)[0]).config.writer != "open")

    def unnamed(self, subject: Subject, version: Version) -> Unnamed | None:
        """A version that named no variables; None for what is no prompt. Raises LlmregError."""
        prompt = self.schemas.registered(subject, version)
        return Unnamed(f"{subject.name}@{version}", prompt) if isinstance(prompt, PromptSchema) else None

    def _variables(self, wanted: str, draft: Draft | None) -> tuple[str, Schema]:
        """(subject@version, its schema). Raises LlmregError."""
        name, versions = split(wanted)
        if draft is not None and draft.subject == name and Range.parse(versions).matches(draft.number):
            return f"{name}@{draft.number}", draft.schema
        subject = self.registry.subject(name)
        line = pick(subject, versions)
        return f"{name}@{line.version}", self.schemas.registered(subject, line.version)

    def _unresolved(self, subject: Subject, draft: Draft | None) -> Iterable[Finding]:
        """Ranges in `subject.yaml` that lead nowhere."""
        for key in SETTINGS:
            wanted = subject.config.settings.get(key)
            if wanted is None or (draft is not None and key == RECORDED and split(wanted)[0] == draft.subject):
                continue
            try:
                name, versions = split(wanted)
                pick(self.registry.subject(name), versions)
            except NotFoundError as error:
                yield _wrong(subject, key, error.message, error.hint)


def _wrong(subject: Subject, key: str, message: str, hint: str | None = None) -> Finding:
    return Finding(
        rule="refs",
        cls=ChangeClass.INTEGRITY,
        severity=Severity.ERROR,
        message=f"`{key}` in subject.yaml: {message}",
        fix=hint,
        file=layout.config_path(subject.name),
    )
