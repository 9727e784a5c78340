"""A type or field has another name, connected by an alias or by its unqualified name.

Why it breaks:
    No data become unreadable: the reader finds them under the old name. JSON documents and generated code use the
    new one, and a model reads it.

Example:
    Old `"name": "text"`, new `"name": "content", "aliases": ["text"]`.

Instead:
    Rename only when the old name misleads.

Reference:
    Avro 1.12 specification, "Names" and "Aliases".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro.clue import Clue
from llmreg.formats.avro.matching import names_match, pair_fields
from llmreg.formats.avro.types import Named, Record, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(old: Type, new: Type) -> Iterator[Clue]:
    """One clue per type and per field whose names differ and yet match."""
    if isinstance(old, Named) and isinstance(new, Named) and old.name != new.name and names_match(old, new):
        yield Clue(f"the {old.kind} is called {new.name} now", old, new)
    if isinstance(old, Record) and isinstance(new, Record):
        for field, sources in pair_fields(old, new):
            if sources and sources[0].name != field.name:
                yield Clue(f"the field was called `{sources[0].name}`", sources[0], field, field=field.name)


RULE = Rule(
    summary="a type or field was renamed",
    cls=ChangeClass.PROMPT_VISIBLE,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"name", "namespace", "aliases"}),
)
