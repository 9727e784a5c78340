"""What an expression of a Jinja2 template may stand for: places in the data, or lists of such."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from llmreg.formats.prompt.needs import Path, Step, StepKind


class Ref(NamedTuple):
    """The value at `path`; with `depth` n, a list of lists (n deep) of the values there."""

    path: Path
    depth: int = 0


Value = frozenset[Ref]
UNKNOWN: Value = frozenset()

SAME_LIST = frozenset({"sort", "list", "reverse", "unique", "shuffle", "select", "reject", "selectattr", "rejectattr"})
ONE_OF_LIST = frozenset({"first", "last", "random", "min", "max"})
UNCHANGED = frozenset({"safe"})
IN_LISTS = frozenset({"batch", "slice"})
PAIRS = frozenset({"items", "dictsort"})
WITH_ATTRIBUTE = frozenset(
    {"map", "sort", "groupby", "selectattr", "rejectattr", "unique", "sum", "join", "min", "max"}
)
ATTRIBUTE_FIRST = frozenset({"groupby", "selectattr", "rejectattr"})
METHODS = frozenset(
    [
        *("upper", "lower", "strip", "lstrip", "rstrip", "title", "capitalize", "split", "rsplit", "splitlines"),
        *("replace", "startswith", "endswith", "find", "rfind", "index", "count", "join", "format", "zfill", "center"),
        *("ljust", "rjust", "isdigit", "isalpha", "isupper", "islower", "partition", "rpartition", "swapcase"),
        *("append", "extend", "insert", "pop", "remove", "update", "setdefault", "copy"),
        *("removeprefix", "removesuffix"),
    ]
)
MAPPING_METHODS = frozenset(
    {"items", "keys", "values", "get", "copy", "pop", "update", "setdefault", "clear", "popitem"}
)
STRING_METHODS = (
    METHODS - {"append", "extend", "insert", "pop", "remove", "update", "setdefault", "copy"} - {"index", "count"}
)


def elements(value: Value, step: Step) -> Value:
    """What iterating over a value gives."""
    return frozenset(Ref(ref.path, ref.depth - 1) if ref.depth else Ref((*ref.path, step)) for ref in value if ref.path)


def attribute_steps(text: object) -> tuple[Step, ...]:
    """`a.b.0` of `map(attribute=…)`: numbers are indices, as Jinja2 reads them."""
    return tuple(
        Step(StepKind.INDEX, part) if part.isdigit() else Step(StepKind.KEY, part) for part in str(text).split(".")
    )


def joined(values: Iterable[Value]) -> Value:
    return frozenset(ref for value in values for ref in value)
