"""Lines of styled words: plain text, or coloured by rich when a terminal wants it.

Every word passes through `printable` here, so no output built of lines can leak a control character.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from llmreg.render.options import RenderOptions
from llmreg.render.plain import printable


class Word(NamedTuple):
    """`style` is rich's name of a style; empty is plain."""

    text: str
    style: str = ""


Line = tuple[Word, ...]


def line(*words: str | Word, indent: int = 0) -> Line:
    """One line; `indent` counts spaces."""
    start = (Word(" " * indent),) if indent else ()
    return start + tuple(word if isinstance(word, Word) else Word(word) for word in words)


def to_text(lines: Iterable[Line], options: RenderOptions) -> str:
    """The lines, each ended by a newline."""
    if options.color:
        return _colored(lines)
    return "".join("".join(printable(word.text) for word in words).rstrip() + "\n" for words in lines)


def _colored(lines: Iterable[Line]) -> str:
    """rich is loaded here only: plain output must not pay for its import."""
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    console = Console(
        file=StringIO(), force_terminal=True, color_system="standard", no_color=False, legacy_windows=False
    )
    with console.capture() as captured:
        for words in lines:
            text = Text.assemble(*((printable(word.text), word.style) for word in words))
            text.rstrip()
            console.print(text, soft_wrap=True)
    return captured.get()
