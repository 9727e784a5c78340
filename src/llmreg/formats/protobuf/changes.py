"""What changed without a data break: for whoever reads the text, and for generated code."""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.interface import CompareOptions
from llmreg.formats.protobuf.compare import source_findings
from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.protobuf.identity import Matching, matched, roots
from llmreg.formats.protobuf.schema import ProtobufSchema
from llmreg.formats.protobuf.scope import Settings, reach
from llmreg.formats.rule import rulebook
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.record import replace

CHANGE_RULES = "llmreg.formats.protobuf.change_rules"


def changes(old: ProtobufSchema, new: ProtobufSchema, options: CompareOptions) -> list[Finding]:
    """Comments and names (prompt-visible), order, options and what generated code sees (hint)."""
    if old.data == new.data or old.canonical() == new.canonical():
        return []
    found = []
    for rule in rulebook(CHANGE_RULES).values():
        found += [replace(finding, rule=rule.id) for finding in rule.find(old, new)]
    if "source" not in Settings.of(options).surfaces:
        matching = matched(old.side, new.side)
        evidence = Evidence(matching, pairs=list(reach(matching, ()).pairs))
        found += [_hint(finding) for finding in source_findings(evidence)]
    return found


def equivalent(old: ProtobufSchema, new: ProtobufSchema) -> bool | None:
    """True when every reachable message has the same fields, in whatever order; False when one side has a message or
    field that the other has not; else None."""
    if old.payload_digest == new.payload_digest:
        return True
    answers = set(_answers(old, new))
    if answers <= {True}:
        return True
    return False if False in answers else None


def _answers(old: ProtobufSchema, new: ProtobufSchema) -> Iterator[bool | None]:
    """One answer for each message pair: the same, lacking a field on one side (False), or unknown; and for each message
    that one side lacks. Fields belong together whichever side is asked, so one direction tells of both."""
    matching = matched(old.side, new.side)
    scope = reach(matching, ())
    back = roots(Matching(new.side, old.side), ())
    yield from (False for _ in scope.lost)
    yield from (False for _, other in back if other is None)
    for pair in scope.pairs:
        same = sorted(pair.writer.signature, key=repr) == sorted(pair.reader.signature, key=repr)
        unknown = False if pair.unread or pair.unwritten else None
        yield True if same and pair.writer.message_set == pair.reader.message_set else unknown


def _hint(finding: Finding) -> Finding:
    return replace(finding, cls=ChangeClass.HINT, severity=Severity.INFO)
