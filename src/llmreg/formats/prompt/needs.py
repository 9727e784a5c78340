"""What a template asks of its data: paths, how each is used, and what the template has made sure of before.

A path is a tuple of steps from the root of the data. `facts` holds, for every step of the path, what is known there:
`d` defined, `n` not null, `y` its type has been tested; `t` (true) implies `d` and `n`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class StepKind(StrEnum):
    """`key`: a member by name; `each`: every element; `value`: every member's value; `index`: the element at a
    fixed place; `any`: an element or member that is computed while rendering; `section`: every element of a list, or
    the value itself where it is none (mustache)."""

    KEY = "key"
    EACH = "each"
    VALUE = "value"
    INDEX = "index"
    ANY = "any"
    SECTION = "section"


class Step(NamedTuple):
    """`name` is the member's name, or the index in decimal. `dotted`: written `.name`, which finds methods first."""

    kind: StepKind
    name: str = ""
    dotted: bool = False

    @property
    def same(self) -> tuple[StepKind, str]:
        """Equal for every spelling of one step."""
        return self.kind, self.name


Path = tuple[Step, ...]
_SHOWN = {StepKind.EACH: "[]", StepKind.INDEX: "[]", StepKind.VALUE: "{}", StepKind.ANY: "{}", StepKind.SECTION: "[]"}


def shown(path: Iterable[Step]) -> str:
    """`docs.[].title`; `[]` is an element, `{}` any member."""
    return ".".join(_SHOWN.get(step.kind, step.name) for step in path)


def alike(path: Path) -> tuple[tuple[StepKind, str], ...]:
    """The path without its spelling."""
    return tuple(step.same for step in path)


class Need(NamedTuple):
    """One use of a path. `use`: `print`, `iterate`, `items` (as a mapping), `member` (a step further is taken), `test`
    (its truth), `defined` (only asked for), `read` (handed to a filter, test, function or operator), or
    `method:NAME`, `filter:NAME`. `line` counts from 1 in the template, `statement` is the line where its statement
    begins; `message` is the place in a list of messages. `soft`: an absent value does no harm here. `instead`: further
    paths that are looked up in turn where this one leads nowhere (mustache)."""

    path: Path
    use: str
    line: int
    statement: int
    facts: tuple[str, ...]
    soft: bool = False
    message: int | None = None
    instead: tuple[Path, ...] = ()

    @property
    def guarded(self) -> bool:
        """Whether the template has made sure of the value, or does without it."""
        return self.soft or bool(set(self.facts[-1]) & {"d", "t"})

    @property
    def shown(self) -> str:
        return shown(self.path)
