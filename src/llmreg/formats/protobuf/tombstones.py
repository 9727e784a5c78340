"""Numbers and names that an older version used, a later one dropped, and the new version uses again.

No two neighbouring versions show it: the new version is held against each older one, for what the version in between
lacks. The witness is a payload of the older version, read by the new one; the other way round when only the forward
direction was asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from llmreg.formats.protobuf import payload
from llmreg.formats.protobuf.evidence import Reused
from llmreg.formats.protobuf.identity import Matching, MessagePair, namesake
from llmreg.formats.protobuf.kernel import JSON, WIRE, Question
from llmreg.formats.protobuf.model import Enum, Field, Message
from llmreg.formats.protobuf.probes import one
from llmreg.formats.protobuf.runtime import runtime
from llmreg.formats.protobuf.schema import ProtobufSchema
from llmreg.formats.protobuf.scope import Route, Scope, Settings, spread
from llmreg.formats.protobuf.search import LOSSY, RANK, Hit, Search
from llmreg.formats.protobuf.side import Side
from llmreg.formats.protobuf.witness import Verifier, show
from llmreg.model.finding import Witness
from llmreg.model.record import dataclass, field


@dataclass(frozen=True, slots=True)
class Asked:
    """How a name that comes back is probed, and in which direction the versions are read."""

    settings: Settings
    closed: bool
    deadline: float
    new_writes: bool


def reused(old: Side, new: ProtobufSchema, earlier: Sequence[ProtobufSchema], asked: Asked) -> Iterator[Reused]:
    """Each declaration of `new` once that `old` lacks, against the latest of the older versions that used its number
    or name for something else. Raises BudgetError."""
    told: set[str] = set()
    for past in reversed(earlier):
        look = _Look(past, new, asked)
        for item in [*look.messages(old), *look.enums(old)]:
            if item.pointer not in told:
                told.add(item.pointer)
                yield item


@dataclass(eq=False)
class _Look:
    """One older version and the new one, on descriptors loaded for nothing else."""

    past: ProtobufSchema
    new: ProtobufSchema
    asked: Asked
    matching: Matching = field(init=False)

    def __post_init__(self) -> None:
        past, new = self.past.side, self.new.side
        self.matching = Matching(new, past) if self.asked.new_writes else Matching(past, new)

    def messages(self, old: Side) -> Iterator[Reused]:
        """A message that `old` lacks altogether brings all its fields back."""
        for message in self.new.side.declared():
            known, before = (namesake(side, self.new.side, message) for side in (self.past.side, old))
            if known is None:
                continue
            for item in message.fields:
                if before is None or (item.number not in before.by_number and item.name not in before.by_name):
                    yield from self._field(known, message, item)

    def enums(self, old: Side) -> Iterator[Reused]:
        pasts = {enum.pointer: enum for enum in self.past.side.enums()}
        befores = {enum.pointer: enum for enum in old.enums()}
        for enum in self.new.side.enums():
            known, before = pasts.get(enum.pointer), befores.get(enum.pointer)
            if known is None:
                continue
            for name, number in enum.values:
                if before is None or (number not in before.by_number and name not in before.by_name):
                    yield from self._value(known, enum, name, number)

    def _field(self, known: Message, message: Message, item: Field) -> Iterator[Reused]:
        holder, namesake = known.by_number.get(item.number), known.by_name.get(item.name)
        pair = self._pair(known.full_name, message.full_name)
        if holder is not None and holder.name != item.name:
            witness = self._bytes(pair, item.number)
            if witness is not None:
                text = f"an older version used its number {item.number} for `{holder.name}` ({holder.kind})"
                yield Reused(f"`{item.name}`: {text}", item.pointer, witness)
        elif namesake is not None:
            witness = self._read_otherwise(pair, namesake, item)
            if witness is not None:
                text = f"an older version used this name for number {namesake.number} ({namesake.kind})"
                yield Reused(f"`{item.name}`: {text}", item.pointer, witness)

    def _value(self, known: Enum, enum: Enum, name: str, number: int) -> Iterator[Reused]:
        names = known.by_number.get(number)
        sides = (self.past.side.carrier(known), self.new.side.carrier(enum))
        pair = self._pair(*(side.full_name for side in sides))
        if names is not None and name not in names:
            text = f"`{name}`: an older version used its number {number} for `{names[0]}`"
            yield Reused(text, enum.place(number), self._number(pair, number))
        elif known.by_name.get(name, number) != number:
            written = number if self.asked.new_writes else known.by_name[name]
            hits = [found for found in self._hits({pair: [(pair, ())]}) if found[0].number == written]
            witness = next((shown for hit, verifier in hits if (shown := verifier.witness(hit))), None)
            if witness is not None:
                text = f"`{name}`: an older version used this name for number {known.by_name[name]}"
                yield Reused(text, enum.place(number), witness)

    def _pair(self, past: str, new: str) -> MessagePair:
        return self.matching.pair(*((new, past) if self.asked.new_writes else (past, new)))

    def _bytes(self, pair: MessagePair, number: int) -> Witness | None:
        """Bytes of the writer's field, and what a reader loaded for nothing else takes them for; None when the message
        has no payload."""
        from google.protobuf.message import DecodeError

        writer, reader = pair.writer.by_number[number], pair.reader.by_number[number]
        try:
            built = payload.build(self.matching.writer, pair.writer, {number: one(self.matching.writer, writer)})
        except payload.UninhabitedError:
            return None
        content: bytes = built.SerializeToString(deterministic=True)
        schema = self.past if self.asked.new_writes else self.new
        wrote = f"the writer wrote `{writer.name}`"
        try:
            read = Side(schema.descriptors, schema.path).message(pair.reader.full_name).make.FromString(content)
        except DecodeError:
            told = f"the reader takes number {number} for `{reader.name}` and cannot parse it; {wrote}"
        else:
            taken = {raw.number: value for raw, value in read.ListFields()}
            value = show(taken[number], reader) if number in taken else "unset, as the encoding is another"
            told = f"the reader reads number {number} as `{reader.name}`: {value}; {wrote}"
        return Witness(payload.document(self.matching.writer, built), content.hex(), told, (runtime(),))

    def _number(self, pair: MessagePair, number: int) -> Witness:
        """The number in a message whose only field is the enum."""
        built = payload.build(self.matching.writer, pair.writer, {1: number})
        content: bytes = built.SerializeToString(deterministic=True)
        read = pair.reader.make.FromString(content)
        told = f"in a field of this enum the reader reads {show(read.value, pair.reader.by_number[1])}"
        return Witness(payload.document(self.matching.writer, built), content.hex(), told, (runtime(),))

    def _read_otherwise(self, pair: MessagePair, namesake: Field, item: Field) -> Witness | None:
        """A payload in which the field keeps its place and does not arrive as it was written."""
        pairs: dict[MessagePair, list[Route]] = {pair: [(pair, ())]}
        if namesake.message and item.message and self._moved(namesake.message, item.message):
            step = (item, namesake) if self.asked.new_writes else (namesake, item)
            pairs |= spread(self.matching, [(self._pair(namesake.message, item.message), (pair, (step,)))])
        for hit, verifier in self._hits(pairs):
            mine = hit.pair is not pair or item.name in {part.name for part in (hit.writer, hit.reader) if part}
            witness = verifier.witness(hit) if mine and self._in_place(hit.surface, namesake, item) else None
            if witness is not None:
                return witness
        return None

    def _moved(self, past: str, new: str) -> bool:
        """Whether these are two message types, and not one that changed by itself."""
        return self.past.side.pointer(past) != self.new.side.pointer(new)

    def _in_place(self, surface: str, namesake: Field, item: Field) -> bool:
        """Where the reader does not look for the field, it is dropped, which is not another meaning."""
        return namesake.number == item.number if surface == WIRE else namesake.key in item.accepted

    def _hits(self, pairs: Mapping[MessagePair, list[Route]]) -> Iterator[tuple[Hit, Verifier]]:
        """What a search of the pairs finds lost, refused or changed, with the verifier for it. Raises BudgetError."""
        settings = self.asked.settings
        schemas = (self.new, self.past) if self.asked.new_writes else (self.past, self.new)
        writer, reader = ((schema.descriptors, schema.path) for schema in schemas)
        for surface in settings.surfaces:
            if surface not in (WIRE, JSON):
                continue
            question = Question(surface, reject_unknown=settings.reject_unknown, closed=self.asked.closed)
            search = Search(self.matching, question, self.asked.deadline)
            verifier = Verifier(Scope((), 0, pairs), {surface: search}, writer, reader)
            for pair in pairs:
                yield from ((hit, verifier) for hit in search.hits(pair) if RANK[hit.level] >= RANK[LOSSY])
