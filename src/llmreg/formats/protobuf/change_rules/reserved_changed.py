"""A reserved number or name was given up.

Why it breaks:
    No payload changes yet. `reserved` lets the compiler refuse a number or name that old payloads still use; without
    it nothing stops the next author. The registry knows every older version, so `number_reused` finds the mistake
    anyway.

Example:
    Old: `message M { reserved 5; }`
    New: `message M { }`

Instead:
    Leave reserved ranges in place for ever; they cost nothing.

Reference:
    https://protobuf.dev/programming-guides/proto3/#fieldreserved
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf.declarations import Declaration
from llmreg.formats.protobuf.schema import ProtobufSchema
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Place, Severity
from llmreg.model.pointer import join

_CLAIM = "no payload of these two versions differs: a third one may re-use what was reserved"


def find(old: ProtobufSchema, new: ProtobufSchema) -> Iterator[Finding]:
    """One finding for each message or enum that reserves less, unless the number or name is in use now."""
    after = {item.names: item for item in new.declarations}
    for past in old.declarations:
        item = after.get(past.names)
        if item is None or past.kind not in ("message", "enum") or item.kind != past.kind:
            continue
        lost = _reserved(past) - _reserved(item) - _used(item)
        if lost:
            pointer = join("", *item.names)
            yield RULE.finding(
                f"`{item.names[-1]}`: no longer reserves {', '.join(sorted(lost))}",
                writer=Place(pointer, past.line or None),
                reader=Place(pointer, item.line or None),
                claim=_CLAIM,
            )


def _reserved(item: Declaration) -> frozenset[str]:
    """Names in quotes, and ranges as `first to last` (both included)."""
    inclusive = 0 if item.kind == "enum" else 1
    ranges = {f"{part.start} to {part.end - inclusive}" for part in item.proto.reserved_range}
    return frozenset({f'"{name}"' for name in item.proto.reserved_name} | ranges)


def _used(item: Declaration) -> frozenset[str]:
    members = item.proto.value if item.kind == "enum" else item.proto.field
    return frozenset({f'"{one.name}"' for one in members} | {f"{one.number} to {one.number}" for one in members})


RULE = Rule(
    summary="a reserved number or name that was given up",
    cls=ChangeClass.HINT,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"reserved"}),
)
