"""What the rule `property_ignored` looks at: a property that only the writer declares, where the reader is open."""

from __future__ import annotations

from dataclasses import dataclass

from llmreg.formats.json.localise_references import Spot


@dataclass(frozen=True, slots=True)
class Dropped:
    """A property `name` of the object at `path` (names, or None for any item); `writer` is its declaration, `reader`
    the reader's object there."""

    path: tuple[str | None, ...]
    name: str
    writer: Spot
    reader: Spot

    @property
    def field(self) -> str:
        """The property for people, in backticks."""
        label = ""
        for token in (*self.path, self.name):
            label += "[]" if token is None else f".{token}" if label else token
        return f"`{label}`"
