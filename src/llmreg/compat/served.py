"""What Schema Registry clients are served of a version: one text, the names of its references in it, and their GUID."""

from __future__ import annotations

from collections.abc import Iterable

from llmreg.compat.schemas import Registry
from llmreg.errors import LlmregError
from llmreg.formats import catalogue
from llmreg.formats.interface import Reference, Schema
from llmreg.model.guid import guid
from llmreg.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Served:
    """`text` is the served schema; each reference is (name in that text, subject, version, integer version), in the
    order of `Schema.references`."""

    text: bytes
    references: tuple[tuple[str, str, str, int], ...]

    @property
    def guid(self) -> str:
        return guid(self.text, [(name, subject, number) for name, subject, _, number in self.references])


def served(registry: Registry, schema: Schema) -> Served | None:
    """None where a reference leads nowhere: what would be served cannot be told."""
    try:
        return Served(served_text(schema.format, schema.data), _numbered(registry, schema.format, schema.references))
    except (LlmregError, ValueError):
        return None


def served_text(format_name: str, data: bytes) -> bytes:
    """The served text of registered bytes: as they are, where today's rules cannot read them any more."""
    try:
        return catalogue.get(format_name).served(data)
    except (LlmregError, LookupError, TypeError, ValueError):  # what a printer meets in a text that no parser took
        return data


def served_references(
    registry: Registry, format_name: str, references: Iterable[tuple[str, str, str]]
) -> list[tuple[str, str, int]]:
    """(name in the served text, subject, integer version) of references as an index holds them. Those that lead
    nowhere are left out."""
    found = []
    for name, subject, version in references:
        try:
            [(served_name, _, _, number)] = _numbered(registry, format_name, [Reference(subject, version, name)])
        except (LlmregError, ValueError):
            continue
        found.append((served_name, subject, number))
    return found


def _numbered(
    registry: Registry, format_name: str, references: Iterable[Reference]
) -> tuple[tuple[str, str, str, int], ...]:
    """Raises NotFoundError, and ValueError for a version that is not there."""
    name = catalogue.get(format_name).served_name
    return tuple(
        (name(each), each.subject, each.version, _number(registry, each.subject, each.version)) for each in references
    )


def _number(registry: Registry, subject: str, version: str) -> int:
    """A version's place in its ledger, from 1."""
    return [str(line.version) for line in registry.subject(subject).ledger].index(version) + 1
