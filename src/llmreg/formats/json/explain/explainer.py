"""From documents that the reader refuses to findings: one per cause, each with its own minimal, confirmed witness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from llmreg.formats.json.explain.shrink import Advice, Shrinker
from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.explain.unions import Pair, Union, union_of
from llmreg.formats.json.inclusion.answers import Step
from llmreg.formats.json.localise.references import References, Spot
from llmreg.formats.json.localise.refusal import Refusal, value_at
from llmreg.formats.json.localise.walk import Walker
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.values import MISSING
from llmreg.formats.rule import Rule, rulebook
from llmreg.model.finding import Finding, Status, Witness
from llmreg.model.pointer import lookup, split
from llmreg.model.record import dataclass, replace

RULES = "llmreg.formats.json.rules"
_SUGGESTED = 8
_MAX_DOUBTED = 8  # candidates that the validators did not confirm, before the first that they do
_RULE_OF_CONDITION = {
    "then": "condition_narrowed",
    "else": "condition_narrowed",
    "dependentSchemas": "dependent_schemas_narrowed",
    "dependencies": "dependent_schemas_narrowed",
}


class Judges(Protocol):
    """Independent validators over the schemas as registered (and the writer's closed form)."""

    def written(self, document: Any) -> bool:
        """Quickly: whether the writer writes the document."""

    def refusals(self, document: Any) -> list[Refusal]:
        """Quickly: why the reader refuses the document."""

    def holds(self, pointer: str, value: Any) -> bool:
        """Whether the writer's schema object at `pointer` accepts a value."""

    def confirm(self, document: Any) -> tuple[str, ...] | None:
        """The engines that agree that the writer writes the document and the reader refuses it; None if they do not."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One cause in one document: the deepest refusal, the unions on the way to it, and the pair of branches that was
    entered in each of them (the last union may not have been entered)."""

    refusal: Refusal
    unions: tuple[Union, ...] = ()
    entered: tuple[Pair, ...] = ()


def any_of_them(refusal: Refusal) -> bool:
    """Wants every refusal."""
    del refusal
    return True


class Explainer:
    """Collects the findings of one comparison; `running` says whether there is time left."""

    def __init__(self, writer: JsonSchema, reader: JsonSchema, judges: Judges, running: Callable[[], bool]) -> None:
        self.findings: dict[tuple[Any, ...], Finding] = {}
        self._reader = reader
        self._judges = judges
        self._running = running
        self._doubted = 0
        self._writer_walk = Walker(writer, judges.holds)
        self._reader_references = References(reader.index, reader.resources)
        self._unions: dict[tuple[Any, ...], Union] = {}
        self._free: dict[tuple[Step, ...], tuple[str, str] | None] = {}

    def show(
        self, document: Any, wanted: Callable[[Refusal], bool] = any_of_them, *, urgent: bool = False
    ) -> list[Leaf]:
        """Add a finding for each cause that `document` shows and that is `wanted` (all, when none is); `urgent` ones
        even without time left. Gives the causes; none when the writer does not write the document or the reader
        accepts it."""
        hopeless = self._doubted >= _MAX_DOUBTED and not self.findings
        if (hopeless and not urgent) or not self._judges.written(document):
            return []
        leaves = self.leaves(document)
        for leaf in [leaf for leaf in leaves if wanted(leaf.refusal)] or leaves:
            key = self._key(leaf, document)
            if key not in self.findings and (urgent or self._running()):
                found = self._finding(leaf, document, {other.refusal.key for other in leaves})
                if found is not None:
                    self.findings[key] = found
                else:
                    self._doubted += 1
        return leaves

    def is_told(self, path: tuple[Step, ...]) -> bool:
        """Whether whatever the reader says at a place is part of a cause that is told already: the writer may write
        anything from some place above it on, whichever of its branches hold."""
        if path not in self._free:
            self._free[path] = self._writer_walk.free(path)
        return self._free[path] in self.findings

    def leaves(self, document: Any) -> list[Leaf]:
        """Every cause of the reader's refusal at its deepest place."""
        starts = [Leaf(refusal) for refusal in self._judges.refusals(document)]
        return [leaf for start in starts for leaf in self._narrowed(start, document)]

    def ordered(self) -> tuple[Finding, ...]:
        """The findings in the order of the reader's text; the same cause reached by several ways once."""
        distinct: dict[tuple[Any, ...], Finding] = {}
        for found in self.findings.values():  # several branches of the writer may come upon one place of the reader
            distinct.setdefault((found.rule, found.message, found.reader), found)
        return tuple(sorted(distinct.values(), key=lambda found: (self._position(found), found.rule)))

    def _narrowed(self, leaf: Leaf, document: Any) -> Iterator[Leaf]:
        refusal = leaf.refusal
        union = None
        if refusal.branches is not None and not refusal.branches.accepting:
            union = self._union(leaf, document)
        if union is None or refusal.branches is None:
            yield leaf
            return
        unions = (*leaf.unions, union)
        chosen = union.answering(refusal, self._writer_walk, value_at(document, refusal.path))
        if chosen is None or chosen[1] is None:
            yield Leaf(refusal, unions, leaf.entered)
            return
        for inner in refusal.branches.refusals(chosen[1].index):
            yield from self._narrowed(Leaf(inner, unions, (*leaf.entered, chosen)), document)

    def _union(self, leaf: Leaf, document: Any) -> Union | None:
        spot = self._reader_spot(leaf.refusal)
        if spot is None:
            return None
        ground = self._writer_walk.at(document, leaf.refusal.path)
        used = tuple(union.writer.pointer for union in leaf.unions if union.writer)
        key = (leaf.refusal.key, tuple(one.pointer for one in ground.spots), used)
        if key not in self._unions:
            names = (self._writer_walk.references, self._reader_references)
            self._unions[key] = union_of(leaf.refusal, spot, ground, names, used)
        return self._unions[key]

    def _finding(self, leaf: Leaf, document: Any, allowed: set[tuple[str, ...]]) -> Finding | None:
        """The finding with the smallest document that both validators confirm, or None."""

        def keeps(candidate: Any) -> bool:
            if not self._running() or not self._judges.written(candidate):
                return False
            keys = {other.refusal.key for other in self.leaves(candidate)}
            return leaf.refusal.key in keys and keys <= allowed

        smallest = Shrinker(keeps, lambda path: self._advice(document, path), running=self._running).shrink(document)
        for candidate in (smallest, document):
            engines = self._judges.confirm(candidate)
            refusal = next((o.refusal for o in self.leaves(candidate) if o.refusal.key == leaf.refusal.key), None)
            if engines is not None and refusal is not None:
                expected = f"refused by `{refusal.keyword}` at {refusal.pointer or '/'}"
                witness = Witness(candidate, expected=expected, confirmed_by=engines)
                return replace(self._described(refusal, candidate), status=Status.WITNESSED, witness=witness)
        return None

    def _described(self, refusal: Refusal, document: Any) -> Finding:
        spot = self._reader_spot(refusal)
        site = Site(
            refusal,
            value_at(document, refusal.path),
            spot.schema if spot else MISSING,
            self._writer_walk.at(document, refusal.path),
        )
        rules = self._rules(refusal, site)
        found: Iterator[Finding] = (replace(one, rule=rule.id) for rule in rules for one in rule.find(site))
        return next(found)  # documents_refused describes everything

    def _rules(self, refusal: Refusal, site: Site) -> Iterator[Rule]:
        book = rulebook(RULES)
        if refusal.conditional and not any(spot.pointer == refusal.pointer for spot in site.writer.spots):
            yield book[_RULE_OF_CONDITION[refusal.conditional]]
        if refusal.keyword == "false" and refusal.pointer:
            yield book["false_schema"]
        yield from (rule for rule in book.values() if refusal.keyword in rule.reads)
        yield book["documents_refused"]

    def _key(self, leaf: Leaf, document: Any) -> tuple[Any, ...]:
        """The cause: the reader's keyword and the writer's place. Where the writer may write anything, all that the
        reader says from there on is one cause."""
        ground = self._writer_walk.at(document, leaf.refusal.path)
        if ground.free is not None:
            return ground.free
        return *leaf.refusal.key, ground.holder((leaf.refusal.keyword,)).place

    def _reader_spot(self, refusal: Refusal) -> Spot | None:
        if refusal.source:
            uri, _, fragment = refusal.source.partition("#")
            return self._reader_references.pinned(uri, fragment, refusal.pointer)
        try:
            schema = lookup(self._reader.document, refusal.pointer)
        except (LookupError, ValueError):
            return None
        return Spot(self._reader.index, refusal.pointer, schema)

    def _advice(self, document: Any, path: tuple[str | int, ...]) -> Advice:
        ground = self._writer_walk.at(document, path)
        values: list[Any] = []
        required: set[str] = set()
        for spot in ground.spots if ground.exact else ():
            values += [value for keyword in ("const", "default") if (value := spot.says(keyword)) is not MISSING]
            values += spot.list_of("enum")[:_SUGGESTED] + spot.list_of("examples")[:_SUGGESTED]
            required.update(name for name in spot.list_of("required") if isinstance(name, str))
        return Advice(tuple(values), required)

    def _position(self, found: Finding) -> list[int]:
        return position(self._reader.document, found.reader.pointer if found.reader else "")


def position(document: Any, pointer: str) -> list[int]:
    """Where a place stands in the text of a document, as far as it is there: compare two to order them."""
    steps = []
    for token in split(pointer):
        if isinstance(document, dict) and token in document:
            steps.append(list(document).index(token))
            document = document[token]
        elif isinstance(document, list) and token.isdecimal() and int(token) < len(document):
            steps.append(int(token))
            document = document[int(token)]
    return steps
