"""Make new inputs from old ones: bytes turned, words put in, two inputs spliced, JSON trees rearranged."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

MAX_BYTES = 20_000
# what parsers stumble over, whatever they parse
NASTY: tuple[bytes, ...] = (
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf0\x9f\x92\xa9", b"\xc2\x85", b"\xe2\x80\xa8", b"\r\n"),
    *(
        b"\\u0000",
        b"\\ud800",
        b"1e999999999",
        b"-0",
        b"1e-400",
        b"9" * 400,
        b"1e3999",
        b"-1e-3999",
        b"NaN",
        b"0x1p4",
        b"1_000",
        b"2147483648",
    ),
    *(b"9223372036854775808", b"\x1b[31m", b"../", b"%2e%2e%2f", b"${x}", b"{{", b"}}", b"[[[[", b"{{{{", b"null"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**400, "", "a", "\0", "\ud7ff", "#", "#/", "llmreg:a@1.0.0", [], {}, [[]]),
    *({"": {}}, "^(a+)+$", "(", "\\p{L}", [None], {"type": []}, {"$ref": "#"}, ["string", "string"], "a" * 5000),
    *("@1e3999@", "@-1e-3999@", "@0.1@", "@1.50@", f"@{'3' * 3999}@", "@1E+400@", "@0.0e1@"),
)
# numbers that Python's own float cannot hold: written as text, and freed from its quotes at the end
_NUMBERS = ("1e3999", "-1e-3999", "0.1", "1.50", "3" * 3999, "1E+400", "0.0e1")
_QUOTED = {f'"@{number}@"': number for number in _NUMBERS}
Mutator = Callable[[random.Random, bytes, Sequence[bytes], Sequence[bytes]], bytes]


def mutate(chance: random.Random, data: bytes, words: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    """One to four changes."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        data = chance.choice(MUTATORS)(chance, data, words, others)[:MAX_BYTES]
    return data


def _flip(chance: random.Random, data: bytes, *_: Sequence[bytes]) -> bytes:
    if not data:
        return b"\0"
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def _span(chance: random.Random, data: bytes) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.choice((1, 2, 4, 16, 64)))


def _cut(chance: random.Random, data: bytes, *_: Sequence[bytes]) -> bytes:
    start, end = _span(chance, data)
    return data[:start] + data[end:]


def _repeat(chance: random.Random, data: bytes, *_: Sequence[bytes]) -> bytes:
    start, end = _span(chance, data)
    return data[:start] + data[start:end] * chance.choice((2, 3, 40, 300)) + data[end:]


def _word(chance: random.Random, data: bytes, words: Sequence[bytes], _: Sequence[bytes]) -> bytes:
    start, end = _span(chance, data)
    return data[:start] + chance.choice(chance.choice((words or NASTY, NASTY))) + data[chance.choice((start, end)) :]


def _splice(chance: random.Random, data: bytes, _: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    other = chance.choice(others)
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def _lines(chance: random.Random, data: bytes, _: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    lines = data.split(b"\n")
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(chance.choice(others).split(b"\n")))
    if chance.random() < 0.5:
        del lines[chance.randrange(len(lines))]
    return b"\n".join(lines)


def _tree(chance: random.Random, data: bytes, words: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    """Change one node of the JSON tree; of each part, where there are two."""
    first, mark, second = data.partition(b"\0")
    if mark and chance.random() < 0.5:
        return first + mark + _tree(chance, second, words, others)
    try:
        root = [json.loads(first)]
        donor = json.loads(chance.choice(others).partition(b"\0")[0])
    except (ValueError, RecursionError):
        return _word(chance, data, words, others)
    nodes = _nodes(root)
    holder, key = chance.choice(nodes)
    given = chance.choice(_nodes([donor]))
    _change(chance, (holder, key), given[0][given[1]], words)
    try:
        text = json.dumps(root[0] if root else None)
    except (ValueError, RecursionError):
        return data
    for quoted, number in _QUOTED.items():
        text = text.replace(quoted, number)
    return text.encode() + mark + second


def _change(chance: random.Random, place: tuple[Any, Any], given: Any, words: Sequence[bytes]) -> None:
    holder, key = place
    how = chance.randrange(6)
    if how == 0:
        holder[key] = chance.choice(VALUES)
    elif how == 1:
        holder[key] = json.loads(json.dumps(given))
    elif how == 2 and isinstance(holder, dict):
        name = chance.choice(words or NASTY).decode("latin-1")
        holder[name] = holder.pop(key) if chance.random() < 0.5 else json.loads(json.dumps(given))
    elif how == 3:
        del holder[key]
    elif how == 4:
        holder[key] = [holder[key], json.loads(json.dumps(given))]
    else:
        holder[key] = {chance.choice(words or NASTY).decode("latin-1"): holder[key]}


def _nodes(root: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    left = [root]
    while left:
        holder = left.pop()
        for key in holder if isinstance(holder, dict) else range(len(holder)):
            found.append((holder, key))
            if isinstance(holder[key], (dict, list)):
                left.append(holder[key])
    return found


MUTATORS: tuple[Mutator, ...] = (_flip, _cut, _repeat, _word, _word, _splice, _lines, _tree, _tree, _tree, _tree)
