"""Mustache: `{{name}}`, `{{{raw}}}`, `{{#section}}…{{/section}}`, `{{^inverted}}…{{/inverted}}`; partials are refused.

A section over a list is repeated for every element, over a mapping it opens it, over anything else it is a condition.
Names are looked up in the innermost context that has their first part, as the specification says.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from llmreg.formats.prompt.needs import Need, Path, Step, StepKind
from llmreg.model.problem import Problem

_TAG = re.compile(r"\{\{(?:\{\s*([^{}]*?)\s*\}\}\}|([#^/!>&=]?)\s*(.*?)\s*\}\})", re.DOTALL)
_MAX_DEPTH = 64
_ABSENT = object()


@dataclass
class _Node:
    """`kind`: `text`, `name`, `raw`, `#` or `^`."""

    kind: str
    name: str
    line: int
    below: list[_Node] = field(default_factory=list)


class _SyntaxError(ValueError):
    def __init__(self, message: str, line: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.hint = hint


class MustacheEngine:
    """See `llmreg.formats.prompt.engines.Engine`."""

    reserved: frozenset[str] = frozenset()

    def problems(self, text: str) -> Sequence[Problem]:
        try:
            _parse(text)
        except _SyntaxError as error:
            return [Problem("template-syntax", str(error), line=error.line, hint=error.hint)]
        return []

    def needs(self, text: str) -> Sequence[Need]:
        return list(_needs(_parse(text), ((),)))

    def compiled(self, text: str, *, strict: bool) -> Callable[[dict[str, Any]], Any]:
        nodes = _parse(text)
        return lambda data: _render(nodes, [data], strict=strict)

    def version(self) -> str:
        return "mustache (llmreg)"


def _parse(text: str) -> list[_Node]:
    """Raises _SyntaxError."""
    root: list[_Node] = []
    open_: list[_Node] = []
    end = 0
    for tag in _TAG.finditer(text):
        line = text.count("\n", 0, tag.start()) + 1
        here = open_[-1].below if open_ else root
        if tag.start() > end:
            here.append(_Node("text", text[end : tag.start()], line))
        end = tag.end()
        sign, name = ("&", tag[1]) if tag[1] is not None else (tag[2], tag[3])
        _put(sign, name, line, here, open_)
    if open_:
        raise _SyntaxError(f"the section {open_[-1].name!r} is not closed", open_[-1].line)
    rest = text[end:]
    if "{{" in rest:
        raise _SyntaxError("a tag is not closed", text.count("\n", 0, end + rest.index("{{")) + 1)
    return [*root, _Node("text", rest, 0)] if rest else root


def _put(sign: str, name: str, line: int, here: list[_Node], open_: list[_Node]) -> None:
    if sign == "!":
        return
    if sign in (">", "="):
        what = "a partial" if sign == ">" else "a change of delimiters"
        raise _SyntaxError(f"{what} is not possible in a prompt", line, "a prompt is one text: write it out")
    if not name or (name != "." and not all(name.split("."))):
        raise _SyntaxError(f"{name!r} is no name", line)
    if sign == "/":
        if not open_ or open_.pop().name != name:
            raise _SyntaxError(f"{{{{/{name}}}}} closes nothing that is open", line)
        return
    node = _Node({"": "name", "&": "raw"}.get(sign, sign), name, line)
    here.append(node)
    if sign in ("#", "^"):
        if len(open_) >= _MAX_DEPTH:
            raise _SyntaxError(f"sections nest deeper than {_MAX_DEPTH}", line)
        open_.append(node)


def _needs(nodes: Sequence[_Node], contexts: tuple[Path, ...]) -> Iterator[Need]:
    """`contexts` are the open sections, outermost first; the root is the empty path."""
    for node in nodes:
        if node.kind == "text":
            continue
        steps = () if node.name == "." else tuple(Step(StepKind.KEY, part) for part in node.name.split("."))
        path, *outer = [context + steps for context in reversed(contexts)] if steps else [contexts[-1]]
        section = node.kind in ("#", "^")
        known = len(path) - len(steps)
        for end in range(known + 1, len(path) + 1) if steps else [len(path)] * bool(path):
            last = end == len(path)
            instead = tuple(other[: len(other) - len(path) + end] for other in outer)
            use = ("test" if section else "print") if last else "member"
            yield Need(path[:end], use, node.line, node.line, ("",) * end, soft=section, instead=instead)
        inside = (*contexts, (*path, Step(StepKind.SECTION))) if node.kind == "#" else contexts
        yield from _needs(node.below, inside)


def _render(nodes: Sequence[_Node], stack: list[Any], *, strict: bool) -> Iterator[str]:
    for node in nodes:
        if node.kind == "text":
            yield node.name
        elif node.kind in ("name", "raw"):
            value = _find(node.name, stack)
            if value is _ABSENT and strict:
                raise LookupError(f"line {node.line}: {node.name!r} is not there")
            shown = "" if value is _ABSENT or value is None else str(value)
            yield shown if node.kind == "raw" else html.escape(shown)
        else:
            yield from _section(node, stack, strict=strict)


def _section(node: _Node, stack: list[Any], *, strict: bool) -> Iterator[str]:
    value = _find(node.name, stack)
    empty = value is _ABSENT or value is None or value is False or value in ("", [])
    if node.kind == "^":
        if empty:
            yield from _render(node.below, stack, strict=strict)
        return
    if empty:
        return
    for item in value if isinstance(value, list) else [value]:
        yield from _render(node.below, [*stack, item], strict=strict)


def _find(name: str, stack: list[Any]) -> Any:
    if name == ".":
        return stack[-1]
    first, *rest = name.split(".")
    value: Any = next((item[first] for item in reversed(stack) if isinstance(item, dict) and first in item), _ABSENT)
    for part in rest:
        value = value[part] if isinstance(value, dict) and part in value else _ABSENT
    return value


ENGINE = MustacheEngine()
