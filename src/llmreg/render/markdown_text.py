"""Foreign text inside GitHub-flavoured Markdown: prose that stays prose, code spans and fences that stay closed."""

from __future__ import annotations

import re

from llmreg.render.plain import printable

_ACTIVE = re.compile(r"[\\`*_\[\]<>#|~$&]")
_ACTIVE_AT_START = re.compile(r"^(\d*)([-+=]|[.)](?=\s|$))")
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_TICKS = re.compile(r"`+")
_SPLITTER = "&#8203;"  # a zero-width space: a mention or an issue number after it is not linked


def prose(text: str) -> str:
    """One line of running text. What stands between two single backticks is a code span, the rest is escaped."""
    parts = _SPAN.split(printable(text))
    return "".join(code(part) if at % 2 else escaped(part) for at, part in enumerate(parts))


def code(text: str) -> str:
    """A code span whose fence is longer than any run of backticks inside (CommonMark §6.1)."""
    text = printable(text)
    if not text:
        return ""
    ticks = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fence(text: str, language: str) -> str:
    """A fenced block around lines that are already printable."""
    ticks = "`" * max(_longest_run(text) + 1, 3)
    return f"{ticks}{language}\n{text}\n{ticks}\n\n"


def escaped(text: str) -> str:
    """The text as it is, fit for a table cell too: without code spans, in which a pipe cannot be escaped for sure."""
    text = _ACTIVE_AT_START.sub(r"\1\\\2", _ACTIVE.sub(r"\\\g<0>", printable(text)))
    text = text.replace("@", f"@{_SPLITTER}").replace("\\#", f"\\#{_SPLITTER}")
    return text.replace("://", f":{_SPLITTER}//").replace("www.", f"www{_SPLITTER}.")


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
