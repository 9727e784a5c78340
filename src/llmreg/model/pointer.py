"""JSON Pointers (RFC 6901): the only code that turns a place into text and back."""

from __future__ import annotations

from typing import Any


def escape(token: str | int) -> str:
    """One reference token as it stands in a pointer: `~` is `~0`, `/` is `~1`."""
    text = str(token)
    return text.replace("~", "~0").replace("/", "~1") if "~" in text or "/" in text else text


def join(base: str, *tokens: str | int) -> str:
    """`join("/a", "b/c", 0)` is `/a/b~1c/0`."""
    for token in tokens:
        base += f"/{escape(token)}"
    return base


def split(pointer: str) -> tuple[str, ...]:
    """The unescaped tokens of a pointer; the root pointer `""` has none.

    Raises ValueError when the text is no pointer.
    """
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError(f"a JSON Pointer starts with '/': {pointer!r}")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))


def lookup(document: Any, pointer: str) -> Any:
    """The value at `pointer`. Raises LookupError when the document has no such place."""
    value = document
    for token in split(pointer):
        if isinstance(value, list):
            if not token.isdecimal() or (len(token) > 1 and token[0] == "0"):
                raise LookupError(pointer)
            if int(token) >= len(value):
                raise LookupError(pointer)
            value = value[int(token)]
        elif isinstance(value, dict):
            value = value[token]
        else:
            raise LookupError(pointer)
    return value
