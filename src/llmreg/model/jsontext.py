"""JSON as text: the one strict reader and the one exact writer of the program.

Strict means RFC 8259 plus I-JSON's refusals (RFC 7493 §2): UTF-8 without a byte order mark, no duplicate key, no
NaN or infinity, no lone surrogate, bounded depth. Numbers stay exact: int, or Decimal where the text has a fraction
or an exponent. Key order is kept, because order is contract.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from decimal import Context, Decimal
from json.decoder import WHITESPACE  # type: ignore[attr-defined] # compiled already
from json.scanner import make_scanner
from operator import itemgetter
from typing import Any

from llmreg.errors import DocumentError, LimitError
from llmreg.model.pointer import join, split
from llmreg.model.problem import Problem

MAX_DEPTH = 128
MAX_SCHEMA_BYTES = 1 << 20
MAX_DOCUMENT_BYTES = 10 << 20
_MAX_DIGITS = 4000
_QUIET = Context(traps=[])  # an exponent that the library cannot hold gives NaN
# As text: they are seldom needed, and compiling them takes longer than a small schema takes to read.
_LEXEME = r'[ \t\r\n]*(?:([{}\[\],:])|("(?:[^"\\\x00-\x1f]|\\.)*")|([^\s{}\[\],:"]+))'
_SURROGATE = "[\ud800-\udfff]"
_BLANK = WHITESPACE.match
_skip = make_scanner(json.JSONDecoder(parse_float=str, parse_int=str))  # type: ignore[arg-type] # in C
_compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_Tree = dict[Any, Any]  # pointers by their tokens; a pointer that ends stands under None
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


class _RefusedError(ValueError):
    """Raised by the hooks of the standard reader; turned into a placed Problem by `loads`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def loads(data: bytes | str, *, max_bytes: int = MAX_SCHEMA_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """The value of a strict JSON text: dict, list, str, int, Decimal, bool or None.

    Raises DocumentError with one placed Problem for text that is not strict JSON, and LimitError when it is larger
    than `max_bytes` or nested deeper than `max_depth`; both limits are checked before anything is built.
    """
    if len(data) > max_bytes:
        raise LimitError(f"{len(data)} bytes is more than the limit of {max_bytes}")
    text = decode(data) if isinstance(data, bytes) else data
    refuse_depth(text, max_depth)
    try:
        value = _READER.decode(text)
    except json.JSONDecodeError as error:
        raise _document_error("json-syntax", f"not JSON: {error.msg}", error.lineno, error.colno) from None
    except _RefusedError as error:
        line, column, pointer = _find_refused(text, error)
        raise _document_error(error.code, str(error), line, column, pointer) from None
    surrogate = None if text.isascii() else re.search(_SURROGATE, text)
    surrogate = surrogate or (_escaped_surrogate(value) if "\\u" in text else None)
    if surrogate:
        raise _document_error("lone-surrogate", "a lone surrogate is no Unicode text", None, None)
    return value


def decode(data: bytes) -> str:
    """UTF-8 text without a byte order mark. Raises DocumentError."""
    if data[:3] == b"\xef\xbb\xbf" or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _document_error("encoding", "starts with a byte order mark; save it as plain UTF-8", 1, 1)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _document_error("encoding", f"not UTF-8 at byte {error.start}", line, None) from None


def refuse_depth(text: str, max_depth: int = MAX_DEPTH) -> None:
    """Raise LimitError when brackets nest deeper than `max_depth`; works on any JSON-like text."""
    if text.count("[") + text.count("{") <= max_depth:
        return
    depth = 0
    for match in _BRACKETS.finditer(text):
        first = match.group()[0]
        if first in "[{":
            depth += 1
            if depth > max_depth:
                line = text.count("\n", 0, match.start()) + 1
                raise LimitError(f"nested deeper than {max_depth} levels (line {line})")
        elif first in "]}":
            depth -= 1


def dumps(value: Any, *, indent: int | None = None) -> str:
    """JSON text with keys in their own order and every number exactly as it is; compact unless `indent` is given.

    Decimals are written in full; a float is written as Python's shortest text for it.
    """
    if indent is None:
        with suppress(TypeError):  # a Decimal, which the standard writer does not know
            return _compact(value)
    return "".join(_write(value, indent, 0))


def plain(value: Any) -> Any:
    """The same value with Decimals as int or float, for callers that hand it to other libraries.

    An integral Decimal such as 1.0 becomes a float, so that it prints as it was written.
    """
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def locate(text: str, pointer: str) -> tuple[int, int] | None:
    """Line and column, from 1, of the value at `pointer` in a JSON text; None when it is not there.

    For the member of an object the place is that of its key, where an editor should jump to.
    """
    return locate_all(text, [pointer]).get(pointer)


def locate_all(text: str, pointers: Iterable[str]) -> dict[str, tuple[int, int]]:
    """The same for many pointers in one pass over the text; those that are not there are left out."""
    tree: _Tree = {}
    for pointer in set(pointers):
        node = tree
        for token in split(pointer):
            node = node.setdefault(token, {})
        node[None] = pointer
    offsets: dict[str, int] = {}
    with suppress(IndexError, StopIteration, ValueError):  # the text ends, or is no JSON: nothing else is there
        if None in tree:
            offsets[tree.pop(None)] = 0
        _search(text, _BLANK(text, 0).end(), tree, offsets)
    places: dict[str, tuple[int, int]] = {}
    line, newline, counted = 1, -1, 0
    for pointer, start in sorted(offsets.items(), key=itemgetter(1)):
        line += text.count("\n", counted, start)
        newline = max(newline, text.rfind("\n", counted, start))
        counted = start
        places[pointer] = (line, start - newline)
    return places


def _search(text: str, at: int, tree: _Tree, offsets: dict[str, int]) -> None:
    """Enter where the pointers of `tree` stand in the value that begins at `at`; the rest is skipped unread."""
    close = {"{": "}", "[": "]"}.get(text[at])
    if not tree or close is None:
        return
    left, index = dict(tree), 0
    at = _BLANK(text, at + 1).end()
    while left and text[at] != close:
        token, start = str(index), at
        if close == "}":
            token, at = _skip(text, at)
            at = _BLANK(text, _BLANK(text, at).end() + 1).end()  # over the colon
        node = left.pop(token, None)
        if node is not None:
            if None in node:
                offsets[node.pop(None)] = start
            _search(text, at, node, offsets)
        at = _BLANK(text, _skip(text, at)[1]).end()
        at = _BLANK(text, at + (text[at] == ",")).end()
        index += 1


def _exact(digits: str) -> Decimal:
    number = Decimal(digits, _QUIET)
    if not number.is_finite() or abs(number.adjusted()) > _MAX_DIGITS or len(digits) > _MAX_DIGITS:
        raise _RefusedError("number-range", f"the number {digits[:20]}… is out of range")
    return number


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise _RefusedError("number-range", f"an integer of {len(digits)} digits is out of range")
    return int(digits)


def _no_constant(name: str) -> Any:
    raise _RefusedError("json-constant", f"{name} is not a JSON value")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _RefusedError("duplicate-key", f"the key {key!r} stands twice in one object")
            seen.add(key)
    return members


# Built once: the standard library builds a reader for every text that it is given hooks for.
_READER = json.JSONDecoder(
    parse_float=_exact, parse_int=_integer, parse_constant=_no_constant, object_pairs_hook=_unique
)


def _find_refused(text: str, error: _RefusedError) -> tuple[int | None, int | None, str]:
    """The place of the first duplicate key; other refusals carry their text only."""
    if error.code == "duplicate-key":
        for pointer, start, twice in _walk(text):
            if twice:
                return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start), pointer
    return None, None, ""


def _escaped_surrogate(value: Any) -> re.Match[str] | None:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            found = re.search(_SURROGATE, item)
            if found:
                return found
        elif isinstance(item, dict):
            stack.extend(item)
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return None


def _walk(text: str) -> Any:
    """Yield (pointer, offset, key seen before) for every value of well-formed JSON text, in text order."""
    frames: list[tuple[str, set[str] | None, int]] = []  # pointer, keys (None: array), next index
    pending: tuple[str, int, bool] | None = ("", 0, False)
    expects_key = False
    for match in re.finditer(_LEXEME, text):
        mark, start = match.group(1), match.end() - len(match.group().lstrip())
        if mark in ("}", "]"):
            frames.pop()
            pending, expects_key = None, False
        elif mark == ",":
            pointer, keys, index = frames[-1]
            frames[-1] = (pointer, keys, index + 1)
            expects_key = keys is not None
            pending = None if expects_key else (join(pointer, index + 1), -1, False)
        elif mark == ":":
            continue
        elif expects_key:
            pointer, keys, _ = frames[-1]
            name = json.loads(match.group(2) or '""')
            pending = (join(pointer, name), start, keys is not None and name in keys)
            if keys is not None:
                keys.add(name)
            expects_key = False
        else:
            here, at, twice = pending or ("", start, False)
            yield here, start if at < 0 else at, twice
            if mark in ("{", "["):
                frames.append((here, set() if mark == "{" else None, 0))
                expects_key = mark == "{"
                pending = None if expects_key else (join(here, 0), -1, False)


def _write(value: Any, indent: int | None, level: int) -> Any:
    if isinstance(value, dict) and value:
        yield from _write_many(
            "{}",
            ((f"{json.dumps(str(k), ensure_ascii=False)}:{' ' if indent else ''}", v) for k, v in value.items()),
            indent,
            level,
        )
    elif isinstance(value, (list, tuple)) and value:
        yield from _write_many("[]", (("", item) for item in value), indent, level)
    elif isinstance(value, Decimal):
        yield _decimal_text(value)
    else:
        yield json.dumps(value, ensure_ascii=False, allow_nan=False)


def _write_many(brackets: str, members: Any, indent: int | None, level: int) -> Any:
    gap = "" if indent is None else "\n" + " " * indent * (level + 1)
    yield brackets[0]
    for count, (prefix, item) in enumerate(members):
        yield ("," if count else "") + gap + prefix
        yield from _write(item, indent, level + 1)
    yield ("" if indent is None else "\n" + " " * indent * level) + brackets[1]


def _decimal_text(number: Decimal) -> str:
    """As written where that is short; far exponents stay exponents, so that 1e4000 is no page of zeros."""
    return str(number) if abs(number.adjusted()) > 40 else format(number, "f")


def _document_error(code: str, message: str, line: int | None, column: int | None, pointer: str = "") -> DocumentError:
    problem = Problem(code=code, message=message, pointer=pointer, line=line, column=column)
    return DocumentError(message, problems=[problem])
