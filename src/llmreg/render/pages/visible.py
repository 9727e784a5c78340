"""Text of strangers without what the eye cannot see."""

from __future__ import annotations

import re
from typing import Any

from llmreg.render.plain import printable

_KEPT = re.compile(r"([\n\t])")


def visible(value: Any) -> Any:
    """Text whose invisible and direction-changing characters are spelt out; lines and tabs stay. What is no plain text
    (a number, finished markup) is as it was."""
    if type(value) is not str or value.isprintable() or value.replace("\n", "").replace("\t", "").isprintable():
        return value
    return "".join(part if part in "\n\t" else printable(part) for part in _KEPT.split(value))
