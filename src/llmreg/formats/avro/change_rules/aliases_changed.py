"""The aliases of a type or field changed.

Why it breaks:
    Nothing: aliases tell a reader under which older names it may find its data. One that is removed may still be
    needed for older versions.

Example:
    Old `"name": "text"`, new `"name": "text", "aliases": ["content"]`.

Instead:
    Keep an alias as long as data under the old name are read.

Reference:
    Avro 1.12 specification, "Aliases".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from llmreg.formats.avro.clue import Clue
from llmreg.formats.avro.matching import pair_fields
from llmreg.formats.avro.types import Named, Record, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(old: Type, new: Type) -> Iterator[Clue]:
    """One clue per type and per field with other aliases."""
    if isinstance(old, Named) and isinstance(new, Named):
        message = _message(old.aliases, new.aliases)
        if message:
            yield Clue(message, old, new)
    if isinstance(old, Record) and isinstance(new, Record):
        for field, sources in pair_fields(old, new):
            message = _message(sources[0].aliases, field.aliases) if sources else ""
            if message:
                yield Clue(message, sources[0], field, field=field.name)


def _message(old: Iterable[str], new: Iterable[str]) -> str:
    before, after = set(old), set(new)
    added = f"aliases added: {', '.join(sorted(after - before))}" if after - before else ""
    removed = f"aliases removed: {', '.join(sorted(before - after))}" if before - after else ""
    return "; ".join(part for part in (added, removed) if part)


RULE = Rule(
    summary="the aliases of a type or field changed",
    cls=ChangeClass.HINT,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"aliases"}),
)
