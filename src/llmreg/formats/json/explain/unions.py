"""Unions that refused a document: which branches of the two sides belong together, and schemas cut down to one pair.

A refusal by `anyOf` names no cause by itself. Where one branch of the reader answers to the writer's branch, the cause
is inside it; and a question about that pair alone finds the other causes that the union hides. Whatever such a question
finds counts only when the whole schemas confirm it, so the cut need not be exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from llmreg.formats.json.localise.branch import pairs
from llmreg.formats.json.localise.references import References, Spot
from llmreg.formats.json.localise.refusal import Refusal
from llmreg.formats.json.localise.walk import Ground, Walker
from llmreg.model.pointer import split
from llmreg.model.record import dataclass

UNIONS = ("anyOf", "oneOf")
_KINDS = ("type", "const", "enum", "false")


@dataclass(frozen=True, slots=True)
class Cut:
    """Keep only the branch `index` of the union `keyword` at `pointer`."""

    pointer: str
    keyword: str
    index: int


Pair: TypeAlias = tuple[Cut | None, Cut | None]  # the writer's cut, the reader's


@dataclass(frozen=True, slots=True)
class Union:
    """The reader's union at `reader`, the writer's at the same place of the document (None: it has none there).
    `free`: the writer may write anything there, so that whatever the reader says is one cause."""

    reader: Spot
    reader_keyword: str
    writer: Spot | None
    writer_keyword: str
    paired: tuple[tuple[int, int], ...]
    writer_place: str
    free: bool

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The two unions; without the writer's its place."""
        return self.reader.pointer, self.reader_keyword, self.writer_place, self.writer_keyword

    def is_within(self, outer: Iterable[Pair]) -> bool:
        """Whether it was already cut down: a recursive one."""
        return any(
            (writer and self.writer and writer.pointer == self.writer.pointer)
            or (reader and reader.pointer == self.reader.pointer)
            for writer, reader in outer
        )

    @property
    def in_pinned_document(self) -> bool:
        """Whether one of them lies outside the two documents."""
        return self.reader.entrance is not None or (self.writer is not None and self.writer.entrance is not None)

    def answering(self, refusal: Refusal, walker: Walker, value: Any) -> Pair | None:
        """The reader's branch that should have accepted the value, and the writer's that writes it; None when no
        branch of the reader surely should."""
        if self.writer is None:
            chosen = _only_near(refusal)
            return None if chosen is None else (None, self._reader_cut(chosen))
        for index, answer in self.paired:
            if walker.holds(self.writer.child(self.writer_keyword, index), value):
                return Cut(self.writer.pointer, self.writer_keyword, index), self._reader_cut(answer)
        return None

    def cuts(self) -> Iterator[Pair]:
        """One pair of cuts per branch of the writer; None where a side stays whole."""
        if self.writer is None:
            for index, _ in enumerate(self.reader.list_of(self.reader_keyword)):
                yield None, self._reader_cut(index)
            return
        paired = dict(self.paired)
        for index, _ in enumerate(self.writer.list_of(self.writer_keyword)):
            answer = paired.get(index)
            cut = Cut(self.writer.pointer, self.writer_keyword, index)
            yield cut, None if answer is None else self._reader_cut(answer)

    def _reader_cut(self, index: int) -> Cut:
        return Cut(self.reader.pointer, self.reader_keyword, index)


def union_of(
    refusal: Refusal, reader: Spot, ground: Ground, names: tuple[References, References], used: Sequence[str]
) -> Union:
    """The union that refused; of the writer's unions at the place the outermost that is not `used` yet."""
    found: tuple[Spot | None, str] = (None, "")
    for spot in ground.spots if ground.exact else ():
        for keyword in sorted(UNIONS, key=lambda name: name != refusal.keyword):
            if found[0] is None and spot.list_of(keyword) and spot.pointer not in used:
                found = spot, keyword
    if found[0] is None:
        return Union(reader, refusal.keyword, None, "", (), ground.innermost(), ground.free is not None)
    paired = pairs(found[0].members(found[1]), reader.members(refusal.keyword), names)
    return Union(reader, refusal.keyword, found[0], found[1], tuple(paired.items()), found[0].pointer, free=False)


def cut_down(document: Any, cuts: Sequence[Cut]) -> Any:
    """The document with each union replaced by an `allOf` of the branch that is kept. A recursive union that two cuts
    enter by different branches stays whole, because either branch may lead to the other's place."""
    kept: dict[tuple[str, str], set[int]] = {}
    for cut in cuts:
        kept.setdefault((cut.pointer, cut.keyword), set()).add(cut.index)
    # from the inside out, because an outer cut takes the inner places away
    for cut in sorted(dict.fromkeys(cuts), key=lambda cut: -len(cut.pointer)):
        if len(kept[cut.pointer, cut.keyword]) == 1:
            document = _replaced(document, split(cut.pointer), cut)
    return document


def _replaced(value: Any, tokens: Sequence[str], cut: Cut) -> Any:
    if tokens:
        if isinstance(value, list):
            at = int(tokens[0])
            return [*value[:at], _replaced(value[at], tokens[1:], cut), *value[at + 1 :]]
        return {**value, tokens[0]: _replaced(value[tokens[0]], tokens[1:], cut)}
    rest = {keyword: member for keyword, member in value.items() if keyword != cut.keyword}
    return {**rest, "allOf": [*rest.get("allOf", ()), value[cut.keyword][cut.index]]}


def _only_near(refusal: Refusal) -> int | None:
    """The only branch, or the only one that refuses the value for another reason than its type or its constant."""
    if refusal.branches is None or len(refusal.branches) == 1:
        return 0
    near = []
    for index in range(len(refusal.branches)):
        reasons = refusal.branches.refusals(index)
        if not any(reason.keyword in _KINDS and reason.path == refusal.path for reason in reasons):
            near.append(index)
    return near[0] if len(near) == 1 else None
