"""YAML as text: the strict reader for JSON-typed documents, and the only code that imports `yaml`.

What comes out is what JSON can say, and nothing is guessed:

- `true`, `false`, `null` (also `~` and nothing at all) are what they say; a plain number must be written as JSON
  writes it (`1`, `-2`, `1.5`, `1e3`) and stays exact.
- `no`, `yes`, `on`, `off`, dates and `1:30` are strings, whatever older YAML readers make of them.
- What some reader takes for another value is refused with the place: `1.10` (would become 1.1), `010`, `0x1F`, `.5`,
  `+1`, `1_000`, `.inf`, `True`, `NULL`. Quote it, or write the JSON form.
- Duplicate keys, keys that are no strings, anchors, aliases, merge keys, tags and second documents are refused.

The parser's events are consumed one by one, and depth is counted on the way: libyaml's composer crashes the
interpreter on 100,000 open brackets, its event parser does not.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from llmreg.errors import DocumentError, LimitError
from llmreg.model.jsontext import MAX_DEPTH, MAX_SCHEMA_BYTES, decode, dumps
from llmreg.model.pointer import join
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_TRAILING_ZERO = re.compile(r"-?[0-9]+\.[0-9]+0")
# Plain text that a YAML 1.1 or 1.2 reader takes for a number, a boolean or a null, and JSON does not know.
_UNSURE = re.compile(
    r"[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*\.?[0-9_]*)(?:[eE][-+]?[0-9]+)?|[-+]?0[xob][0-9a-fA-F_]+"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|True|TRUE|False|FALSE|Null|NULL"
)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
_SURROGATE = re.compile("[\ud800-\udfff]")
_FIRST_OF_UNSURE = frozenset("0123456789+-.TFN")
_MAX_DIGITS = 4000
_MAX_EXPONENT_DIGITS = 4


@dataclass(slots=True)
class Mark:
    """Where one value stands: `line` and `column` (from 1) of it, or of its key; `start` and `end` of the value itself
    as offsets into the text; whether it is written in brackets."""

    line: int
    column: int
    start: int = 0
    end: int = 0
    flow: bool = False


class _Frame:
    """One open mapping or sequence while a document is built."""

    __slots__ = ("key", "pointer", "value")

    def __init__(self, value: Any, pointer: str) -> None:
        self.value = value
        self.pointer = pointer
        self.key: str | None = None


class _Builder:
    """Turns events into one JSON value; with `marks` it also notes where each value (each member's key) stands."""

    def __init__(self, name: str, marks: dict[str, Mark] | None, max_depth: int) -> None:
        self._name = name
        self._marks = marks
        self._max_depth = max_depth
        self._frames: list[_Frame] = []
        self._documents = 0
        self.value: Any = None

    def take(self, event: Any) -> None:
        """One event of the parser; ends of streams and documents say nothing."""
        name = type(event).__name__
        if name == "ScalarEvent":
            self._take_scalar(event)
        elif name == "MappingStartEvent":
            self._push({}, event)
        elif name == "SequenceStartEvent":
            self._push([], event)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            self._pop(event)
        elif name == "DocumentStartEvent":
            self._take_document(event)
        elif name == "AliasEvent":
            raise self._error(event, "yaml-alias", f"the alias *{event.anchor} is not allowed; write the value out")

    def _take_document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise self._error(event, "yaml-documents", "a second document starts here; one file holds one document")

    def _take_scalar(self, event: Any) -> None:
        self._refuse_extras(event)
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.key is None and isinstance(frame.value, dict):
            self._open_key(frame, event)
        else:
            self._put(self._scalar(event), event)

    def _push(self, value: Any, event: Any) -> None:
        self._refuse_extras(event)
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.key is None and isinstance(frame.value, dict):
            raise self._error(event, "yaml-key", "a key must be a string, not a mapping or a sequence")
        if len(self._frames) >= self._max_depth:
            line = event.start_mark.line + 1
            raise LimitError(f"{self._name}: nested deeper than {self._max_depth} levels (line {line})")
        pointer = self._put(value, event)
        self._frames.append(_Frame(value, pointer))

    def _put(self, value: Any, event: Any) -> str:
        """Place `value` in the open container; the pointer to it ("" while no marks are kept)."""
        if not self._frames:
            self.value = value
            pointer = ""
        else:
            frame = self._frames[-1]
            token: str | int
            if isinstance(frame.value, list):
                token = len(frame.value)
                frame.value.append(value)
            else:
                token = frame.key or ""
                frame.value[token] = value
                frame.key = None
            pointer = join(frame.pointer, token) if self._marks is not None else ""
        if self._marks is not None:
            start = event.start_mark
            mark = self._marks.setdefault(pointer, Mark(start.line + 1, start.column + 1))
            mark.start, mark.end, mark.flow = (
                start.index,
                event.end_mark.index,
                bool(getattr(event, "flow_style", False)),
            )
        return pointer

    def _pop(self, event: Any) -> None:
        frame = self._frames.pop()
        if self._marks is not None:
            self._marks[frame.pointer].end = event.end_mark.index

    def _open_key(self, frame: _Frame, event: Any) -> None:
        key = str(event.value)
        if _SURROGATE.search(key):
            raise self._error(event, "lone-surrogate", "a lone surrogate is no Unicode text")
        if event.implicit[0]:
            if key == "<<":
                raise self._error(event, "yaml-merge", "merge keys are not allowed; write the members out")
            if key in _WORDS or _NUMBER.fullmatch(key) or _UNSURE.fullmatch(key):
                raise self._error(event, "yaml-key", f"the key {key or 'null'} is no string; quote it")
        if key in frame.value:
            raise self._error(event, "duplicate-key", f"the key {key!r} stands twice in one mapping")
        frame.key = key
        if self._marks is not None:
            mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
            self._marks.setdefault(join(frame.pointer, key), mark)

    def _scalar(self, event: Any) -> Any:
        text = str(event.value)
        if _SURROGATE.search(text):
            raise self._error(event, "lone-surrogate", "a lone surrogate is no Unicode text")
        if not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in _FIRST_OF_UNSURE:
            return text
        number = _NUMBER.fullmatch(text)
        if number and not _TRAILING_ZERO.fullmatch(text):
            return self._number(text, number, event)
        if number or _UNSURE.fullmatch(text):
            raise self._error(
                event,
                "yaml-unsure",
                f"{text} is read differently by different YAML readers",
                hint=f'write "{text}" for text, or the value as JSON writes it',
            )
        return text

    def _number(self, text: str, match: re.Match[str], event: Any) -> int | Decimal:
        fraction, exponent = match.groups()
        if len(text) > _MAX_DIGITS or len((exponent or "").lstrip("eE+-0")) > _MAX_EXPONENT_DIGITS:
            raise self._error(event, "number-range", f"the number {text[:20]}… is out of range")
        return int(text) if fraction is None and exponent is None else Decimal(text)

    def _refuse_extras(self, event: Any) -> None:
        if event.anchor is not None:
            raise self._error(event, "yaml-anchor", f"the anchor &{event.anchor} is not allowed")
        if event.tag is not None:
            raise self._error(event, "yaml-tag", f"the tag {event.tag} is not allowed; plain JSON values only")

    def _error(self, event: Any, code: str, message: str, hint: str | None = None) -> DocumentError:
        mark = event.start_mark
        return _error(self._name, code, message, (mark.line + 1, mark.column + 1), hint)


def load(
    data: bytes | str,
    name: str = "document",
    *,
    max_bytes: int = MAX_SCHEMA_BYTES,
    max_depth: int = MAX_DEPTH,
) -> Any:
    """The value of a JSON-typed YAML text: dict, list, str, int, Decimal, bool or None; keys keep their order.

    Raises DocumentError with one placed Problem, or LimitError; `name` is the file's, for messages.
    """
    return _build(data, name, None, max_bytes, max_depth)


def to_json(data: bytes, name: str = "document", *, max_bytes: int = MAX_SCHEMA_BYTES) -> bytes:
    """The same document as JSON: same key order, two spaces of indent, one final newline."""
    return (dumps(load(data, name, max_bytes=max_bytes), indent=2) + "\n").encode()


def marks(data: bytes | str) -> dict[str, Mark]:
    """Where every value stands, by JSON Pointer. Raises like `load`."""
    found: dict[str, Mark] = {}
    _build(data, "document", found, len(data), MAX_DEPTH)
    return found


def locate(data: bytes | str, pointer: str) -> tuple[int, int] | None:
    """Line and column, from 1, of the value at `pointer` (of the key, for a member); None when it is not there."""
    mark = _marks_or_none(data).get(pointer)
    return None if mark is None else (mark.line, mark.column)


@lru_cache(maxsize=4)
def _marks_or_none(data: bytes | str) -> dict[str, Mark]:
    """Kept, because whoever asks for one place of a text asks for as many as it has defects."""
    try:
        return marks(data)
    except (DocumentError, LimitError):
        return {}


def _build(data: bytes | str, name: str, marks: dict[str, Mark] | None, max_bytes: int, max_depth: int) -> Any:
    if len(data) > max_bytes:
        raise LimitError(f"{name}: {len(data)} bytes is more than the limit of {max_bytes}")
    text = decode(data) if isinstance(data, bytes) else data
    import yaml

    builder = _Builder(name, marks, max_depth)
    parser = None
    try:
        parser = getattr(yaml, "CParser", yaml.SafeLoader)(text)
        while parser.check_event():
            builder.take(parser.get_event())
    except yaml.YAMLError as error:
        raise _error(name, "yaml-syntax", *_syntax(error, text)) from None
    finally:
        if parser is not None:
            parser.dispose()
    return builder.value


def _syntax(error: Any, text: str) -> tuple[str, tuple[int, int] | None]:
    """The parser's own words and the place they speak of."""
    words = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark:
        return f"not YAML: {words}", (mark.line + 1, mark.column + 1)
    offset = getattr(error, "position", None)
    if offset is None:
        return f"not YAML: {words}", None
    return f"not YAML: {words}", (text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def _error(name: str, code: str, message: str, place: tuple[int, int] | None, hint: str | None = None) -> DocumentError:
    line, column = place or (None, None)
    problem = Problem(code=code, message=message, line=line, column=column, hint=hint)
    where = f"{name}:{line}:{column}" if line else name
    return DocumentError(f"{where}: {message}", problems=[problem], hint=hint)
