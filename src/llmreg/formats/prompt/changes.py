"""What a model reads differently in two versions of a prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from llmreg.formats.prompt.schema import PromptSchema
from llmreg.formats.rule import rulebook
from llmreg.model.finding import Finding, Place
from llmreg.model.record import replace


class Versions(NamedTuple):
    """Two versions of a prompt."""

    old: PromptSchema
    new: PromptSchema

    @property
    def alike(self) -> bool:
        """Whether both have the same messages, whatever their texts."""
        return [message.role for message in self.old.messages] == [message.role for message in self.new.messages]

    def place(self, number: int) -> tuple[Place, Place]:
        """Where a message's text stands in each."""
        return Place(self.old.pointer(self._of(number))), Place(self.new.pointer(self._of(number)))

    def _of(self, number: int) -> int | None:
        return number if self.new.chat else None


def changes(old: PromptSchema, new: PromptSchema) -> Sequence[Finding]:
    """One finding for every text that changed, in order."""
    if old.canonical() == new.canonical():
        return []
    book = rulebook("llmreg.formats.prompt.change_rules")
    return [replace(found, rule=rule.id) for rule in book.values() for found in rule.find(Versions(old, new))]
