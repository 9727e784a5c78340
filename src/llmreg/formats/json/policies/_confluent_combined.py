"""`allOf`, `anyOf`, `oneOf`: products of which all members hold, sums of which one is enough.

Members are matched, not compared by position: a sum fits when each of the writer's branches finds a reader's branch of
its own that takes it, a product when each of the reader's members finds one of the writer's of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from llmreg.formats.json.localise.references import Spot
from llmreg.formats.json.policies._side import is_plain
from llmreg.formats.json.policies._walk import Pair, Walk
from llmreg.model.record import dataclass

_SUMS = ("anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class _Combination:
    """What one side combines: the members of `allOf`, and those of a union with its keyword."""

    product: Sequence[Spot]
    keyword: str | None
    union: Sequence[Spot]
    plain: bool

    def __bool__(self) -> bool:
        return bool(self.product or self.union)


def combined(walk: Walk, pair: Pair) -> Iterator[str]:
    """The ids of the differences between the combined schemas of a place."""
    ours, theirs = (_combination(walk, side) for side in (pair.writer, pair.reader))
    if not ours and not theirs:
        return
    if not theirs and not ours.plain:
        yield from _taken_apart(walk, ours, pair.reader)
    elif not ours and not theirs.plain:
        yield from _put_together(walk, pair.writer, theirs)
    else:
        yield from _base(ours, theirs)
        yield from _products(walk, ours, theirs)
        yield from _sums(walk, ours, theirs)


def _combination(walk: Walk, side: Spot) -> _Combination:
    keyword = next((word for word in _SUMS if side.list_of(word)), None)
    return _Combination(
        walk.product(side), keyword, walk.union(side, keyword) if keyword is not None else (), is_plain(side)
    )


def _taken_apart(walk: Walk, ours: _Combination, reader: Spot) -> Iterator[str]:
    """The reader says in one schema what the writer combines."""
    if ours.product:
        fits = any(walk.fits(member, reader) for member in ours.product)
        yield "product_type_narrowed" if fits else "combined_type_subschemas_changed"
    else:
        fits = all(walk.fits(member, reader) for member in ours.union)
        yield "combined_type_extended" if fits else "sum_type_narrowed"


def _put_together(walk: Walk, writer: Spot, theirs: _Combination) -> Iterator[str]:
    """The reader combines what the writer says in one schema."""
    if theirs.product:
        yield "product_type_extended"
    else:
        fits = any(walk.fits(writer, member) for member in theirs.union)
        yield "sum_type_extended" if fits else "combined_type_subschemas_changed"


def _base(ours: _Combination, theirs: _Combination) -> Iterator[str]:
    """Keywords of the place itself count as one more member of a product."""
    if ours.plain != theirs.plain:
        yield "product_type_narrowed" if ours.plain else "product_type_extended"


def _products(walk: Walk, ours: _Combination, theirs: _Combination) -> Iterator[str]:
    had, has = ours.product, theirs.product
    if not had and not has:
        return
    if not has:
        yield "product_type_narrowed" if ours.plain or ours.union or not theirs.union else "combined_type_extended"
    elif not had:
        yield "product_type_extended" if theirs.plain or not ours.union else "combined_type_changed"
    elif len(has) > len(had):
        yield "product_type_extended"
    elif not _matched(has, had, lambda reader, writer: walk.fits(writer, reader)):
        yield "combined_type_subschemas_changed"
    elif len(has) < len(had):
        yield "product_type_narrowed"


def _sums(walk: Walk, ours: _Combination, theirs: _Combination) -> Iterator[str]:
    had, has = ours.union, theirs.union
    if not had and not has:
        return
    if not has:
        yield "product_type_narrowed"
    elif not had:
        fits = any(walk.fits(member, branch) for member in ours.product for branch in has)
        yield "combined_type_extended" if fits else "combined_type_subschemas_changed"
    elif ours.keyword == "anyOf" and theirs.keyword == "oneOf":
        yield "combined_type_changed"
    elif len(has) < len(had):
        yield "sum_type_narrowed"
    elif not _matched(had, has, walk.fits):
        yield "combined_type_subschemas_changed"
    elif len(has) > len(had):
        yield "sum_type_extended"
    elif ours.keyword != theirs.keyword:
        yield "combined_type_extended"


def _matched(each: Sequence[Spot], others: Sequence[Spot], fits: Callable[[Spot, Spot], bool]) -> bool:
    """Whether each of the first finds one of the others for itself: a matching by augmenting paths (Kuhn)."""
    if len(each) <= len(others) and all(fits(one, two) for one, two in zip(each, others, strict=False)):
        return True
    partners = [[index for index, other in enumerate(others) if fits(one, other)] for one in each]
    taken: dict[int, int] = {}

    def find(one: int, tried: set[int]) -> bool:
        for other in partners[one]:
            if other not in tried:
                tried.add(other)
                if other not in taken or find(taken[other], tried):
                    taken[other] = one
                    return True
        return False

    return all(find(one, set()) for one in range(len(each)))
