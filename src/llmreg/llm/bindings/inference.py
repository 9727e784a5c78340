"""One call of a model against its binding: what it was given, and what it answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from llmreg.errors import NotFoundError, UsageError
from llmreg.formats import catalogue
from llmreg.formats.interface import Validator
from llmreg.llm.bindings.resolve import Bound, Case
from llmreg.model.binding import LEFT_OUT
from llmreg.model.problem import Problem


@dataclass(frozen=True, slots=True)
class Side:
    """The answer for one side: true when the document is valid. `schema` is `subject@version`."""

    schema: str
    errors: tuple[Problem, ...]

    @property
    def valid(self) -> bool:
        return not self.errors

    def __bool__(self) -> bool:
        return self.valid

    def to_json(self) -> dict[str, Any]:
        return {"schema": self.schema, "valid": self.valid, "errors": [error.to_json() for error in self.errors]}


@dataclass(frozen=True, slots=True)
class Inference:
    """Two reports; None for a side that was left out. True when every side that was given is valid."""

    binding: str
    input: Side | None
    output: Side | None

    @property
    def valid(self) -> bool:
        return all(side.valid for side in (self.input, self.output) if side is not None)

    def __bool__(self) -> bool:
        return self.valid

    def to_json(self) -> dict[str, Any]:
        sides = {name: getattr(self, name) for name in ("input", "output")}
        return {
            "binding": self.binding,
            "valid": self.valid,
            **{name: None if side is None else side.to_json() for name, side in sides.items()},
        }


class InferenceValidator:
    """Validators for the input and output of a resolved binding, compiled when first used; safe to share."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.name = case.binding.name

    @property
    def versions(self) -> Mapping[str, str]:
        """What every role resolved to: `{"output": "chat/reply@2.0.0"}`."""
        return {bound.role: bound.name for bound in self._case.bound}

    @cached_property
    def _input(self) -> Validator:
        return self._compiled("input")

    @cached_property
    def _output(self) -> Validator:
        return self._compiled("output")

    def validate_inference(self, input: Any = LEFT_OUT, output: Any = LEFT_OUT) -> Inference:
        """Every error of what the model was given and of what it answered; a side that is left out is not judged.

        Raises UsageError for a side that the binding does not name, NotFoundError where its range resolves to nothing.
        """
        given = None if input is LEFT_OUT else _judged(self._bound("input"), self._input, input)
        answered = None if output is LEFT_OUT else _judged(self._bound("output"), self._output, output)
        return Inference(self.name, given, answered)

    def _bound(self, role: str) -> Bound:
        bound = self._case.role(role)
        if bound is not None:
            return bound
        for item in self._case.unbound:
            if item.role == role:
                raise NotFoundError(f"{self.name}: `{role}`: {item.error.message}", hint=item.error.hint)
        raise UsageError(f"the binding {self.name} has no {role}", hint=f"write `{role}: SUBJECT@RANGE` in its file")

    def _compiled(self, role: str) -> Validator:
        bound = self._bound(role)
        return catalogue.get(bound.schema.format).validator(bound.schema, settings=bound.subject.config.settings)


def _judged(bound: Bound, validator: Validator, document: Any) -> Side:
    return Side(bound.name, tuple(validator.problems(document)))
