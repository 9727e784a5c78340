"""Regular languages as hash-consed terms over code points, with their derivatives."""

from __future__ import annotations

from typing import Final

from llmreg.formats.json.regex import charset
from llmreg.formats.json.regex.charset import Ranges

EMPTY_OP, EPSILON_OP, CLASS_OP, CAT_OP, OR_OP, AND_OP, NOT_OP, LOOP_OP = range(8)


class Term:
    """A language. Equal terms are one object as long as the pool is not dropped."""

    __slots__ = ("args", "derivatives", "first", "high", "id", "low", "nullable", "op", "ranges")

    def __init__(self, op: int, args: tuple[Term, ...], ranges: Ranges, low: int, high: int | None) -> None:
        self.op = op
        self.args = args
        self.ranges = ranges
        self.low = low
        self.high = high
        self.id = 0
        self.nullable = False
        self.first: frozenset[Ranges] | None = None
        self.derivatives: dict[int, Term] = {}


class _Pool:
    """The table of live terms. Dropped when it grows too large: sharing is lost, correctness is not."""

    LIMIT: Final = 400_000

    def __init__(self) -> None:
        self.terms: dict[object, Term] = {}
        self.count = 0

    def intern(
        self, op: int, args: tuple[Term, ...] = (), ranges: Ranges = (), low: int = 0, high: int | None = None
    ) -> Term:
        key = (op, tuple(arg.id for arg in args), ranges, low, high)
        term = self.terms.get(key)
        if term is None:
            term = Term(op, args, ranges, low, high)
            self.count += 1
            term.id = self.count
            term.nullable = _nullable(term)
            self.terms[key] = term
        return term


def _nullable(term: Term) -> bool:
    op = term.op
    if op == LOOP_OP:
        return term.low == 0 or term.args[0].nullable
    if op in (CAT_OP, AND_OP):
        return all(arg.nullable for arg in term.args)
    if op == OR_OP:
        return any(arg.nullable for arg in term.args)
    if op == NOT_OP:
        return not term.args[0].nullable
    return op == EPSILON_OP


_POOL: Final = _Pool()
EMPTY: Final = _POOL.intern(EMPTY_OP)
EPSILON: Final = _POOL.intern(EPSILON_OP)
ANY: Final = _POOL.intern(CLASS_OP, (), charset.EVERYTHING)
FULL: Final = _POOL.intern(LOOP_OP, (ANY,), (), 0, None)
_ROOTS: Final = tuple(_POOL.terms.items())


def trim() -> bool:
    """Drop the pool if it is over its limit. Only between questions, never inside a search."""
    if len(_POOL.terms) <= _POOL.LIMIT:
        return False
    _POOL.terms.clear()
    _POOL.terms.update(_ROOTS)
    for _, term in _ROOTS:
        term.derivatives.clear()
    return True


def char_class(ranges: Ranges) -> Term:
    return _POOL.intern(CLASS_OP, (), ranges) if ranges else EMPTY


def literal(text: str) -> Term:
    term = EPSILON
    for char in reversed(text):
        term = cat(char_class(((ord(char), ord(char)),)), term)
    return term


def cat(left: Term, right: Term) -> Term:
    if left is EMPTY or right is EMPTY:
        return EMPTY
    if left is EPSILON:
        return right
    if right is EPSILON:
        return left
    if right is FULL and left.nullable:
        return FULL
    if left.op == CAT_OP:
        return cat(left.args[0], cat(left.args[1], right))
    head, tail = (right.args[0], right.args[1]) if right.op == CAT_OP else (right, EPSILON)
    merged = _merge_loops(left, head)
    if merged is not None:
        return cat(merged, tail)
    return _POOL.intern(CAT_OP, (left, right))


def _as_loop(term: Term) -> tuple[Term, int, int | None]:
    return (term.args[0], term.low, term.high) if term.op == LOOP_OP else (term, 1, 1)


def _merge_loops(left: Term, right: Term) -> Term | None:
    """x{a,b}x{c,d} is x{a+c,b+d}."""
    if LOOP_OP not in (left.op, right.op):
        return None
    body, low, high = _as_loop(left)
    other, other_low, other_high = _as_loop(right)
    if body is not other:
        return None
    return loop(body, low + other_low, None if high is None or other_high is None else high + other_high)


def loop(body: Term, low: int, high: int | None) -> Term:
    if high == 0:
        return EPSILON
    if body is EMPTY:
        return EPSILON if low == 0 else EMPTY
    if body is EPSILON:
        return EPSILON
    if low == 1 and high == 1:
        return body
    if body.op == LOOP_OP and body.low <= 1 and body.high is None:
        return body if low > 0 else loop(body.args[0], 0, None)
    if body.nullable:
        # A nullable body may stand in for any number of rounds, so the lower bound says nothing.
        low = 0
    return _POOL.intern(LOOP_OP, (body,), (), low, high)


def negate(term: Term) -> Term:
    if term.op == NOT_OP:
        return term.args[0]
    if term is FULL:
        return EMPTY
    if term is EMPTY:
        return FULL
    return _POOL.intern(NOT_OP, (term,))


def union(terms: list[Term]) -> Term:
    flat: dict[int, Term] = {}
    ranges: Ranges = ()
    for term in terms:
        for part in term.args if term.op == OR_OP else (term,):
            if part is FULL:
                return FULL
            if part.op == CLASS_OP:
                ranges = charset.join(ranges, part.ranges)
            elif part is not EMPTY:
                flat[part.id] = part
    if ranges:
        part = char_class(ranges)
        flat[part.id] = part
    if len(flat) > 1:
        flat = _merge_counters(list(flat.values()))
    if FULL.id in flat:
        return FULL
    if any(part.op == NOT_OP and part.args[0].id in flat for part in flat.values()):
        return FULL
    return _combine(OR_OP, flat, EMPTY)


def _combine(op: int, flat: dict[int, Term], unit: Term) -> Term:
    if not flat:
        return unit
    if len(flat) == 1:
        return next(iter(flat.values()))
    return _POOL.intern(op, tuple(flat[key] for key in sorted(flat)))


def _merge_counters(parts: list[Term]) -> dict[int, Term]:
    """x{a,b}t and x{c,d}t are x{min,max}t where the windows touch: long counters stay one state."""
    groups: dict[tuple[int, int], list[tuple[int, int | None, Term, Term]]] = {}
    out: dict[int, Term] = {}
    for part in parts:
        head, tail = (part.args[0], part.args[1]) if part.op == CAT_OP else (part, EPSILON)
        if head.op == LOOP_OP:
            groups.setdefault((head.args[0].id, tail.id), []).append((head.low, head.high, head.args[0], tail))
        else:
            out[part.id] = part
    for windows in groups.values():
        windows.sort(key=lambda window: window[0])
        low, high, body, tail = windows[0]
        if low == 1 and tail.id in out:
            del out[tail.id]
            low = 0
        for next_low, next_high, _, _ in windows[1:]:
            if high is None or next_low <= high + 1:
                high = None if high is None or next_high is None else max(high, next_high)
            else:
                part = cat(loop(body, low, high), tail)
                out[part.id] = part
                low, high = next_low, next_high
        part = cat(loop(body, low, high), tail)
        out[part.id] = part
    return out


def intersection(terms: list[Term]) -> Term:
    flat: dict[int, Term] = {}
    window: tuple[Ranges, int, int | None] | None = None
    for term in terms:
        for part in term.args if term.op == AND_OP else (term,):
            if part is EMPTY:
                return EMPTY
            if part is FULL:
                continue
            body, low, high = _as_loop(part)
            if body.op == CLASS_OP:
                window = _narrow(window, body.ranges, low, high)
            else:
                flat[part.id] = part
    if window is not None:
        ranges, low, high = window
        if high is not None and low > high:
            return EMPTY
        part = loop(char_class(ranges), low, high)
        if part is EMPTY:
            return EMPTY
        flat[part.id] = part
    return _close_intersection(flat)


def _close_intersection(flat: dict[int, Term]) -> Term:
    if any(part.op == NOT_OP and part.args[0].id in flat for part in flat.values()):
        return EMPTY
    if EPSILON.id in flat:
        return EPSILON if all(part.nullable for part in flat.values()) else EMPTY
    return _combine(AND_OP, flat, FULL)


def _narrow(
    window: tuple[Ranges, int, int | None] | None, ranges: Ranges, low: int, high: int | None
) -> tuple[Ranges, int, int | None]:
    if window is None:
        return ranges, low, high
    highs = [bound for bound in (window[2], high) if bound is not None]
    return charset.meet(window[0], ranges), max(window[1], low), min(highs) if highs else None


def derive(term: Term, point: int) -> Term:
    """What may follow once `point` was read."""
    op = term.op
    if op == CLASS_OP:
        return EPSILON if charset.contains(term.ranges, point) else EMPTY
    if op <= EPSILON_OP:
        return EMPTY
    known = term.derivatives.get(point)
    if known is not None:
        return known
    if op == CAT_OP:
        head, tail = term.args
        result = cat(derive(head, point), tail)
        if head.nullable:
            result = union([result, derive(tail, point)])
    elif op == LOOP_OP:
        high = None if term.high is None else term.high - 1
        result = cat(derive(term.args[0], point), loop(term.args[0], max(term.low - 1, 0), high))
    elif op == NOT_OP:
        result = negate(derive(term.args[0], point))
    elif op == OR_OP:
        result = union([derive(arg, point) for arg in term.args])
    else:
        result = intersection([derive(arg, point) for arg in term.args])
    term.derivatives[point] = result
    return result


def first_classes(term: Term) -> frozenset[Ranges]:
    """The character sets that the next step of `term` can tell apart."""
    if term.first is None:
        if term.op == CLASS_OP:
            term.first = frozenset((term.ranges,))
        elif term.op == CAT_OP and not term.args[0].nullable:
            term.first = first_classes(term.args[0])
        else:
            term.first = frozenset().union(*(first_classes(arg) for arg in term.args))
    return term.first
