"""Makes a witness small: the fewest members, the shortest and plainest values that still show the same break."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from llmreg.model.jsontext import dumps
from llmreg.model.record import dataclass

Path = tuple[str | int, ...]
Keeps = Callable[[Any], bool]

_PLAINEST: tuple[Any, ...] = (None, False, 0, "", [], {})
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_FRACTIONS = (Decimal("0.5"), Decimal("-0.5"), Decimal("1.5"), Decimal("0.1"))
_LETTER = "a"
_MOST_HOISTED = 16
_MANY = 32  # items of an array, from which on they are made small together


@dataclass(frozen=True, slots=True)
class Advice:
    """What the writer's schema says of one place: values that it names (enum, examples, default), names that it
    requires. Only a help: a wrong advice makes a witness larger, never wrong."""

    values: tuple[Any, ...] = ()
    required: Collection[str] = ()


def no_advice(path: Path) -> Advice:
    """Nothing is known of any place."""
    del path
    return Advice()


def always() -> bool:
    """There is time."""
    return True


class Shrinker:
    """`keeps(document)` says whether a smaller document still proves the same thing; at most `steps` are tried, and
    none once `running` says that the time is over."""

    def __init__(
        self,
        keeps: Keeps,
        advise: Callable[[Path], Advice] = no_advice,
        steps: int = 400,
        running: Callable[[], bool] = always,
    ) -> None:
        self._keeps = keeps
        self._advise = advise
        self._steps = steps
        self._running = running

    def shrink(self, document: Any) -> Any:
        """The smallest document found; the same input always gives the same result."""
        before = None
        while before != (size := cost(document)) and self._steps > 0:
            before = size
            document = self._value(document, (), self._try)
        return document

    def _try(self, document: Any) -> bool:
        self._steps = self._steps - 1 if self._steps > 0 and self._running() else -1
        return self._steps >= 0 and self._keeps(document)

    def _value(self, value: Any, path: Path, put: Keeps) -> Any:
        if self._steps <= 0 or any(value == plain and type(value) is type(plain) for plain in _PLAINEST):
            return value
        advice = self._advise(path)
        size = cost(value)
        kind = type(value)
        options = [*_plainest(), *((option, cost(option)) for option in _options(value, advice))]
        # those of the same type come first, so that a witness stays recognisable
        for option, its_size in sorted(options, key=lambda one: (type(one[0]) is not kind, one[1])):
            if its_size < size and put(option):
                return self._value(option, path, put) if isinstance(option, (dict, list)) else option
        if isinstance(value, dict):
            return self._object(value, path, put, advice)
        if isinstance(value, list):
            return self._array(value, path, put)
        return _shortened(value, put) if isinstance(value, str) else value

    def _object(self, value: dict[str, Any], path: Path, put: Keeps, advice: Advice) -> dict[str, Any]:
        def keeps_names(kept: list[str]) -> bool:
            return put({name: value[name] for name in value if name in needed or name in kept})

        needed = {name for name in value if name in advice.required}
        kept = _fewer([name for name in value if name not in needed], keeps_names)
        value = {name: value[name] for name in value if name in needed or name in kept}
        for name in list(value):

            def put_member(member: Any, name: str = name) -> bool:
                return put({**value, name: member})

            value[name] = self._value(value[name], (*path, name), put_member)
        return value

    def _array(self, value: list[Any], path: Path, put: Keeps) -> list[Any]:
        value = _fewer(value, put)
        chosen = range(len(value)) if len(value) <= _MANY else self._odd(value, path, put)
        for index in chosen:

            def put_item(item: Any, index: int = index) -> bool:
                return put([*value[:index], item, *value[index + 1 :]])

            value[index] = self._value(value[index], (*path, index), put_item)
        return value

    def _odd(self, value: list[Any], path: Path, put: Keeps) -> list[int]:
        """Make the items of a long array what the first can be, all or by halves; the positions that are left."""

        def put_first(item: Any) -> bool:
            return put([item, *value[1:]])

        value[0] = self._value(value[0], (*path, 0), put_first)
        sizes = [cost(item) for item in value]
        odd, todo = [], [(1, len(value))]
        while todo and self._steps > 0:
            start, end = todo.pop()
            if all(item == value[0] for item in value[start:end]):
                continue
            like_first = [*value[:start], *[value[0]] * (end - start), *value[end:]]
            if max(sizes[start:end]) >= sizes[0] and put(like_first):
                value[:] = like_first
            elif end - start == 1:
                odd.append(start)
            else:
                middle = (start + end) // 2
                todo += [(middle, end), (start, middle)]
        return odd


def cost(value: Any) -> tuple[int, int, bool]:
    """Smaller is better: the number of values, the length of the text, whether it holds odd characters."""
    try:
        text = _ENCODER.encode(value)
    except TypeError:  # the fast encoder knows no Decimal
        text = dumps(value)
    return _count(value), len(text), not (text.isascii() and text.isprintable())


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_count, value.values()))
    return 1 + sum(map(_count, value)) if isinstance(value, list) else 1


@cache
def _plainest() -> tuple[tuple[Any, tuple[int, int, bool]], ...]:
    """The plainest values with what they cost."""
    return tuple((value, cost(value)) for value in _PLAINEST)


def _options(value: Any, advice: Advice) -> Iterator[Any]:
    """Values to try besides the plainest: those that the schema names, and what lies deeper inside."""
    yield from advice.values
    if isinstance(value, (dict, list)):
        inside = list(value.values() if isinstance(value, dict) else value)
        for member in inside[:_MOST_HOISTED]:
            if isinstance(member, (dict, list)):
                yield member
    if isinstance(value, Decimal):
        whole = int(value)
        yield from (*_FRACTIONS, whole, whole + 1, whole - 1, whole + Decimal("0.5"))


def _fewer(members: list[Any], keeps: Callable[[list[Any]], bool]) -> list[Any]:
    """The members without those that are not needed; all, then halves, are tried before single ones, and no parts so
    small that there would be very many of them."""
    size = len(members)
    while size and (len(members) <= 4 * _MANY or len(members) // size <= _MANY):
        end = len(members)
        while end > 0:
            shorter = members[: max(0, end - size)] + members[end:]
            if len(shorter) < len(members) and keeps(shorter):
                members = shorter
            end = min(end - size, len(members))
        size //= 2
    return members


def _shortened(text: str, put: Keeps) -> str:
    low, high = 0, len(text)
    while low < high:
        middle = (low + high) // 2
        if put(text[:middle]):
            high = middle
        else:
            low = middle + 1
    text = text[:high]
    plain = _LETTER * len(text)
    return plain if text != plain and put(plain) else text
