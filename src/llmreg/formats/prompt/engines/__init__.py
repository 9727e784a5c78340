"""The template languages: each is a module of this folder, found by looking.

A language reads a template into needs, says what is wrong with its text, and renders it in the child process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

from llmreg.errors import UsageError
from llmreg.formats.prompt.needs import Need
from llmreg.model import folder
from llmreg.model.problem import Problem

DEFAULT = "jinja2"


class Engine(Protocol):
    """`render` runs in the child only: it gives the text in pieces, so that the size can be limited. `strict`: a value
    that is not there is an error, not an empty text. Pieces and errors: see `child`."""

    reserved: frozenset[str]

    def problems(self, text: str) -> Sequence[Problem]: ...

    def needs(self, text: str) -> Sequence[Need]: ...

    def compiled(self, text: str, *, strict: bool) -> Callable[[dict[str, Any]], Any]: ...

    def version(self) -> str: ...


def names() -> tuple[str, ...]:
    return tuple(name for name in folder.modules(__path__) if not name.startswith("_"))


@cache
def get(name: str) -> Engine:
    """Raises UsageError for a language that there is not."""
    if name not in names():
        raise UsageError(f"there is no template engine {name!r}", hint=f"`engine:` is one of {', '.join(names())}")
    return cast("Engine", import_module(f"{__name__}.{name}").ENGINE)
