"""Take one fact out of `subject.yaml` and leave every other byte, comments above all, as people wrote it."""

from __future__ import annotations

from typing import Any, Literal

from llmreg.errors import DocumentError, UsageError
from llmreg.model.jsontext import decode
from llmreg.model.pointer import join
from llmreg.store import yamltext
from llmreg.store.yamltext import Mark


def clear_status(data: bytes, version: str, field: Literal["deprecated", "retired"]) -> bytes:
    """`subject.yaml` without `status: {VERSION: {field: …}}`; what stays empty without it goes too.

    The bytes as they are where nothing is to be cleared. Raises DocumentError for a file that cannot be read,
    UsageError where the place cannot be edited safely."""
    text = decode(data)
    wanted = yamltext.load(text, "subject.yaml")
    path = _without(wanted, ["status", version, field])
    if path is None:
        return data
    edited = _cut(text, path)
    try:
        says = yamltext.load(edited, "subject.yaml") == wanted
    except DocumentError:
        says = False
    if not says:
        raise UsageError(
            "subject.yaml is written in a way that cannot be edited safely",
            hint=f"take `{field}` out of `status: {version}:` by hand",
        )
    return edited.encode()


def _without(value: Any, path: list[str]) -> list[str] | None:
    """Take the member at `path` out of `value`, with mappings that held nothing else; the path of what went."""
    key, *rest = path
    if not isinstance(value, dict) or key not in value:
        return None
    if rest:
        gone = _without(value[key], rest)
        if gone is None or value[key]:
            return None if gone is None else [key, *gone]
    del value[key]
    return [key]


def _cut(text: str, path: list[str]) -> str:
    """The text without one member: its whole lines, or inside brackets the member and one comma."""
    marks = yamltext.marks(text)
    pointer = join("", *path)
    mark, around = marks[pointer], marks[join("", *path[:-1])]
    starts = _line_starts(text)
    start = starts[mark.line - 1] + mark.column - 1
    if around.flow:
        return _cut_in_brackets(text, start, mark.end)
    end = max(_end(text, inner) for name, inner in marks.items() if f"{name}/".startswith(f"{pointer}/"))
    line_end = text.find("\n", end)
    return text[: starts[mark.line - 1]] + (text[line_end + 1 :] if line_end >= 0 else "")


def _end(text: str, mark: Mark) -> int:
    """Where a value's own text ends. The mark of a block mapping runs on over the comments behind it: its last member
    tells where it ends, and every other mark at most over blank lines."""
    comments = any(line.lstrip().startswith("#") for line in text[mark.start : mark.end].split("\n")[1:])
    return mark.start if comments and not mark.flow else len(text[: mark.end].rstrip())


def _cut_in_brackets(text: str, start: int, end: int) -> str:
    before, after = text[:start], text[end:]
    if after.lstrip().startswith(","):
        return before + after.lstrip()[1:].lstrip(" ")
    return before.rstrip().removesuffix(",") + after if before.rstrip().endswith(",") else before + after


def _line_starts(text: str) -> list[int]:
    starts = [0]
    while (newline := text.find("\n", starts[-1])) >= 0:
        starts.append(newline + 1)
    return starts
