"""The manifest of an export: every step from the schema to its projection, and what the step does to documents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Effect(StrEnum):
    """What a step does to the set of documents, once a model's answer is decoded.

    `same`: nothing. `annotation`: only what the model reads changes. `narrows`: documents of the schema that can no
    longer be written. `widens`: the provider does not enforce what the schema says, so that `decode` has to refuse."""

    SAME = "same"
    ANNOTATION = "annotation"
    NARROWS = "narrows"
    WIDENS = "widens"

    @property
    def lossy(self) -> bool:
        return self in (Effect.NARROWS, Effect.WIDENS)


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `what` is a stable word, `pointer` the place in the schema, `why` a sentence. `asked`: the caller chose
    it by an option, or by exporting at all (every form closes its objects), so that it is no reason to refuse."""

    what: str
    pointer: str
    effect: Effect
    why: str
    asked: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "pointer": self.pointer,
            "effect": self.effect.value,
            "lossy": self.effect.lossy,
            "asked": self.asked,
            "why": self.why,
        }
