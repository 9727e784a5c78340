"""Pydantic 2 models. A key that is not required may be left out and still may not be null: its default is not checked.

`strict` keeps Pydantic from turning `"1"` into 1, which the schema would not accept."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterator
from typing import Any

from llmreg.llm.codegen.names import free
from llmreg.llm.codegen.read import exact
from llmreg.llm.codegen.types import (
    Alias,
    Anything,
    Field,
    ListOf,
    Literal,
    MapOf,
    Model,
    Module,
    Named,
    Scalar,
    Type,
    Union,
)

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_LIMITS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "pattern": "pattern",
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
}
_LOOKAROUND = re.compile(r"\(\?[=!<]|\\[1-9]")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
# What Pydantic's classes have already, and what `type` and `ABCMeta` give them.
_TAKEN = {"schema", "schema_json", "json", "dict", "copy", "construct", "validate", "fields", "parse_obj", "parse_raw"}
_TAKEN |= {"parse_file", "from_orm", "update_forward_refs", "register", "mro"}
_TYPING = ("Annotated", "Any", "Literal")
_PYDANTIC = ("BaseModel", "ConfigDict", "Field", "RootModel")
_NAME = re.compile(r"\w+")
_HIDING = frozenset((*_TYPING, *_PYDANTIC, "str", "int", "float", "bool", "list"))
_STRING = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\]|\\.)*"', re.DOTALL)


def write(module: Module, about: str) -> str:
    """The text of a Python module; `about` is its first line."""
    body = "\n\n\n".join(_definitions(module))
    used = set(_NAME.findall(_STRING.sub("", body)))
    parts = [f'"""{about}"""']
    if module.notes:
        parts.append("\n".join(f"# not expressed: {note}" for note in module.notes))
    parts.append("from __future__ import annotations")
    for source, names in (("typing", _TYPING), ("pydantic", _PYDANTIC)):
        wanted = [name for name in names if name in used]
        if wanted:
            parts.append(f"from {source} import {', '.join(wanted)}")
    parts.append(f"__all__ = [{', '.join(_text(item.name) for item in module.definitions)}]")
    rebuild = "\n".join(f"{item.name}.model_rebuild()" for item in module.definitions)
    return "\n\n".join(parts) + f"\n\n\n{body}\n\n\n{rebuild}\n"


def _definitions(module: Module) -> Iterator[str]:
    """Each class; what it refers to may come after it."""
    names = {item.name for item in module.definitions}
    known: set[str] = set()
    for item in module.definitions:
        yield _alias(item, names - known) if isinstance(item, Alias) else _model(item, names)
        known.add(item.name)


def _alias(item: Alias, later: set[str]) -> str:
    """The type stands in an annotation where it refers to a class that comes later: a base would be read at once."""
    text = _type(item.type)
    lines = [*_lines(item.description, "strict=True")]
    if later & set(_NAME.findall(_STRING.sub("", text))):
        return "\n".join([f"class {item.name}(RootModel):", *lines, "", f"    root: {text}"])
    return "\n".join([f"class {item.name}(RootModel[{text}]):", *lines])


def _model(item: Model, names: set[str]) -> str:
    taken: set[str] = set()
    fields = [_field(field, taken, names) for field in item.fields]
    config = f'strict=True, extra="{"forbid" if item.closed else "allow"}"'
    if not taken <= {field.name for field in item.fields}:
        config += ", validate_by_name=True, validate_by_alias=True"
    return f"class {item.name}(BaseModel):\n" + "\n".join(
        [*_lines(item.description, config), *(["", *fields] if fields else [])]
    )


def _lines(description: str, config: str) -> Iterator[str]:
    if description:
        text = description.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        yield f'    """{text}"""\n' if not text.endswith('"') else f'    """{text} """\n'
    yield f"    model_config = ConfigDict({config})"


def _field(field: Field, taken: set[str], types: set[str]) -> str:
    """A field that is called like a type would hide that type from the annotations of its class."""
    name = _identifier(field.name)
    name = free(f"{name}_" if name in types or name in _HIDING else name, taken)
    facts = [] if field.required else [f"default={_value(field.default) if field.has_default else 'None'}"]
    if name != field.name:
        facts.append(f"alias={_text(field.name)}")
    if field.description:
        facts.append(f"description={_text(field.description)}")
    said = f" = Field({', '.join(facts)})" if facts else ""
    return f"    {name}: {_type(field.type)}{said}"


def _identifier(key: str) -> str:
    if _IDENTIFIER.fullmatch(key) and not keyword.iskeyword(key) and key not in _TAKEN and not key.startswith("model_"):
        return key
    cleaned = re.sub(r"[^A-Za-z0-9_]", "_", key).strip("_")
    return (
        f"field_{cleaned}" if not cleaned or not cleaned[0].isalpha() or cleaned.startswith("model_") else f"{cleaned}_"
    )


def _text(value: str) -> str:
    """A string as formatters write it; JSON's escapes are Python's too."""
    return json.dumps(value, ensure_ascii=False) if value.isprintable() else repr(value)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return repr(exact(value))


def _type(found: Type) -> str:
    match found:
        case Scalar(name, limits):
            return _limited(_SCALARS[name], limits)
        case Literal(values):
            return f"Literal[{', '.join(_value(value) for value in values)}]"
        case ListOf(item, limits):
            return _limited(f"list[{_type(item)}]", limits)
        case MapOf(value):
            return f"dict[str, {_type(value)}]"
        case Union(options):
            return " | ".join(dict.fromkeys(_type(option) for option in options))
        case Named(name):
            return name
        case Anything():
            return "Any"


def _limited(text: str, limits: Any) -> str:
    """A pattern that Pydantic's engine does not know (look-around) is left out."""
    facts = [
        f"{_LIMITS[key]}={_value(value)}"
        for key, value in limits.items()
        if not isinstance(value, bool) and not (key == "pattern" and _LOOKAROUND.search(str(value)))
    ]
    return f"Annotated[{text}, Field({', '.join(facts)})]" if facts else text
