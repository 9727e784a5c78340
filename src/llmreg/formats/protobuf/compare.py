"""Whether the reader reads everything that the writer may write: search, table and rules put together."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import cast

from llmreg.formats.interface import CompareOptions, Comparison
from llmreg.formats.protobuf import payload
from llmreg.formats.protobuf.evidence import Evidence, Lost, Reused
from llmreg.formats.protobuf.identity import MessagePair, matched
from llmreg.formats.protobuf.kernel import Question
from llmreg.formats.protobuf.model import Field, Message
from llmreg.formats.protobuf.runtime import runtime
from llmreg.formats.protobuf.schema import ProtobufSchema
from llmreg.formats.protobuf.scope import SURFACES, Scope, Settings, reach
from llmreg.formats.protobuf.search import BREAKING, IGNORED, LOSSY, RANK, BudgetError, Hit, Search
from llmreg.formats.protobuf.side import Side
from llmreg.formats.protobuf.table import SAFE, Table
from llmreg.formats.protobuf.tombstones import Asked, reused
from llmreg.formats.protobuf.witness import Verifier
from llmreg.formats.rule import rulebook
from llmreg.model.finding import ChangeClass, Finding, Severity, Witness
from llmreg.model.record import dataclass, field, replace
from llmreg.model.report import Undecided, Verdict

RULES = "llmreg.formats.protobuf.rules"
SOURCE = "source"
_SURFACE_ORDER: dict[str | None, int] = {None: 0, **{name: index for index, name in enumerate(SURFACES, start=1)}}


@dataclass(eq=False)
class _Answers:
    """What search and table said, over all surfaces."""

    hits: list[Hit] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    searches: dict[str, Search] = field(default_factory=dict)


def compare(writer: ProtobufSchema, reader: ProtobufSchema, options: CompareOptions) -> Comparison:
    """See `Format.compare`. `options.settings` may hold `messages`, `unknown_keys` and `on_lossy`; `options.earlier`
    is looked through for numbers and names that come back."""
    settings = Settings.of(options)
    earlier = [cast("ProtobufSchema", item) for item in options.earlier]
    if writer.payload_digest == reader.payload_digest and SOURCE not in settings.surfaces:
        return Comparison(Verdict.COMPATIBLE)
    matching = matched(writer.side, reader.side)
    scope = reach(matching, settings.messages)
    answers = _Answers()
    for surface, deadline in _shares(settings.surfaces, options.deadline):
        question = Question(surface, reject_unknown=settings.reject_unknown, closed=options.closed)
        table = Table(matching, question)
        _ask(table, scope, Search(matching, question, deadline, table.proves), answers)
    new, old = (writer, reader) if options.new_writes else (reader, writer)
    comeback: list[Reused] = []
    try:
        comeback += reused(
            old.side, new, earlier, Asked(settings, options.closed, options.deadline, options.new_writes)
        )
    except BudgetError:
        answers.undecided.append(Undecided("budget", "the time was up before every older version was looked at", ""))
    verifier = Verifier(
        scope, answers.searches, (writer.descriptors, writer.path), (reader.descriptors, reader.path), options.deadline
    )
    evidence = Evidence(
        matching,
        hits=answers.hits,
        pairs=list(scope.pairs),
        lost=[_lost(matching.writer, message, fails=_lost_fails(scope, settings)) for message in scope.lost],
        reused=comeback,
        new_writes=options.new_writes,
        witness=verifier.witness,
        severities=_severities(settings, options),
    )
    return _conclude(evidence, answers, settings, verifier)


def source_findings(evidence: Evidence) -> list[Finding]:
    """What changes in generated code."""
    return _ordered(_apply(evidence, source=True))


def _shares(surfaces: tuple[str, ...], deadline: float) -> Iterator[tuple[str, float]]:
    """Each surface with the time until which it is searched; the last third is for confirming what was found."""
    asked = [surface for surface in surfaces if surface != SOURCE]
    now = time.monotonic()
    for number, surface in enumerate(asked, start=1):
        yield surface, now + (deadline - now) * 2 / 3 * number / len(asked)


def _ask(table: Table, scope: Scope, search: Search, answers: _Answers) -> None:
    """Search one surface, and hold the table against it; what the time does not reach, the table alone decides."""
    surface = search.question.surface
    answers.searches[surface] = search
    late = False
    left: list[Undecided] = []
    for pair in scope.pairs:
        if pair.writer.signature == pair.reader.signature and pair.writer.message_set == pair.reader.message_set:
            continue
        hits: list[Hit] = []
        try:
            for hit in () if late else search.hits(pair):
                hits.append(hit)
        except BudgetError:
            late = True
        answers.hits += hits
        (left if late else answers.undecided).extend(_unproved(pair, table, hits))
    if left:
        told = f"the time was up before {surface} was decided: {len(left)} differences are neither proved nor shown"
        answers.undecided.append(Undecided("budget", told, left[0].pointer))
    elif late:
        answers.notes.append(f"the time was up before every harmless difference on {surface} was looked for")


def _unproved(pair: MessagePair, table: Table, hits: list[Hit]) -> Iterator[Undecided]:
    """Every difference that the table does not prove safe and for which no payload was found."""
    surface = table.question.surface
    broken = [hit for hit in hits if RANK[hit.level] >= RANK[LOSSY]]
    told = {id(side) for hit in broken for side in (hit.writer, hit.reader, hit.outcome.reader) if side is not None}
    if pair.writer.message_set != pair.reader.message_set:
        yield Undecided("unsupported-change", f"message_set_wire_format differs ({surface})", pair.writer.pointer)
    asked: list[tuple[str, tuple[Field, ...], str | None]]
    asked = [(item.pointer, (item, other), table.both(pair, item, other)) for item, other in pair.pairs]
    asked += [(item.pointer, (item,), table.unread(pair, item)) for item in pair.unread]
    asked += [(other.pointer, (other,), table.unwritten(other)) for other in pair.unwritten]
    for pointer, fields, answer in asked:
        if answer != SAFE and not any(id(item) in told for item in fields):
            reason = "unsupported-change" if answer is None else "no-witness"
            yield Undecided(reason, f"{surface}: neither proved safe nor shown to break", pointer)
    if table.oneofs(pair) != SAFE and not broken:
        yield Undecided("no-witness", f"{surface}: fields that exclude each other at the reader", pair.writer.pointer)


def _conclude(evidence: Evidence, answers: _Answers, settings: Settings, verifier: Verifier) -> Comparison:
    findings = _ordered(_apply(evidence, source=False))
    if SOURCE in settings.surfaces:
        findings = _ordered([*findings, *source_findings(evidence)])
    undecided = list(answers.undecided)
    breaks = verifier.skipped[BREAKING] + verifier.skipped[LOSSY]
    if breaks:
        told = f"the time was up before {breaks} more of the breaks that were found could be confirmed"
        undecided.append(Undecided("budget", told, ""))
    if verifier.skipped[IGNORED]:
        answers.notes.append(f"{verifier.skipped[IGNORED]} more fields that the reader skips are not listed: no time")
    breaking = any(finding.cls is ChangeClass.BREAKING for finding in findings)
    hidden = [hit for hit in answers.hits if RANK[hit.level] >= RANK[LOSSY]]
    if not breaking and hidden and not breaks:
        undecided.append(
            Undecided("no-root", "a difference was found that no root message shows", hidden[0].pair.writer.pointer)
        )
    verdict = Verdict.INCOMPATIBLE if breaking else Verdict.UNDECIDED if undecided else Verdict.COMPATIBLE
    return Comparison(verdict, tuple(findings), tuple(dict.fromkeys(undecided)), tuple(answers.notes))


def _apply(evidence: Evidence, *, source: bool) -> Iterator[Finding]:
    for rule in rulebook(RULES).values():
        if (SOURCE in rule.reads) is source:
            for finding in rule.find(evidence):
                yield replace(finding, rule=rule.id, fix=finding.fix or rule.instead)


def _ordered(findings: Iterable[Finding]) -> list[Finding]:
    """By place, then surface; of findings that say the same, the worst."""
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        key = (finding.rule, finding.writer, finding.reader, finding.surface)
        known = kept.get(key)
        if known is None or RANK.get(finding.level or "", 0) > RANK.get(known.level or "", 0):
            kept[key] = finding
    return sorted(kept.values(), key=_order)


def _order(finding: Finding) -> tuple[str, int, str]:
    place = finding.writer or finding.reader
    return (place.pointer if place else "", _SURFACE_ORDER[finding.surface], finding.rule)


def _severities(settings: Settings, options: CompareOptions) -> dict[str, Severity]:
    changed = {LOSSY: Severity.WARN} if settings.lossy_warns else {}
    return changed | ({IGNORED: Severity.ERROR} if options.ignored_fails else {})


def _lost_fails(scope: Scope, settings: Settings) -> bool:
    """An unlisted top-level message may be a mere part of others, unless the reader has none of them."""
    return bool(settings.messages) or scope.kept == 0


def _lost(side: Side, message: Message, *, fails: bool) -> Lost:
    """A root that nothing reads; its smallest payload is the witness."""
    try:
        built = payload.build(side, message, {})
    except payload.UninhabitedError:
        return Lost(message.full_name, message.pointer, fails, None)
    witness = Witness(
        document=payload.document(side, built),
        bytes=built.SerializeToString(deterministic=True).hex(),
        expected="the reader has no message of this name",
        confirmed_by=(runtime(),),
    )
    return Lost(message.full_name, message.pointer, fails, witness)
