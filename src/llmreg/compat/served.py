"""What Confluent-style clients are served of a version: one text, the names of its references in it, and their GUID."""

from __future__ import annotations

from dataclasses import dataclass

from llmreg.compat.schemas import Registry
from llmreg.errors import LlmregError
from llmreg.formats.interface import Schema
from llmreg.model.guid import guid


@dataclass(frozen=True, slots=True)
class Served:
    """`text` is the served schema; each reference is (name in the text, subject, version, integer version)."""

    text: bytes
    references: tuple[tuple[str, str, str, int], ...]

    @property
    def guid(self) -> str:
        return guid(self.text, [(name, subject, number) for name, subject, _, number in self.references])


def served(registry: Registry, schema: Schema) -> Served | None:
    """None where a reference leads nowhere: what would be served cannot be told."""
    references = []
    for reference in schema.references:
        try:
            versions = [str(line.version) for line in registry.subject(reference.subject).ledger]
            number = versions.index(reference.version) + 1
        except (LlmregError, ValueError):
            return None
        references.append((reference.name or str(reference), reference.subject, reference.version, number))
    return Served(schema.canonical(), tuple(references))
