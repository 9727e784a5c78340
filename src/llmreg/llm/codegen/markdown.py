"""A page for people: a table for each model."""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.llm.codegen.names import one_line
from llmreg.llm.codegen.types import Alias, Anything, ListOf, Literal, MapOf, Model, Module, Named, Scalar, Type, Union
from llmreg.model.jsontext import dumps

_WORDS = {
    "minLength": "length ≥ {}",
    "maxLength": "length ≤ {}",
    "pattern": "matches `{}`",
    "minimum": "≥ {}",
    "maximum": "≤ {}",
    "exclusiveMinimum": "> {}",
    "exclusiveMaximum": "< {}",
    "multipleOf": "a multiple of {}",
    "minItems": "items ≥ {}",
    "maxItems": "items ≤ {}",
}


def write(module: Module, about: str) -> str:
    """The text of a Markdown page; the root comes first."""
    ordered = sorted(module.definitions, key=lambda item: item.name != module.root)
    parts = [f"# {module.root}\n\n*{about}*"]
    parts += ["\n".join(_definition(item, first=item.name == module.root)) for item in ordered]
    if module.notes:
        parts.append("## What the tables do not say\n\n" + "\n".join(f"- {_inline(note)}" for note in module.notes))
    return "\n\n".join(parts) + "\n"


def _definition(item: Model | Alias, *, first: bool) -> Iterator[str]:
    if not first:
        yield f"## {item.name}"
        yield ""
    if item.description:
        yield _inline(item.description)
        yield ""
    if isinstance(item, Alias):
        yield _type(item.type)
        return
    yield "| key | type | required | meaning |"
    yield "| --- | --- | --- | --- |"
    for field in item.fields:
        default = f" Default: `{dumps(field.default)}`." if field.has_default else ""
        cells = (
            f"`{_cell(one_line(field.name))}`",
            _type(field.type),
            "yes" if field.required else "no",
            _cell(field.description + default),
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "No other keys." if item.closed else "Other keys are allowed."


def _cell(text: str) -> str:
    return _inline(text).replace("|", "\\|")


def _inline(text: str) -> str:
    return " ".join(text.split())


def _type(found: Type) -> str:
    match found:
        case Scalar(name, limits):
            return ", ".join([name, *_limits(limits)])
        case Literal(values):
            return " or ".join(f"`{_cell(dumps(value))}`" for value in values)
        case ListOf(item, limits):
            return ", ".join([f"list of {_type(item)}", *_limits(limits)])
        case MapOf(value):
            return f"map of {_type(value)}"
        case Union(options):
            return " or ".join(dict.fromkeys(_type(option) for option in options))
        case Named(name):
            return f"[{name}](#{name.lower()})"
        case Anything():
            return "anything"


def _limits(limits: object) -> Iterator[str]:
    if isinstance(limits, dict):
        for key, value in limits.items():
            if not isinstance(value, bool):
                yield _cell(_WORDS[key].format(value))
