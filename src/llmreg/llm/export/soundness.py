"""Whether an export is sound: every answer that its form admits decodes to a document of the original schema.

The engine that compares schemas is asked whether the schema of decoded documents is contained in the original. Where it
cannot say, generated answers are decoded and judged. A counterexample counts only once an answer that the form admits
decodes to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from llmreg.errors import DocumentError, InputError, LlmregError
from llmreg.formats import catalogue
from llmreg.formats.interface import CompareOptions, Format, Schema, Source, Validator
from llmreg.llm.export.answers import answers
from llmreg.llm.export.decode import Reader, decode_answer
from llmreg.llm.export.export import Export
from llmreg.llm.export.inverse import answer_for, decoded_schema
from llmreg.llm.export.steps import Effect
from llmreg.model.jsontext import dumps, plain
from llmreg.model.report import Verdict

TESTED = 100  # generated answers where there is no proof
_SEED = 1
_SHOWN = 200


class Standing(StrEnum):
    """`proved`: every answer decodes to a document of the schema. `tested`: as many generated answers as `tested` says
    do, and `why` there is no proof. `refused`: `decode` has to refuse some, as the manifest's `widens` steps say, such
    as `answer`. `unsound`: one decodes to no document although no step says so, which is a fault of the export."""

    PROVED = "proved"
    TESTED = "tested"
    REFUSED = "refused"
    UNSOUND = "unsound"


@dataclass(frozen=True, slots=True)
class Soundness:
    """`answer` is an answer that the form admits and that decodes to no document of the schema."""

    standing: Standing
    tested: int = 0
    why: str | None = None
    answer: Any = None

    def to_json(self) -> dict[str, Any]:
        """`{"standing"}`, and what there is of `tested`, `why`, `answer`."""
        fields: dict[str, Any] = {"standing": self.standing.value}
        if self.standing is Standing.TESTED:
            fields["tested"] = self.tested
        if self.why is not None:
            fields["why"] = self.why
        if self.standing in (Standing.REFUSED, Standing.UNSOUND):
            fields["answer"] = plain(self.answer)
        return fields

    def __str__(self) -> str:
        if self.standing is Standing.PROVED:
            return "proved: every answer that this form admits decodes to a document of the schema"
        if self.standing is Standing.TESTED and not self.tested:
            return f"no proof, and nothing to generate: {self.why}"
        if self.standing is Standing.TESTED:
            return f"tested: {self.tested} generated answers decode to documents of the schema; no proof: {self.why}"
        if self.standing is Standing.REFUSED:
            return f"not enforced: this form admits answers that decode refuses, such as {_shown(self.answer)}"
        return f"unsound: this form admits answers that stand for no document, such as {_shown(self.answer)}"


def soundness(export: Export, document: Any, resources: Mapping[str, Any] | None = None) -> Soundness:
    """Judge an export of `document`; `resources` as in `export_schema`. At most about two seconds.

    Raises InputError for a document that is no schema."""
    json = catalogue.get("json")
    original = _parsed(json, document, resources or {})
    judge = _Judge(export, json.validator(original))
    try:
        text = dumps(decoded_schema(export, document.get("$schema") if isinstance(document, dict) else None))
        decoded = json.parse(Source(text.encode(), strict=False))
        found = json.compare(decoded, original, CompareOptions(closed=False))
    except LlmregError as error:  # what the engine cannot read is no proof, but answers can still be generated
        return judge.tested(error.message)
    if found.verdict is Verdict.COMPATIBLE:
        return Soundness(Standing.PROVED)
    for finding in found.findings:
        if finding.witness is not None:
            answer = answer_for(export, finding.witness.document)
            if judge.refutes(answer):
                return judge.refuted(answer)
    reasons = [item.message for item in found.undecided]
    return judge.tested(reasons[0] if reasons else "a counterexample was found that no answer decodes to")


def refuse_unsound(found: Soundness, export: Export) -> None:
    """Raise InputError for a fault of the export, with the answer that shows it."""
    if found.standing is Standing.UNSOUND:
        raise InputError(
            f"{export.source} for {export.provider}: the form admits {_shown(found.answer)}, which decodes to no "
            "document of the schema, and no step says so",
            hint="this is a fault of the export: tell llmreg about the schema",
        )


def _parsed(json: Format, document: Any, resources: Mapping[str, Any]) -> Schema:
    def resolve(subject: str, version: str) -> Schema:
        return _parsed(json, resources[f"llmreg:{subject}@{version}"], resources)

    return json.parse(Source(dumps(document).encode(), strict=False, resolve=resolve if resources else None))


class _Judge:
    """What answers say of an export."""

    def __init__(self, export: Export, validator: Validator) -> None:
        self._export = export
        self._validator = validator
        self._declared = any(step.effect is Effect.WIDENS for step in export.steps)

    def refutes(self, answer: Any) -> bool:
        """Whether the form admits the answer, and the original does not admit what it decodes to."""
        try:
            document = decode_answer(self._export, answer)
        except DocumentError:
            return False
        return Reader(self._export).fits(self._export.schema, answer) and not self._validator.is_valid(document)

    def refuted(self, answer: Any) -> Soundness:
        return Soundness(Standing.REFUSED if self._declared else Standing.UNSOUND, answer=answer)

    def tested(self, why: str) -> Soundness:
        """The word of generated answers. A form that takes any schema has none of its own to generate from."""
        number = 0
        if self._export.plain:
            return Soundness(Standing.TESTED, number, why)
        for answer in answers(self._export.schema, TESTED, _SEED):
            number += 1
            if self.refutes(answer):
                return self.refuted(answer)
        return Soundness(Standing.TESTED, number, why)


def _shown(answer: Any) -> str:
    text = dumps(answer)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
