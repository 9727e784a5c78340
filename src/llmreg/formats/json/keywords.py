"""Checks the value of each keyword against its shape: what the draft's metaschema says, with a place for every defect.

`keyword-type` means the schema cannot be read; `keyword-value` means the metaschema refuses it although its meaning is
clear (an empty `required`, a value twice in `enum`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

from llmreg.formats.json.dialects import Keyword, vocabulary
from llmreg.formats.json.equality import key_of
from llmreg.model.pointer import join

TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")
UNUSABLE: Final = "keyword-type"
REFUSED: Final = "keyword-value"
PATTERN: Final = "pattern-syntax"
_ANCHORS: Final = {
    "2019-09": re.compile(r"[A-Za-z][-A-Za-z0-9.:_]*"),
    "2020-12": re.compile(r"[A-Za-z_][-A-Za-z0-9._]*"),
}
# RFC 3986, appendix A, as far as engines insist on it: scheme, authority, then unreserved and reserved characters
_URI_REFERENCE: Final = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*:|(?![^/?#]*:))"
    r"(?://(?:[\w.~!$&'()*+,;=%:-]*@)?(?:\[[0-9A-Fa-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?(?=[/?#]|$))?"
    r"(?:[\w.~:/?@!$&'()*+,;=#-]|%[0-9A-Fa-f]{2})*",
    re.ASCII,
)

Defect = tuple[str, str, str]  # code, message, pointer below the schema


# Of the shapes whose values are right as soon as they have this type.
_SOUND: Final[Mapping[str, type]] = {
    "string": str,
    "reference": str,
    "boolean": bool,
    "array": list,
    "schema-map": dict,
}


@cache
def sound_types(draft: str) -> Mapping[str, type]:
    """Keywords of a draft by name whose value has no defect if it is of this very type: `check` need not be asked."""
    rows = vocabulary(draft).values()
    return {row.name: _SOUND[row.shape] for row in rows if row.shape in _SOUND and row.name != "patternProperties"}


def check(keyword: Keyword, value: Any, draft: str) -> Iterator[Defect]:
    """Every defect of one keyword's value; nested schemas are not entered."""
    name = keyword.name
    place = join("", name)
    shape = keyword.shape
    if shape in _SIMPLE:
        fits, wanted = _SIMPLE[shape]
        if not fits(value):
            yield UNUSABLE, f"`{name}` must be {wanted}, not {describe(value)}", place
        elif shape == "pattern":
            yield from _pattern(value, place)
        elif shape in ("anchor", "id", "legacy-id"):
            yield from _identity(keyword, value, draft)
    elif shape in _COMPOUND:
        yield from _COMPOUND[shape](name, value, place, draft)
    if name == "patternProperties" and isinstance(value, dict):
        for pattern in value:
            yield from _pattern(pattern, join(place, pattern))


def companions(schema: Mapping[str, Any]) -> Iterator[Defect]:
    """Draft 4: `exclusiveMinimum` needs `minimum` beside it (its metaschema's `dependencies`)."""
    for name, needed in (("exclusiveMaximum", "maximum"), ("exclusiveMinimum", "minimum")):
        if name in schema and needed not in schema:
            yield REFUSED, f"`{name}` needs `{needed}` beside it in draft 4", join("", name)


def describe(value: Any) -> str:
    """A value in a message: its JSON type, and the value where it is short."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    if isinstance(value, str):
        return f'the string "{value}"' if len(value) <= 40 else "a string"
    return f"the number {value}"


def is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def is_integral(value: Any) -> bool:
    return is_number(value) and (isinstance(value, int) or value == value.to_integral_value())


def _is_count(value: Any) -> bool:
    return is_integral(value) and value >= 0


_SIMPLE: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "string": (lambda value: isinstance(value, str), "a string"),
    "reference": (lambda value: isinstance(value, str), "a string that names a schema"),
    "legacy-id": (lambda value: isinstance(value, str), "a string"),
    "id": (lambda value: isinstance(value, str), "a string"),
    "anchor": (lambda value: isinstance(value, str), "a string"),
    "pattern": (lambda value: isinstance(value, str), "a string that holds a pattern"),
    "boolean": (lambda value: isinstance(value, bool), "true or false"),
    "number": (is_number, "a number"),
    "positive": (lambda value: is_number(value) and value > 0, "a number greater than 0"),
    "count": (_is_count, "a whole number, 0 or more"),
    "array": (lambda value: isinstance(value, list), "an array"),
    "schema-map": (lambda value: isinstance(value, dict), "an object of schemas"),
}


def _pattern(text: str, place: str) -> Iterator[Defect]:
    from llmreg.formats.json.regex import PatternError, check_pattern

    try:
        check_pattern(text)
    except PatternError as error:
        yield PATTERN, f"the pattern {text[:60]!r} is not valid (ECMA-262): {error}", place


def _identity(keyword: Keyword, value: str, draft: str) -> Iterator[Defect]:
    if keyword.shape == "anchor" and not _ANCHORS[draft].fullmatch(value):
        message = f"`{keyword.name}` must be a letter, then letters, digits, '-', '.' or '_', not {value[:60]!r}"
        yield REFUSED, message, join("", keyword.name)
    elif keyword.shape != "anchor" and not _URI_REFERENCE.fullmatch(value):
        yield REFUSED, f"`{keyword.name}` is no URI reference: {value[:60]!r}", join("", keyword.name)
    elif keyword.shape == "id" and "#" in value[:-1]:
        yield REFUSED, "`$id` must have no fragment; name a place inside with `$anchor`", join("", keyword.name)


def _names(name: str, value: Any, place: str, draft: str) -> Iterator[Defect]:
    if not isinstance(value, list):
        yield UNUSABLE, f"`{name}` must be an array of property names, not {describe(value)}", place
        return
    for index, item in enumerate(value):
        if not isinstance(item, str):
            yield UNUSABLE, f"`{name}` must hold strings only, not {describe(item)}", join(place, index)
    if draft == "draft4" and not value:
        yield REFUSED, f"`{name}` must not be empty in draft 4; leave it out", place
    yield from _twice(name, value, place)


def _twice(name: str, value: list[Any], place: str) -> Iterator[Defect]:
    seen = set()
    for index, item in enumerate(value):
        key = key_of(item)
        if key in seen:
            yield REFUSED, f"`{name}` lists {describe(item)} twice", join(place, index)
        seen.add(key)


def _enum(name: str, value: Any, place: str, draft: str) -> Iterator[Defect]:
    if not isinstance(value, list):
        yield UNUSABLE, f"`{name}` must be an array, not {describe(value)}", place
    elif draft == "draft4":
        if not value:
            yield REFUSED, f"`{name}` must not be empty in draft 4", place
        yield from _twice(name, value, place)


def _type(name: str, value: Any, place: str, draft: str) -> Iterator[Defect]:
    del draft
    if isinstance(value, list):
        if not value:
            yield REFUSED, f"`{name}` must not be empty", place
        yield from _twice(name, value, place)
    places = [(join(place, index), item) for index, item in enumerate(value)] if isinstance(value, list) else []
    for where, item in places or ([] if isinstance(value, list) else [(place, value)]):
        if item not in TYPES or not isinstance(item, str):
            yield UNUSABLE, f"`{name}` must be one of {', '.join(TYPES)}, not {describe(item)}", where


def _schema_list(name: str, value: Any, place: str, draft: str) -> Iterator[Defect]:
    del draft
    if not isinstance(value, list):
        yield UNUSABLE, f"`{name}` must be an array of schemas, not {describe(value)}", place
    elif not value:
        yield REFUSED, f"`{name}` must hold at least one schema", place


def _schema_or_list(name: str, value: Any, place: str, draft: str) -> Iterator[Defect]:
    if isinstance(value, list):
        yield from _schema_list(name, value, place, draft)


def _name_lists(name: str, value: Any, place: str, draft: str) -> Iterator[Defect]:
    if not isinstance(value, dict):
        yield UNUSABLE, f"`{name}` must be an object, not {describe(value)}", place
        return
    for key, item in value.items():
        if name == "dependentRequired" or isinstance(item, list):
            yield from _names(name, item, join(place, key), draft)


def _vocabulary(name: str, value: Any, place: str, draft: str) -> Iterator[Defect]:
    del draft
    if not isinstance(value, dict) or not all(isinstance(item, bool) for item in value.values()):
        yield UNUSABLE, f"`{name}` must map URIs to true or false", place


_COMPOUND: Final[Mapping[str, Callable[[str, Any, str, str], Iterator[Defect]]]] = {
    "names": _names,
    "enum": _enum,
    "type": _type,
    "schema-list": _schema_list,
    "schema-or-list": _schema_or_list,
    "dependencies": _name_lists,
    "name-lists": _name_lists,
    "vocabulary": _vocabulary,
}
