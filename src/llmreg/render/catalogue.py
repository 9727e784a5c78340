"""Find outputs by looking into the folder `outputs/`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from llmreg.errors import UsageError
from llmreg.model import folder

if TYPE_CHECKING:
    from llmreg.model.report import Report
    from llmreg.render.options import RenderOptions


class Output(Protocol):
    """What a module in `outputs/` has."""

    def render(self, report: Report, options: RenderOptions) -> str:
        """The whole text, with its final newline."""


@cache
def names() -> tuple[str, ...]:
    """The outputs, sorted; reads the folder, imports no output."""
    from llmreg.render import outputs

    return folder.modules(outputs.__path__)


def get(name: str) -> Output:
    """The output called `name`. Raises UsageError that lists the outputs."""
    if name not in names():
        raise UsageError(f"unknown output {name!r}", hint=f"one of {', '.join(names())}")
    return cast("Output", import_module(f"llmreg.render.outputs.{name}"))
