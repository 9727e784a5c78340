"""Where Python's `re` reads a pattern as ECMA-262 does, and answers in reasonable time."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Final

_MAX_STEPS: Final = 1 << 20
# `$` and `.` treat these in different ways, and `\s` some of them
_LINE_ENDS: Final = re.compile("[\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_BY_UNICODE: Final = re.compile(r"\\[wWdDsSbB]")
# an empty class, `{,n}`, back references to groups without a match, anchors and escapes that only Python has
_READ_DIFFERENTLY: Final = re.compile(r"\[\^?\]|\{,|\\[1-9AZaNU]|\(\?[aiLmsuxP#(>]|[*+?}]\+")
_QUANTIFIER: Final = re.compile(r"(?<!\\)(?:[*+]|\{\d+,\d*\})")
_GROUP_REPEATED: Final = re.compile(r"\)(?:[*+]|\{\d+)")


def is_reliable(pattern: str, text: str) -> bool:
    """Whether `re.search(pattern, text)` can be trusted and will end."""
    if not _compiles(pattern) or _LINE_ENDS.search(text):
        return False
    if not text.isascii() and _BY_UNICODE.search(pattern):
        return False
    if _GROUP_REPEATED.search(pattern):
        return len(text) <= _MAX_STEPS.bit_length()
    return len(text) ** min(len(_QUANTIFIER.findall(pattern)), 20) <= _MAX_STEPS or len(text) <= 1


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
