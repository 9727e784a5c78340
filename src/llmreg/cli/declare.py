"""How a command declares its options and arguments: words for `direct`, which reads plain lines, and for typer."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Unpack

    class Settings(TypedDict, total=False):
        """What typer's own declarations mean by these names; `parser` may raise ValueError with what is wrong."""

        help: str
        metavar: str
        min: float
        max: float
        show_default: bool
        parser: Callable[[str], Any]
        autocompletion: Callable[[str], list[str]]


class Declared:
    """What stands in `Annotated` beside the type of a command's parameter."""

    __slots__ = ("names", "settings")

    def __init__(self, *names: str, **settings: Unpack[Settings]) -> None:
        self.names = names
        self.settings = settings


class Option(Declared):
    """`Option("--output", "-o", help=…)`; without a name it is the parameter's, with dashes."""

    __slots__ = ()


class Argument(Declared):
    """A word without dashes, in the order of the parameters."""

    __slots__ = ()
