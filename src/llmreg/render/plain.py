"""Text that is safe to show: whatever a schema contains, no control character leaves this program."""

from __future__ import annotations

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def printable(text: str) -> str:
    """The text on one line, with everything invisible spelt out: `\\n`, `\\u001b`, `\\u202e`.

    Escapes what Unicode calls control, format (bidi overrides, zero-width marks), surrogate, private, unassigned and
    separator, but for the plain space. The escapes are JSON's, so that JSON text keeps its meaning.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def printable_lines(text: str) -> str:
    """The same for text whose line breaks are our own."""
    return "\n".join(printable(line) for line in text.split("\n"))


def clip(text: str, limit: int) -> str:
    """At most `limit` characters; a cut is shown by an ellipsis."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"


def _escape(char: str) -> str:
    """A character above U+FFFF becomes a surrogate pair, as in JSON."""
    if char in _SHORT:
        return _SHORT[char]
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
