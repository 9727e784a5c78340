"""TypeScript types: interfaces and aliases, nothing that runs.

No type says a limit, so limits stand in the comments, as tags with JSON Schema's own words: `@maxLength 20`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from llmreg.llm.codegen.names import one_line
from llmreg.llm.codegen.types import Alias, Anything, ListOf, Literal, MapOf, Model, Module, Named, Scalar, Type, Union
from llmreg.model.jsontext import dumps

_SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*", re.ASCII)


def write(module: Module, about: str) -> str:
    """The text of a `.ts` file."""
    head = [f"// {about}", *(f"// not expressed: {note}" for note in module.notes)]
    body = ["\n".join(_definition(item)) for item in module.definitions]
    return "\n".join(head) + "\n\n" + "\n\n".join(body) + "\n"


def _definition(item: Model | Alias) -> Iterator[str]:
    if isinstance(item, Alias):
        yield from _comment(item.description, item.type, "")
        yield f"export type {item.name} = {_type(item.type)};"
        return
    yield from _comment(item.description, Anything(), "")
    yield f"export interface {item.name} {{"
    for field in item.fields:
        yield from _comment(field.description, field.type, "  ")
        name = field.name if _IDENTIFIER.fullmatch(field.name) else json.dumps(field.name)
        yield f"  {name}{'' if field.required else '?'}: {_type(field.type)};"
    if not item.closed:
        yield "  [key: string]: unknown;"
    yield "}"


def _comment(text: str, about: Type, indent: str) -> Iterator[str]:
    lines = [line.replace("*/", "* /") for line in (*text.splitlines(), *_limits(about))]
    if lines:
        if len(lines) == 1:
            yield f"{indent}/** {lines[0]} */"
            return
        yield f"{indent}/**"
        yield from (f"{indent} * {line}".rstrip() for line in lines)
        yield f"{indent} */"


def _limits(found: Type, of: str = "") -> Iterator[str]:
    """A tag for each limit; `items.` and `values.` are those of a list's elements and of a map's values."""
    if isinstance(found, Scalar | ListOf):
        for key, value in found.limits.items():
            yield f"@{of}{key} {one_line(value if isinstance(value, str) else dumps(value))}"
    if isinstance(found, ListOf):
        yield from _limits(found.item, f"{of}items.")
    if isinstance(found, MapOf):
        yield from _limits(found.value, f"{of}values.")
    for option in found.options if isinstance(found, Union) else ():
        yield from _limits(option, of)


def _type(found: Type) -> str:
    match found:
        case Scalar(name, _):
            return _SCALARS[name]
        case Literal(values):
            return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)
        case ListOf(item, _):
            return f"Array<{_type(item)}>"
        case MapOf(value):
            return f"{{ [key: string]: {_type(value)} }}"  # a `Record` could not lead back to the alias that holds it
        case Union(options):
            return " | ".join(dict.fromkeys(_type(option) for option in options))
        case Named(name):
            return name
        case Anything():
            return "unknown"
