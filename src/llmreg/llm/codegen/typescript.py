"""TypeScript types: interfaces and aliases, nothing that runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from llmreg.llm.codegen.types import Alias, Anything, ListOf, Literal, MapOf, Model, Module, Named, Scalar, Type, Union

_SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*", re.ASCII)


def write(module: Module, about: str) -> str:
    """The text of a `.ts` file."""
    head = [f"// {about}", *(f"// not expressed: {note}" for note in module.notes)]
    body = ["\n".join(_definition(item)) for item in module.definitions]
    return "\n".join(head) + "\n\n" + "\n\n".join(body) + "\n"


def _definition(item: Model | Alias) -> Iterator[str]:
    yield from _comment(item.description, "")
    if isinstance(item, Alias):
        yield f"export type {item.name} = {_type(item.type)};"
        return
    yield f"export interface {item.name} {{"
    for field in item.fields:
        yield from _comment(field.description, "  ")
        name = field.name if _IDENTIFIER.fullmatch(field.name) else json.dumps(field.name)
        yield f"  {name}{'' if field.required else '?'}: {_type(field.type)};"
    if not item.closed:
        yield "  [key: string]: unknown;"
    yield "}"


def _comment(text: str, indent: str) -> Iterator[str]:
    if text:
        lines = text.replace("*/", "* /").splitlines()
        if len(lines) == 1:
            yield f"{indent}/** {lines[0]} */"
            return
        yield f"{indent}/**"
        yield from (f"{indent} * {line}".rstrip() for line in lines)
        yield f"{indent} */"


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
