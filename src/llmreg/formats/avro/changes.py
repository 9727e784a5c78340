"""What changed without a data break (order, what a model reads, hints), and whether anything changed for data."""

from __future__ import annotations

from llmreg.formats.avro.graph import Graph
from llmreg.formats.avro.minimal import Minimal
from llmreg.formats.avro.paths import Ways
from llmreg.formats.avro.places import in_order
from llmreg.formats.avro.schema import AvroSchema
from llmreg.formats.avro.types import Record, Type, walk
from llmreg.formats.rule import rulebook
from llmreg.model.finding import Finding

RULES = "llmreg.formats.avro.change_rules"


def changes(old: AvroSchema, new: AvroSchema) -> list[Finding]:
    """One finding per change, at the types and fields that both versions have, ordered by place in the new one."""
    if old.data == new.data and not old.references:
        return []
    graph = Graph(old.root, new.root)
    ways = Ways(graph, Minimal(old.root), graph.root, lambda _: True)
    hits = (
        (rule, pair, clue) for pair in graph.edges for rule in rulebook(RULES).values() for clue in rule.find(*pair)
    )
    return [spot.finding() for spot in in_order(hits, ways.way, (old, new))]


def equivalent(old: AvroSchema, new: AvroSchema) -> bool:
    """Whether the same documents are written and accepted: one meaning; or one wire shape (so each reads the other),
    the same logical types, and the same fields that a document may leave out. Aliases and the values of defaults only
    matter for data of other versions."""
    if old.meaning == new.meaning:
        return True
    return old.parsing_form == new.parsing_form and _accepts(old.root) == _accepts(new.root)


def _accepts(root: Type) -> list[object]:
    """What decides, apart from the wire shape, which documents are accepted; in the order of the walk."""
    return [
        (type_.logical, [field.optional for field in type_.fields] if isinstance(type_, Record) else None)
        for type_ in walk(root)
    ]
