"""Look for payloads that break: probe every field whose signature differs, on one message pair and one surface."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, combinations, islice, product
from typing import Any

from llmreg.formats.protobuf import cause, payload
from llmreg.formats.protobuf.identity import FieldPair, Matching, MessagePair
from llmreg.formats.protobuf.kernel import (
    CHANGED,
    DEFAULT,
    DROPPED,
    ONEOF_CASE,
    PHANTOM,
    PRESENCE,
    REJECT,
    REQUIRED,
    WIRE,
    Outcome,
    Question,
    check,
)
from llmreg.formats.protobuf.model import Field
from llmreg.formats.protobuf.payload import Recipe
from llmreg.formats.protobuf.probes import Probe, late_probes, one, probes
from llmreg.model.record import dataclass, field, replace

BREAKING, LOSSY, INFO, IGNORED = "breaking", "lossy", "info", "ignored"
RANK = {IGNORED: 0, INFO: 1, LOSSY: 2, BREAKING: 3}
_MAX_ONEOF_PAIRS = 64


class BudgetError(Exception):
    """The deadline passed before every probe was made."""


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """A payload of `pair.writer` (`recipe`) that its reader reads otherwise, and which `aspect` is to blame.

    `number` is the enum value that was tried; `outcome` what the kernel said."""

    aspect: str
    level: str
    surface: str
    outcome: Outcome
    recipe: Recipe
    pair: MessagePair
    writer: Field | None = None
    reader: Field | None = None
    number: int | None = None


@dataclass(eq=False)
class _Tally:
    """What the probes of one field found: the worst outcome for each aspect (and enum value), how many were losses, and
    whether any value that is no default arrived."""

    worst: dict[tuple[str, int | None], tuple[Outcome, Probe]] = field(default_factory=dict)
    losses: int = 0
    survives: bool = False

    def note(self, key: tuple[str, int | None], outcome: Outcome, probe: Probe) -> None:
        """Keep the first of the worst."""
        known = self.worst.get(key)
        if known is None or _weight(outcome) > _weight(known[0]):
            self.worst[key] = (outcome, probe)


@dataclass(eq=False)
class Search:
    """One surface of one comparison. `proved` tells a field whose every value arrives: only its zero is tried then."""

    matching: Matching
    question: Question
    deadline: float
    proved: Callable[[MessagePair, Field, Field], bool] | None = None
    _blocked: bool = field(default=False, init=False)

    def hits(self, pair: MessagePair) -> Iterator[Hit]:
        """Every hit on the pair, in the order of the writer's fields. Raises BudgetError when the time is up."""
        yield from self._empty(pair)
        for item, other in pair.pairs:
            if item.signature != other.signature or self._stolen(pair, item, other):
                yield from self._field(pair, item, other)
        for item in pair.unread:
            yield from self._unread(pair, item)
        yield from self._oneofs(pair)

    def ask(self, pair: MessagePair, recipe: Recipe, *, defaults: bool = False) -> list[Outcome] | None:
        """The kernel's answer, within the deadline. Raises BudgetError."""
        if time.monotonic() > self.deadline:
            raise BudgetError
        return self.judge(pair, recipe, defaults=defaults)

    def judge(self, pair: MessagePair, recipe: Recipe, *, defaults: bool = False) -> list[Outcome] | None:
        """The kernel's answer for a recipe; None when the writer has no such payload on this surface."""
        try:
            content = self.content(pair, recipe)
        except payload.UninhabitedError:
            return None
        question = replace(self.question, defaults=True) if defaults else self.question
        return None if content is None else check(self.matching, pair, question, content)

    def content(self, pair: MessagePair, recipe: Recipe) -> bytes | str | None:
        """The payload that the recipe makes on this surface."""
        message = payload.build(self.matching.writer, pair.writer, recipe)
        if self.question.surface == WIRE:
            return payload.wire(message)
        value = payload.document(self.matching.writer, message)
        return None if value is None else payload.text(value)

    def _hit(self, aspect: str, level: str, outcome: Outcome, recipe: Recipe) -> Hit:
        return Hit(aspect, level, self.question.surface, outcome, recipe, outcome.pair, outcome.writer, outcome.reader)

    def _empty(self, pair: MessagePair) -> Iterator[Hit]:
        """The message with nothing but its required fields."""
        outcomes = self.ask(pair, {}, defaults=True) or []
        self._blocked = any(outcome.kind == REJECT for outcome in outcomes)
        for outcome in outcomes:
            if outcome.pair is not pair:
                continue
            if outcome.kind == REQUIRED and outcome.reader in pair.reader.fields:
                origin = pair.origins.get(outcome.reader.number)
                yield replace(self._hit(cause.REQUIRED_ADDED, BREAKING, outcome, {}), writer=origin)
            elif outcome.kind == DEFAULT:
                yield self._hit(cause.DEFAULT_VALUE, LOSSY, outcome, {})

    def _stolen(self, pair: MessagePair, item: Field, other: Field) -> bool:
        """Whether the reader gives the writer's JSON key to another field than the counterpart."""
        return self.question.surface != WIRE and pair.reader.by_key.get(item.key) is not other

    def _field(self, pair: MessagePair, item: Field, other: Field) -> list[Hit]:
        """The hits of one field that both sides know: the worst one, or one for each enum value."""
        tally = _Tally()
        side = self.matching.writer
        tries = probes(side, item, other, closed=self.question.closed)
        safe = self.proved is not None and self.proved(pair, item, other)
        self._try(pair, item, other, (probe for probe in tries if not (safe and probe.counts)), tally)
        if not (safe or tally.losses) and cause.shape_differs(item, other):
            self._try(pair, item, other, late_probes(side, item), tally)
        return [
            replace(
                self._hit(aspect, _level(outcome, tally.survives), outcome, {item.number: probe.value}),
                writer=item,
                reader=other,
                number=number,
            )
            for (aspect, number), (outcome, probe) in tally.worst.items()
        ]

    def _try(self, pair: MessagePair, item: Field, other: Field, values: Iterable[Probe], tally: _Tally) -> None:
        for probe in values:
            outcomes = self.ask(pair, {item.number: probe.value})
            if outcomes is None:
                continue
            mine = _about(outcomes, pair, item, blocked=self._blocked and not item.required)
            lost = any(outcome.kind != PRESENCE for outcome in mine)
            tally.losses += lost
            tally.survives = tally.survives or (probe.counts and not lost)
            if mine:
                aspect = cause.of_pair(item, other, mine[0].kind, self.question.surface, probe.number)
                tally.note((aspect, probe.number if aspect.startswith("enum") else None), mine[0], probe)

    def _unread(self, pair: MessagePair, item: Field) -> Iterator[Hit]:
        """A field that the reader does not know: skipped, refused, or taken for another one."""
        value = one(self.matching.writer, item)
        recipe = {item.number: value}
        outcomes = self.ask(pair, recipe)
        if outcomes is None or (self._blocked and not item.required):
            return
        for outcome in outcomes:
            if outcome.pair is pair and outcome.kind in (PHANTOM, ONEOF_CASE, REJECT):
                aspect = cause.of_unread(item, self._taker(pair, item), outcome.kind, self.question.surface)
                level = INFO if outcome.kind == ONEOF_CASE else BREAKING
                yield replace(self._hit(aspect, level, outcome, recipe), writer=item)
                return
        aspect = cause.of_unread(item, None, DROPPED, self.question.surface)
        yield Hit(aspect, IGNORED, self.question.surface, Outcome(DROPPED, pair, item), recipe, pair, item)

    def _taker(self, pair: MessagePair, item: Field) -> Field | None:
        if self.question.surface == WIRE:
            return pair.reader.by_number.get(item.number)
        return pair.reader.by_key.get(item.key)

    def _oneofs(self, pair: MessagePair) -> Iterator[Hit]:
        """Two fields that the writer may set together and that share a oneof at the reader."""
        for item, other in shared_oneofs(pair):
            recipe = {item.number: one(self.matching.writer, item), other.number: one(self.matching.writer, other)}
            for outcome in self.ask(pair, recipe) or ():
                if outcome.pair is pair and outcome.kind in (REJECT, DROPPED, CHANGED) and not self._blocked:
                    victim = outcome.writer or item
                    level = BREAKING if outcome.kind == REJECT else LOSSY
                    hit = self._hit(cause.ONEOF, level, outcome, recipe)
                    yield replace(hit, writer=victim, reader=pair.matches[victim.number])
                    break


def shared_oneofs(pair: MessagePair) -> list[FieldPair]:
    """Pairs of the writer's fields that may both be set and that one oneof of the reader holds; the first of many."""
    homes: dict[str, dict[Any, list[Field]]] = {}
    for item, other in pair.pairs:
        if other.oneof is not None:
            together = homes.setdefault(other.oneof, {})
            together.setdefault(item.oneof or item.number, []).append(item)
    found: list[FieldPair] = []
    for groups in homes.values():
        pairs = chain.from_iterable(product(*two) for two in combinations(groups.values(), 2))
        found += islice(pairs, _MAX_ONEOF_PAIRS)
    return found


def _about(outcomes: list[Outcome], pair: MessagePair, item: Field, *, blocked: bool) -> list[Outcome]:
    """The outcomes that the probed field is to blame for, losses before phantoms."""
    mine = [
        outcome
        for outcome in outcomes
        if outcome.pair is pair
        and (outcome.writer is item or outcome.kind == PHANTOM or (outcome.kind == REJECT and not blocked))
    ]
    return sorted(mine, key=lambda outcome: outcome.kind == PHANTOM)


def _weight(outcome: Outcome) -> int:
    if outcome.kind in (REJECT, PHANTOM):
        return 2
    return 0 if outcome.kind in (PRESENCE, ONEOF_CASE) else 1


def _level(outcome: Outcome, survives: bool) -> str:
    """Breaking when the reader refuses or invents something, or when no value of the field arrives."""
    if outcome.kind in (PRESENCE, ONEOF_CASE):
        return INFO
    if outcome.kind in (REJECT, PHANTOM):
        return BREAKING
    return LOSSY if survives else BREAKING
