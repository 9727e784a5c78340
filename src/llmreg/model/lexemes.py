"""JSON with its numbers as they are written: for texts that are passed on and may lose nothing but white space."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


class Lexeme(str):
    """A number's own characters: `1.0` stays `1.0`, `1e3` stays `1e3`."""

    __slots__ = ()


_BLANKS = b" \t\r\n"
_READER = json.JSONDecoder(parse_float=Lexeme, parse_int=Lexeme)


def read(text: str) -> Any:
    """The value of a text that `jsontext.loads` has accepted before: nothing is checked here."""
    return _READER.decode(text)


def write(value: Any) -> str:
    """Compact text, keys in their own order."""
    return "".join(_pieces(value))


def compact(text: str) -> str:
    """`write(read(text))`: where nothing is escaped, quotes tell strings and the rest apart, and nothing is built."""
    if "\\" in text:
        return write(read(text))
    parts = text.encode().split(b'"')
    parts[::2] = b'"'.join(parts[::2]).translate(None, _BLANKS).split(b'"')
    return b'"'.join(parts).decode()


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, Lexeme):
        yield value
    elif isinstance(value, dict):
        yield "{"
        for count, (key, item) in enumerate(value.items()):
            yield f"{',' if count else ''}{json.dumps(key, ensure_ascii=False)}:"
            yield from _pieces(item)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for count, item in enumerate(value):
            if count:
                yield ","
            yield from _pieces(item)
        yield "]"
    else:
        yield json.dumps(value, ensure_ascii=False)
