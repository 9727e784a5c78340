"""Where Python's `re` reads a pattern as ECMA-262 does, and answers in reasonable time."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Final

from llmreg.formats.json.backtracking import ends_soon
from llmreg.formats.json.regex import PatternError, PatternUnsupported

_MAX_STEPS: Final = 1 << 20
_LINE_ENDS: Final = re.compile("[\n\r\u2028\u2029]")
_PYTHON_SPACE: Final = re.compile("[\x1c-\x1f]")
_SPACE: Final = re.compile(r"\\[sS]")
_BY_UNICODE: Final = re.compile(r"\\[wWdDsSbB]")
# Python's `$` also holds before a final line feed, and its `.` reads all line ends but that
_TOKEN: Final = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[.$]", re.DOTALL)
_AS_ECMA: Final = {"$": r"\Z", ".": "[^\n\r\u2028\u2029]"}
# an empty class, `{,n}`, back references to groups without a match, anchors and escapes that only Python has
_READ_DIFFERENTLY: Final = re.compile(r"\[\^?\]|\{,|\\[1-9AZaNU]|\(\?[aiLmsuxP#(>]|[*+?}]\+")
_CHOICE: Final = re.compile(r"[*+?{|]")
_GROUP_REPEATED: Final = re.compile(r"\)(?:[*+]|\{\d+)")


def is_reliable(pattern: str, text: str) -> bool:
    """Whether `re.search(pattern, text)` ends, and finds what ECMA-262 finds."""
    if not _compiles(pattern) or not _ends(pattern, text):
        return False
    if not text.isascii() and _BY_UNICODE.search(pattern):
        return False
    if _PYTHON_SPACE.search(text) and _SPACE.search(pattern):
        return False
    if not _LINE_ENDS.search(text):
        return True
    exact = _TOKEN.sub(lambda token: _AS_ECMA.get(token[0], token[0]), pattern)
    return bool(re.search(pattern, text)) is bool(re.search(exact, text))


def _ends(pattern: str, text: str) -> bool:
    if _few_choices(pattern, text):
        return True
    try:
        return ends_soon(pattern, text)
    except (PatternError, PatternUnsupported):
        return False


def _few_choices(pattern: str, text: str) -> bool:
    """Enough for most patterns, at no cost: where no group is repeated, a way makes each choice once."""
    choices = len(_CHOICE.findall(pattern)) + (not pattern.startswith("^"))
    return not _GROUP_REPEATED.search(pattern) and (len(text) + 2) ** min(choices, 20) <= _MAX_STEPS


@lru_cache(maxsize=1024)
def _compiles(pattern: str) -> bool:
    if _READ_DIFFERENTLY.search(pattern):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # set operations that `re` announces
            re.compile(pattern)
    except (re.error, Warning, OverflowError, RecursionError):
        return False
    return True
