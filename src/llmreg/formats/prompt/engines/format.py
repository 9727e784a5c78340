"""`str.format`: `{docs[0].name}` is a path, a format specification may hold paths of its own, `{}` is refused.

Members are looked up in mappings only, by `.name` and by `[name]` alike, so that no attribute of a Python object is
ever within reach.
"""

from __future__ import annotations

import platform
import string
from _string import formatter_field_name_split  # type: ignore[import-not-found] # as string.Formatter itself does
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from llmreg.formats.prompt.needs import Need, Path, Step, StepKind
from llmreg.model.problem import Problem

_MAX_NESTING = 2  # as in str.format


class FormatEngine:
    """See `llmreg.formats.prompt.engines.Engine`."""

    reserved: frozenset[str] = frozenset()

    def problems(self, text: str) -> Sequence[Problem]:
        found = []
        try:
            for path, line, _ in _fields(text):
                if not path or not path[0].name or path[0].name.isdigit():
                    hint = "name it: {question}; a literal brace is doubled: {{"
                    found.append(Problem("positional-field", "a field without a name", line=line, hint=hint))
        except ValueError as error:
            found.append(Problem("template-syntax", f"no format string: {error}", line=_line_of(text)))
        return found

    def needs(self, text: str) -> Sequence[Need]:
        found = []
        for path, line, use in _fields(text):
            for end in range(1, len(path) + 1):
                what = use if end == len(path) else "member"
                found.append(Need(path[:end], what, line, line, ("",) * end))
        return found

    def compiled(self, text: str, *, strict: bool) -> Callable[[dict[str, Any]], Any]:
        return lambda data: [_Formatter(strict=strict).vformat(text, (), data)]

    def version(self) -> str:
        return f"str.format of Python {platform.python_version()}"


def _fields(text: str, depth: int = 0, start: int = 1) -> Iterator[tuple[Path, int, str]]:
    """(path, line, use) of every field, in order. Raises ValueError."""
    if depth > _MAX_NESTING:
        raise ValueError("format specifications nest too deeply")
    line = start
    for literal, name, specification, conversion in string.Formatter().parse(text):
        line += literal.count("\n")
        if name is None:
            continue
        if conversion not in (None, "r", "s", "a"):
            raise ValueError(f"unknown conversion !{conversion}")
        first, rest = formatter_field_name_split(name)
        steps = [Step(StepKind.KEY, str(first)), *(_step(item) for _, item in rest)]
        yield tuple(steps), line, "read" if specification and not conversion else "print"
        yield from _fields(specification or "", depth + 1, line)
        line += name.count("\n") + (specification or "").count("\n")


def _step(item: str | int) -> Step:
    return Step(StepKind.INDEX, str(item)) if isinstance(item, int) else Step(StepKind.KEY, item)


def _line_of(text: str) -> int:
    """Where a text stops being a format string."""
    for number, _ in enumerate(lines := text.split("\n"), start=1):
        try:
            list(string.Formatter().parse("\n".join(lines[:number])))
        except ValueError:
            return number
    return 1


class _Formatter(string.Formatter):
    """Looks members up in mappings and elements in lists, nowhere else."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        first, rest = formatter_field_name_split(field_name)
        value: Any = kwargs
        for item in (first, *(item for _, item in rest)):
            if isinstance(value, dict) and str(item) in value:
                value = value[str(item)]
            elif isinstance(value, list) and isinstance(item, int) and item < len(value):
                value = value[item]
            elif self._strict or not isinstance(value, dict):
                raise LookupError(f"{field_name!r}: there is no {item!r}")
            else:
                value = ""
        return value, str(first)


ENGINE = FormatEngine()
