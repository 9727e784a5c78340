"""Names that are free: from titles and keys to identifiers, each once."""

from __future__ import annotations

import re

# What the written code means something else by, in one language or the other.
RESERVED = frozenset(
    ["Any", "Literal", "Annotated", "BaseModel", "ConfigDict", "Field", "RootModel", "None", "True", "False", "Array"]
)
_WORDS = re.compile(r"[A-Za-z0-9]+")


def type_name(text: str) -> str:
    """`create_ticket` and `create ticket` are `CreateTicket`."""
    words = [word[0].upper() + word[1:] for word in _WORDS.findall(text)]
    name = "".join(words) or "Type"
    return f"Type{name}" if name[0].isdigit() else name


def free(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where it is taken; takes it."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}{number}", number + 1
    taken.add(found)
    return found


def one_line(text: str) -> str:
    """What stands in a comment or a table must not end it: a key of a stranger's schema may hold a line break."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
