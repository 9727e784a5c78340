"""Where Python's `re` reads a pattern as ECMA-262 does, and answers in reasonable time."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Final

from llmreg.formats.json.backtracking import ends_soon
from llmreg.formats.json.regex import PatternError, PatternUnsupported

_MAX_STEPS: Final = 1 << 20
_LINE_ENDS: Final = re.compile("[\r\u2028\u2029]")  # `.` reads them in Python only; neither reads a line feed
_PYTHON_SPACE: Final = re.compile("[\x1c-\x1f]")
_SPACE: Final = re.compile(r"\\[sS]")
_BY_UNICODE: Final = re.compile(r"\\[wWdDsSbB]")
_ESCAPE_OR_CLASS: Final = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]", re.DOTALL)
# an empty class, `{,n}`, back references to groups without a match, anchors and escapes that only Python has
_READ_DIFFERENTLY: Final = re.compile(r"\[\^?\]|\{,|\\[1-9AZaNU]|\(\?[aiLmsuxP#(>]|[*+?}]\+")
_CHOICE: Final = re.compile(r"[*+?{|]")
_GROUP_REPEATED: Final = re.compile(r"\)(?:[*+]|\{\d+)")


def is_reliable(pattern: str, text: str) -> bool:
    """Whether `re.search(pattern, text)` can be trusted and will end."""
    return _compiles(pattern) and not _differs(pattern, text) and _ends(pattern, text)


def _differs(pattern: str, text: str) -> bool:
    if not text.isascii() and _BY_UNICODE.search(pattern):
        return True
    if _PYTHON_SPACE.search(text) and _SPACE.search(pattern):
        return True
    bare = _ESCAPE_OR_CLASS.sub("", pattern)
    # Python's `$` also holds before a final line feed
    return ("$" in bare and text.endswith("\n")) or ("." in bare and _LINE_ENDS.search(text) is not None)


def _ends(pattern: str, text: str) -> bool:
    try:
        return ends_soon(pattern, text)
    except PatternError:
        return False
    except PatternUnsupported:  # look-behind: each choice is made once, from each start
        choices = len(_CHOICE.findall(pattern)) + 1
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
