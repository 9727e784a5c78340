"""Two independent engines judge one document under one schema, as written and in its own draft: they confirm witnesses.

An engine answers True or False only where it is known to be reliable, else None.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from llmreg.errors import SchemaError
from llmreg.formats.json.canonical import canonical
from llmreg.formats.json.compiled import backtracks, compile_schema, gave_up, texts
from llmreg.formats.json.dialects import DIALECT_URIS, draft_of, identifier, subschemas, vocabulary
from llmreg.formats.json.pythonregex import is_reliable

if TYPE_CHECKING:
    from llmreg.formats.json.schema import JsonSchema

_KEPT: Final = 64  # compiled schemas
_MAX_UNIQUE: Final = 1000  # values; jsonschema's uniqueItems takes time with the square of this
_MAX_VALUES: Final = 20_000  # in any other document: a second at most, which nothing can interrupt
_MAX_COST: Final = 2_000  # subschemas for one value; jsonschema judges about 30,000 in a second
_IDENTIFIED: Final = re.compile(rb'"(?:\$?id|\$anchor|\$dynamicAnchor)":"')
_ABSOLUTE: Final = re.compile(r"[a-z]+:[^#]+$")
_NONE: Final = object()
_STUMBLING: Final = re.compile(rb'"dependencies":|"items":(?:true|false)')  # see _spelled_out


class _UnreliableError(Exception):
    """The engine would answer, but not by the specification."""


def accepts(schema: JsonSchema, document: Any) -> dict[str, bool | None]:
    """What each engine says, by engine name with version; None where it fails or is known to be unreliable.

    `document` is a value of `model.jsontext`: numbers are int or Decimal, so that both engines judge them exactly.
    """
    names = engine_names()
    return {names[0]: _reference(schema, document), names[1]: _fast(schema, document)}


@cache
def engine_names() -> tuple[str, str]:
    """`jsonschema 4.26.0` and `jsonschema-rs 0.60.3`, as installed."""
    from importlib.metadata import version

    return f"jsonschema {version('jsonschema')}", f"jsonschema-rs {version('jsonschema-rs')}"


def _fast(schema: JsonSchema, document: Any) -> bool | None:
    try:
        compiled = compile_schema(schema)
        if compiled.is_valid(document):
            return True
        return None if backtracks(schema) and gave_up(compiled.iter_errors(document)) is not None else False
    except (ValueError, SchemaError):
        return None


def _reference(schema: JsonSchema, document: Any) -> bool | None:
    if schema.cost > _MAX_COST:
        return None
    keys, count = _keys(document)
    if count > (_MAX_UNIQUE if _says_unique(schema) else _MAX_VALUES):
        return None
    try:
        compiled, patterns = _compile_reference(schema)
        if not all(is_reliable(pattern, key) for pattern in patterns for key in keys):
            return None
        return bool(compiled.is_valid(document))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 - rpds panics are no Exception
        return None


def _says_unique(schema: JsonSchema) -> bool:
    return any(b'"uniqueItems":true' in text for text in texts(schema))


@lru_cache(maxsize=_KEPT)
def _compile_reference(schema: JsonSchema) -> tuple[Any, frozenset[str]]:
    """The compiled schema, and the patterns that judge property names. Raises _UnreliableError."""
    from referencing.jsonschema import specification_with

    resources = schema.resources
    documents = [schema.document, *(resource.document for resource in resources.values())]
    if any(resource.draft != schema.draft for resource in resources.values()):
        raise _UnreliableError("switches to its stock class for another draft, which knows no Decimal")
    spelled = [_spelled(*one, schema.draft) for one in zip(documents, texts(schema), strict=True)]
    specification = specification_with(DIALECT_URIS[schema.draft].rstrip("#"))
    root, *pinned = [specification.create_resource(document) for document in spelled]
    members = [specification.create_resource(member) for member in _definitions(spelled[0], schema.draft)]
    named = [*zip(resources, pinned, strict=True), (root.id() or "", root)]
    patterns = [pattern for one in documents for pattern in _property_patterns(one)] if _names(schema) else []
    registry = _registry(named, members, sum(len(_IDENTIFIED.findall(text)) for text in texts(schema)))
    return _reference_class(schema.draft)(spelled[0], registry=registry), frozenset(patterns)


def _registry(named: list[tuple[str, Any]], members: list[Any], identified: int) -> Any:
    """Every document by URI, and the root's definitions with a URI of their own, as the closed form of a writer has
    one. Where more is `identified`, all is crawled once, or every reference to it would crawl everything again."""
    from referencing import Registry

    inner = [(uri, member) for member in members if (uri := member.id()) is not None and _ABSOLUTE.match(uri)]
    registry: Registry[Any] = Registry().with_resources([*named, *inner])
    known = len(inner) + sum(resource.id() is not None for _, resource in named)
    return registry if identified == known else registry.crawl()


def _definitions(document: Any, draft: str) -> list[dict[str, Any]]:
    keyword = "$defs" if "$defs" in vocabulary(draft) else "definitions"
    members = document.get(keyword) if isinstance(document, dict) else None
    return [member for member in members.values() if isinstance(member, dict)] if isinstance(members, dict) else []


def _names(schema: JsonSchema) -> bool:
    return any(b'"patternProperties"' in text for text in texts(schema))


def _spelled(document: Any, text: bytes, draft: str) -> Any:
    """A document as the engine can take it; `text` is what it says. Raises _UnreliableError."""
    own = isinstance(document, dict) and "$schema" in document
    if text.count(b'"$schema"') == own and not _STUMBLING.search(text):
        return {name: value for name, value in document.items() if name != "$schema"} if own else document
    unnamed = _unnamed(document, draft)
    if b'"$schema":"' in canonical(unnamed):
        raise _UnreliableError("the same at a dialect in a place that no keyword makes a schema")
    return unnamed


@cache
def _reference_class(draft: str) -> Any:
    """jsonschema's validator of a draft, with exact numbers and with patterns only where it reads them by ECMA-262."""
    import jsonschema
    from jsonschema.validators import extend

    base = {
        "draft4": jsonschema.Draft4Validator,
        "draft6": jsonschema.Draft6Validator,
        "draft7": jsonschema.Draft7Validator,
        "2019-09": jsonschema.Draft201909Validator,
        "2020-12": jsonschema.Draft202012Validator,
    }[draft]
    checker = base.TYPE_CHECKER
    if draft != "draft4":
        checker = checker.redefine("integer", lambda _, value: _is_integer(value))
    overrides = {"multipleOf": _multiple_of, "pattern": _pattern, "anyOf": _any_of, "oneOf": _one_of}
    return extend(base, overrides, type_checker=checker)  # type: ignore[no-untyped-call]  # as the stubs have it


def _is_integer(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def _multiple_of(validator: Any, divisor: Any, value: Any, _: Any) -> Any:
    from fractions import Fraction

    from jsonschema import ValidationError

    if validator.is_type(value, "number") and Fraction(value) % Fraction(divisor):
        yield ValidationError("not a multiple")


def _pattern(validator: Any, pattern: str, value: Any, _: Any) -> Any:
    import re

    from jsonschema import ValidationError

    if validator.is_type(value, "string"):
        if not is_reliable(pattern, value):
            raise _UnreliableError(pattern)
        if not re.search(pattern, value):
            yield ValidationError("no match")


def _any_of(validator: Any, branches: Any, value: Any, _: Any) -> Any:
    """As jsonschema has it, but for the list of all that is wrong in every branch: only the verdict is asked for."""
    from jsonschema import ValidationError

    if not any(_holds(validator, branch, value) for branch in branches):
        yield ValidationError("no branch")


def _one_of(validator: Any, branches: Any, value: Any, _: Any) -> Any:
    """Likewise."""
    from jsonschema import ValidationError

    held = (branch for branch in branches if _holds(validator, branch, value))
    if next(held, _NONE) is _NONE or next(held, _NONE) is not _NONE:
        yield ValidationError("not one branch")


def _holds(validator: Any, schema: Any, value: Any) -> bool:
    return next(validator.descend(value, schema), _NONE) is _NONE


def _unnamed(document: Any, draft: str) -> Any:
    """The document without any `$schema`, at which jsonschema would switch to its stock class. Raises _UnreliableError
    for an embedded resource in another draft."""
    if not isinstance(document, dict):
        return document
    dialect = document.get("$schema")
    if isinstance(dialect, str) and identifier(document, draft) is not None and draft_of(dialect) not in (None, draft):
        raise _UnreliableError("the same at an embedded dialect")
    parts = {name: value for name, value in document.items() if name != "$schema"}
    for _, (name, *below), value in subschemas(parts, draft):
        if not below:
            parts[str(name)] = _unnamed(value, draft)
        else:
            if parts[str(name)] is document[str(name)]:
                parts[str(name)] = document[str(name)].copy()
            parts[str(name)][below[0]] = _unnamed(value, draft)
    return _spelled_out(parts)


def _spelled_out(parts: dict[str, Any]) -> dict[str, Any]:
    """The same schema in the shapes that the engine does not stumble over: its registry takes all `dependencies` for
    schemas once one is, and it asks a boolean `items` for its length."""
    dependencies, items = parts.get("dependencies"), parts.get("items")
    if isinstance(dependencies, dict):
        spelled = {
            key: {"required": value} if isinstance(value, list) else value for key, value in dependencies.items()
        }
        parts["dependencies"] = spelled
    if isinstance(items, bool):
        parts["items"] = {} if items else {"not": {}}
    return parts


def _property_patterns(document: Any) -> list[str]:
    """Every key below a `patternProperties`, wherever it stands: too many do no harm."""
    found: list[str] = []
    stack = [document]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            inner = value.get("patternProperties")
            found += inner if isinstance(inner, dict) else []
            stack += value.values()
        elif isinstance(value, list):
            stack += value
    return found


def _keys(document: Any) -> tuple[set[str], int]:
    """The property names in a document, and how many values it holds."""
    keys: set[str] = set()
    stack, count = [document], 0
    while stack:
        value = stack.pop()
        count += 1
        if isinstance(value, dict):
            keys.update(value)
            stack += value.values()
        elif isinstance(value, list):
            stack += value
    return keys, count
