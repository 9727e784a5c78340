"""Can this reader read what this writer writes? The verdict, and a finding with its witness for every cause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from llmreg.formats.avro.clue import CHEAPEST, NOTHING, Clue, Context
from llmreg.formats.avro.confirm import Confirmer
from llmreg.formats.avro.datum import encode, to_json
from llmreg.formats.avro.extent import extent
from llmreg.formats.avro.graph import Graph, OutOfTimeError, Pair
from llmreg.formats.avro.matching import differing, same_structure
from llmreg.formats.avro.minimal import MAX_COST, MAX_DEPTH
from llmreg.formats.avro.places import Spot, in_order
from llmreg.formats.avro.schema import AvroSchema
from llmreg.formats.avro.types import Record, Type
from llmreg.formats.interface import CompareOptions, Comparison
from llmreg.formats.rule import Rule, rulebook
from llmreg.model.finding import ChangeClass, Finding, Severity, Status, Witness
from llmreg.model.record import replace
from llmreg.model.report import Undecided, Verdict

RULES = "llmreg.formats.avro.rules"
_VACUOUS = "vacuous: the writer has no finite datum, so nothing is ever written"
_TOO_LARGE = f"the smallest datum that shows it has more than {MAX_COST} values or {MAX_DEPTH} levels"
_UNCONFIRMED = "no engine could confirm it by itself: other findings stand in its way"
_LATE = "the time ran out before a datum could be confirmed"


class Hit(NamedTuple):
    """A clue of a rule at a pair."""

    rule: Rule
    at: Pair
    clue: Clue


def compare(writer: AvroSchema, reader: AvroSchema, options: CompareOptions) -> Comparison:
    """Incompatible when a finding of class breaking is an error by default; the others only warn. `writer: closed` or
    `open` makes no difference: Avro data hold nothing that their schema does not declare."""
    if writer.data == reader.data and not writer.references:
        return Comparison(Verdict.COMPATIBLE)
    try:
        context, hits = causes(writer, reader, options.deadline)
    except OutOfTimeError:
        late = Undecided("budget", "the time ran out before every pair of types was compared")
        return Comparison(Verdict.UNDECIDED, undecided=(late,))
    if not hits:
        return Comparison(Verdict.COMPATIBLE)
    reporter = _Reporter(context)
    spots = in_order(hits, context.ways.way, (writer, reader))
    findings = [reporter.finding(spot) for spot in spots]
    if options.ignored_fails:
        findings = [_failing(finding) for finding in findings]
    breaks = any(_breaks(finding) for finding in findings)
    if not breaks:
        return Comparison(Verdict.COMPATIBLE, tuple(findings))
    return Comparison(Verdict.INCOMPATIBLE, tuple(findings), notes=_extent(context, spots, options))


def causes(writer: AvroSchema, reader: AvroSchema, deadline: float = float("inf")) -> tuple[Context, list[Hit]]:
    """Everything that the rules find, before any of it is shown and confirmed. Raises OutOfTimeError."""
    context = Context(Graph(writer.root, reader.root, deadline))
    hits = list(find_all(context))
    maybe_one = context.graph.crossed or any(isinstance(at[1], Record) and at[1].aliased for _, at, _ in hits)
    return context, [] if maybe_one and _one_meaning(writer, reader) else hits


def find_all(context: Context) -> Iterator[Hit]:
    """What the rules find at every pair that a way leads to, in the order of the walk."""
    for pair in context.graph.edges:
        attributes = differing(*pair)
        if attributes and not context.quiet(pair) and context.reached(pair):
            context.graph.clock.tick()
            for rule in _rules(attributes):
                for clue in rule.find(*pair, context):
                    yield Hit(rule, pair, clue)


@cache
def _rules(attributes: frozenset[str]) -> tuple[Rule, ...]:
    """The rules that read one of the attributes."""
    return tuple(rule for rule in rulebook(RULES).values() if rule.reads & attributes)


class _Reporter:
    """Turns hits into findings: message, witness and what confirms it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.confirmer = Confirmer(context.graph.root)

    def finding(self, spot: Spot) -> Finding:
        clue = spot.clue
        if clue.datum is CHEAPEST:
            clue = clue._replace(datum=self.context.datum(spot.at[0]))
        claim, witness = clue.claim or self._no_datum(spot, clue), None
        if not claim and self.context.graph.clock.passed():
            claim = _LATE
        if not claim:
            witness = self._witness(spot.at, clue)
            claim = None if witness.confirmed_by else _UNCONFIRMED
        status = Status.CLAIMED if claim else Status.WITNESSED
        return spot.finding(status=status, claim=claim, witness=None if claim else witness)

    def _witness(self, at: Pair, clue: Clue) -> Witness:
        root = self.context.graph.root[0]
        datum = self.context.ways.wrap(at, clue.datum)
        data = encode(root, datum)
        engines = self.confirmer.engines(clue, at, data)
        return Witness(to_json(root, datum), data.hex(), clue.expected, engines)

    def _no_datum(self, spot: Spot, clue: Clue) -> str | None:
        """Why no witness can be built; None when one can."""
        minimal = self.context.minimal
        if clue.datum is not NOTHING and self.context.ways.cost(spot.at) <= MAX_COST:
            depth = sum([edge.step.kind in ("field", "item", "value") for _, edge in spot.way])
            return _TOO_LARGE if depth + minimal.depth(spot.at[0]) > MAX_DEPTH else None
        written = [*(pair[0] for pair, _ in spot.way), spot.at[0], clue.writer]
        vacuous = any(isinstance(type_, Type) and not minimal.inhabited(type_) for type_ in written)
        return _VACUOUS if vacuous else _TOO_LARGE


def _one_meaning(writer: AvroSchema, reader: AvroSchema) -> bool:
    """Whoever reads what it wrote takes each branch by its number, so nothing that was found holds; without crossing
    branches or aliases nothing can be found there. The structure tells most pairs apart sooner."""
    return same_structure(writer.root, reader.root) and writer.meaning == reader.meaning


def _extent(context: Context, spots: list[Spot], options: CompareOptions) -> tuple[str, ...]:
    with suppress(OutOfTimeError):
        told = extent(context, spots, new_writes=options.new_writes)
        return (told,) if told else ()
    return ()


def _failing(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.ERROR) if finding.cls is ChangeClass.IGNORED else finding


def _breaks(finding: Finding) -> bool:
    return finding.cls is ChangeClass.BREAKING and finding.severity is Severity.ERROR
