"""Can this reader read what this writer writes? The verdict, and a finding with its witness for every cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from llmreg.formats.avro.clue import NOTHING, Clue, Context
from llmreg.formats.avro.confirm import Confirmer
from llmreg.formats.avro.datum import encode, to_json
from llmreg.formats.avro.graph import Edge, Graph, OutOfTimeError, Pair
from llmreg.formats.avro.minimal import MAX_COST, MAX_DEPTH
from llmreg.formats.avro.paths import Way
from llmreg.formats.avro.schema import AvroSchema
from llmreg.formats.avro.types import Field, Type, Union
from llmreg.formats.interface import CompareOptions, Comparison
from llmreg.formats.rule import Rule, rulebook
from llmreg.model import jsontext
from llmreg.model.finding import ChangeClass, Finding, Place, Severity, Status, Witness
from llmreg.model.pointer import join
from llmreg.model.report import Undecided, Verdict

RULES = "llmreg.formats.avro.rules"
_VACUOUS = "the writer has no finite datum, so nothing is ever written"
_TOO_LARGE = f"the smallest datum that shows it has more than {MAX_COST} values or {MAX_DEPTH} levels"
_UNCONFIRMED = "no engine could confirm it by itself: other findings stand in its way"
_ATTRIBUTES = {
    "record": frozenset({"name", "fields"}),
    "enum": frozenset({"name", "symbols"}),
    "fixed": frozenset({"name", "size", "logicalType"}),
}
_OTHERS = frozenset({"logicalType"})


class Hit(NamedTuple):
    """A clue of a rule at a pair."""

    rule: Rule
    at: Pair
    clue: Clue


def compare(writer: AvroSchema, reader: AvroSchema, options: CompareOptions) -> Comparison:
    """Incompatible when a finding of class breaking is an error by default; the others only warn. `writer: closed` or
    `open` makes no difference: Avro data hold nothing that their schema does not declare."""
    if writer is reader or writer.meaning == reader.meaning:
        return Comparison(Verdict.COMPATIBLE)
    try:
        graph = Graph(writer.root, reader.root, options.deadline)
    except OutOfTimeError:
        late = Undecided("budget", "the time ran out before every pair of types was compared")
        return Comparison(Verdict.UNDECIDED, undecided=(late,))
    context = Context(graph)
    hits = list(find_all(context))
    if not hits:
        return Comparison(Verdict.COMPATIBLE)
    reporter = _Reporter(writer, reader, context)
    findings = _placed([reporter.finding(hit) for hit in hits], writer, reader)
    if options.ignored_fails:
        findings = [_failing(finding) for finding in findings]
    breaks = any(_breaks(finding) for finding in findings)
    return Comparison(Verdict.INCOMPATIBLE if breaks else Verdict.COMPATIBLE, tuple(findings))


def find_all(context: Context) -> Iterator[Hit]:
    """What the rules find at every pair that a way leads to, in the order of the walk."""
    for pair in context.graph.edges:
        if pair in context.ways:
            for rule in _rules(pair[0].kind, pair[1].kind):
                for clue in rule.find(*pair, context):
                    yield Hit(rule, pair, clue)


@cache
def _rules(writer: str, reader: str) -> tuple[Rule, ...]:
    """The rules that read an attribute which a pair of these kinds has."""
    if reader == "union":
        attributes = frozenset({"union"})
    elif writer != reader:
        attributes = frozenset({"type", "logicalType"})
    else:
        attributes = _ATTRIBUTES.get(writer, _OTHERS)
    rules = rulebook(RULES).values()
    return tuple(rule for rule in rules if rule.reads & attributes)


class _Reporter:
    """Turns hits into findings: places, message, witness and what confirms it."""

    def __init__(self, writer: AvroSchema, reader: AvroSchema, context: Context) -> None:
        self.writer = writer
        self.reader = reader
        self.context = context
        self.confirmer = Confirmer(context.graph.root)

    def finding(self, hit: Hit) -> Finding:
        rule, at, clue = hit
        way = self.context.ways.way(at)
        finding = rule.finding(
            f"`{_path(way, clue.field) or at[0].label()}`: {clue.message}",
            writer=Place(_pointer(clue.writer, self.writer, [(pair[0], edge, 0) for pair, edge in way])),
            reader=Place(_pointer(clue.reader, self.reader, [(pair[1], edge, 1) for pair, edge in way])),
        )
        claim = clue.claim or self._no_datum(hit, way)
        if claim:
            return replace(finding, claim=claim)
        root = self.context.graph.root[0]
        datum = self.context.ways.wrap(at, clue.datum)
        data = encode(root, datum)
        engines = self.confirmer.engines(clue, at, data)
        witness = Witness(to_json(root, datum), data.hex(), clue.expected, engines)
        if not engines:
            return replace(finding, claim=_UNCONFIRMED)
        return replace(finding, status=Status.WITNESSED, witness=witness)

    def _no_datum(self, hit: Hit, way: Way) -> str | None:
        """Why no witness can be built; None when one can."""
        minimal = self.context.minimal
        if hit.clue.datum is not NOTHING and self.context.ways.cost(hit.at) <= MAX_COST:
            depth = sum(edge.step.kind in ("field", "item", "value") for _, edge in way) + minimal.depth(hit.at[0])
            return _TOO_LARGE if depth > MAX_DEPTH else None
        written = [*(pair[0] for pair, _ in way), hit.at[0], hit.clue.writer]
        vacuous = any(isinstance(type_, Type) and not minimal.inhabited(type_) for type_ in written)
        return _VACUOUS if vacuous else _TOO_LARGE


def _path(way: Way, field: str) -> str:
    """The writer's fields on the way, as people write them: `a.b[].c`."""
    path = ""
    for _, edge in way:
        if edge.step.kind == "field" and edge.step.writer is not None:
            path += f".{edge.step.writer.name}"
        elif edge.step.kind in ("item", "value"):
            path += "[]"
    return (path + (f".{field}" if field else "")).removeprefix(".")


def _pointer(item: Type | Field, schema: AvroSchema, way: list[tuple[Type, Edge, int]]) -> str:
    """Where the item stands in the schema's own text; for one that a reference brings, where the text uses it."""
    if item.home is schema.home:
        return item.pointer
    for type_, edge, side in reversed(way):
        if type_.home is schema.home:
            return _use(type_, edge, side)
    return ""


def _use(type_: Type, edge: Edge, side: int) -> str:
    """The place in `type_` at which the step leaves it."""
    step = edge.step
    if step.kind == "field":
        field = step.reader if side else step.writer
        return join(field.pointer, "type") if field else type_.pointer
    if isinstance(type_, Union):
        index = edge.choice.taken if side and edge.choice else step.branch
        return join(type_.pointer, index)
    suffix = {"item": "items", "value": "values"}.get(step.kind)
    return join(type_.pointer, suffix) if suffix else type_.pointer


def _placed(findings: list[Finding], writer: AvroSchema, reader: AvroSchema) -> list[Finding]:
    """The findings with the lines of their places."""
    lines = []
    for schema, side in ((writer, "writer"), (reader, "reader")):
        pointers = {getattr(finding, side).pointer for finding in findings}
        lines.append(jsontext.locate_all(schema.data.decode(), pointers))
    return [
        replace(finding, writer=_line(finding.writer, lines[0]), reader=_line(finding.reader, lines[1]))
        for finding in findings
    ]


def _line(place: Place | None, lines: dict[str, tuple[int, int]]) -> Place | None:
    if place is None or place.pointer not in lines:
        return place
    return replace(place, line=lines[place.pointer][0])


def _failing(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.ERROR) if finding.cls is ChangeClass.IGNORED else finding


def _breaks(finding: Finding) -> bool:
    return finding.cls is ChangeClass.BREAKING and finding.severity is Severity.ERROR
