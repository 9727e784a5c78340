"""The plainest YAML there is, read without a YAML parser: lines of `key: word`, comments and blank lines.

Most settings files are no more than that, and loading a parser costs a hook more than reading them. Whatever is not
certainly read the same by `yamltext` is left to it.
"""

from __future__ import annotations

import re
from typing import Any, Final

# A comment, nothing, or a key and its value: words that start with a letter, or a whole number as JSON writes it.
_LINE: Final = re.compile(
    r"(?:#[ -~]*)?|([a-z][a-z0-9_-]{0,63}): (?:([A-Za-z][\w./@,()-]*(?: [\w./@,()-]+)*)|(0|[1-9][0-9]{0,8}))", re.ASCII
)
_CONSTANTS: Final = {"true": True, "false": False, "null": None}
_LOOKALIKES: Final = frozenset({"True", "TRUE", "False", "FALSE", "Null", "NULL"})  # refused by `yamltext`


def read(data: bytes) -> dict[str, Any] | None:
    """The mapping that the file is, when it is one of this kind; None says nothing."""
    if not data.isascii():
        return None
    found: dict[str, Any] = {}
    for line in data.decode("ascii").split("\n"):
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        key, word, number = match.groups()
        if key is None:
            continue
        if key in found or key in _CONSTANTS or word in _LOOKALIKES:
            return None
        found[key] = int(number) if number else _CONSTANTS.get(word, word)
    return found or None
