"""Declarations stand in another order.

Why it breaks:
    No payload changes: bytes go by number, JSON by name. A model that is shown the file may fill fields in the order
    in which it reads them.

Example:
    Old: `message M { string reason = 1; bool ok = 2; }`
    New: `message M { bool ok = 2; string reason = 1; }`

Instead:
    Nothing need be done for data. Keep the order where a model reads the file: reasons before conclusions.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf.schema import ProtobufSchema
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Place, Severity
from llmreg.model.pointer import join

_CLAIM = "no payload differs: only the order of the text"


def find(old: ProtobufSchema, new: ProtobufSchema) -> Iterator[Finding]:
    """One finding for each parent whose common children changed places."""
    before, after = _children(old), _children(new)
    for parent, names in after.items():
        past = before.get(parent, [])
        common = set(past) & set(names)
        if [name for name in past if name in common] != [name for name in names if name in common]:
            place = Place(join("", *parent))
            what = parent[-1] if parent else "file"
            yield RULE.finding(f"`{what}`: its declarations changed places", writer=place, reader=place, claim=_CLAIM)


def _children(schema: ProtobufSchema) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for item in schema.declarations:
        found.setdefault(item.names[:-1], []).append(item.names)
    return found


RULE = Rule(
    summary="declarations in another order",
    cls=ChangeClass.ORDER,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"order"}),
)
