"""Predicates over single subschemas: which keywords, types and values stand where.

Each takes the schema and the arguments of its rule, and yields the places that the rule speaks of. Every name here is
one that the data files use as `test`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from llmreg.llm.profiles.hit import Arguments, Hit, Predicate, at
from llmreg.llm.profiles.view import ANNOTATIONS, Node, View
from llmreg.model.pointer import join

_KINDS = {str: "string", bool: "boolean", type(None): "null", dict: "object", list: "array"}
_PATTERN_FEATURES = {
    "look-around": re.compile(r"\(\?<?[=!]"),
    "back reference": re.compile(r"\\[1-9]|\\k<"),
    "word boundary": re.compile(r"(?<!\\)(?:\\\\)*\\[bB]"),
}
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")


def json_type(value: Any) -> str:
    """The JSON type of a value; every number is `number`."""
    return _KINDS.get(type(value), "number")


def keyword(view: View, wanted: Arguments) -> Iterator[Hit]:
    """Any of `keywords` stands in a subschema; with `values`, only where its value is none of these."""
    for node in view.nodes:
        for name in wanted["keywords"]:
            if name in node.schema and not _listed(node.schema[name], wanted.get("values")):
                yield at(node, join(node.pointer, name), keyword=name, value=_short(node.schema[name]))


def beside(view: View, wanted: Arguments) -> Iterator[Hit]:
    """Both keywords of a pair stand in one subschema."""
    for node in view.nodes:
        for name, other in wanted["pairs"]:
            if name in node.schema and other in node.schema:
                yield at(node, join(node.pointer, other), keyword=name, other=other)


def keyword_unlisted(view: View, wanted: Arguments) -> Iterator[Hit]:
    """A keyword that is neither among `allowed` nor an annotation, nor somebody's own (`annotations = false`: those
    count as well)."""
    allowed = frozenset(wanted["allowed"])
    silent = ANNOTATIONS if wanted.get("annotations", True) else frozenset()
    for node in view.nodes:
        for name in node.schema:
            own = name.startswith("x-") and bool(silent)
            if name not in allowed and name not in silent and not own:
                yield at(node, join(node.pointer, name), keyword=name)


def root_type(view: View, wanted: Arguments) -> Iterator[Hit]:
    """The root's `type` is not `type`."""
    if view.root.schema.get("type") != wanted["type"]:
        yield Hit("", {"place": "the root", "found": _short(view.root.schema.get("type"))})


def root_properties_missing(view: View, wanted: Arguments) -> Iterator[Hit]:
    """The root is an object that lists no `properties`, not even none."""
    if view.root.schema.get("type") == "object" and "properties" not in view.root.schema:
        yield Hit("", {"place": "the root"})


def root_keyword(view: View, wanted: Arguments) -> Iterator[Hit]:
    """Any of `keywords` stands at the root."""
    for name in wanted["keywords"]:
        if name in view.root.schema:
            yield Hit(join("", name), {"place": "the root", "keyword": name})


def open_object(view: View, wanted: Arguments) -> Iterator[Hit]:
    """An object whose `additionalProperties` is not false."""
    for node in view.nodes:
        if node.is_object and node.schema.get("additionalProperties") is not False:
            yield at(node)


def map_object(view: View, wanted: Arguments) -> Iterator[Hit]:
    """An object whose `additionalProperties` is a schema."""
    for node in view.nodes:
        if isinstance(node.schema.get("additionalProperties"), dict):
            yield at(node, join(node.pointer, "additionalProperties"))


def optional_property(view: View, wanted: Arguments) -> Iterator[Hit]:
    """A property that `required` does not name."""
    for node in view.nodes:
        if node.keyword == "properties" and node.parent is not None and node.name not in node.parent.required:
            yield at(node)


def required_undeclared(view: View, wanted: Arguments) -> Iterator[Hit]:
    """`required` names what `properties` does not."""
    for node in view.nodes:
        declared = node.schema.get("properties")
        for name in sorted(node.required - set(declared if isinstance(declared, dict) else ())):
            yield at(node, join(node.pointer, "required"), name=name)


def type_missing(view: View, wanted: Arguments) -> Iterator[Hit]:
    """A subschema that says neither its type nor anything that fixes it (`unless`)."""
    for node in view.nodes:
        if (
            isinstance(node.value, dict)
            and "type" not in node.schema
            and node.schema.keys().isdisjoint(wanted["unless"])
        ):
            yield at(node)


def type_list(view: View, wanted: Arguments) -> Iterator[Hit]:
    """`type` is a list; with `unless_null`, only one that has more than one type besides null."""
    for node in view.nodes:
        if isinstance(node.schema.get("type"), list) and not (
            wanted.get("unless_null") and len(set(node.types) - {"null"}) <= 1
        ):
            yield at(node, join(node.pointer, "type"))


def type_unlisted(view: View, wanted: Arguments) -> Iterator[Hit]:
    """`type` names one that is not among `allowed`."""
    for node in view.nodes:
        for name in node.types:
            if name not in wanted["allowed"]:
                yield at(node, join(node.pointer, "type"), type=name)


def boolean_schema(view: View, wanted: Arguments) -> Iterator[Hit]:
    """`true` or `false` stands where a schema is expected; `additionalProperties` and its kin may be so."""
    loose = frozenset(wanted.get("unless", ("additionalProperties", "unevaluatedProperties")))
    for node in view.nodes:
        if isinstance(node.value, bool) and node.keyword not in loose:
            yield at(node, value=_short(node.value))


def format_unlisted(view: View, wanted: Arguments) -> Iterator[Hit]:
    """`format` is not among `allowed`."""
    for node in view.nodes:
        said = node.schema.get("format")
        if isinstance(said, str) and said not in wanted["allowed"]:
            yield at(node, join(node.pointer, "format"), format=said)


def enum_type(view: View, wanted: Arguments) -> Iterator[Hit]:
    """`enum` has a value whose JSON type is not among `allowed`."""
    for node in view.nodes:
        values = node.schema.get("enum")
        for index, value in enumerate(values if isinstance(values, list) else ()):
            if json_type(value) not in wanted["allowed"]:
                yield at(node, join(node.pointer, "enum", index), type=json_type(value))


def const_type(view: View, wanted: Arguments) -> Iterator[Hit]:
    """`const` is a value whose JSON type is not among `allowed`."""
    for node in view.nodes:
        if "const" in node.schema and json_type(node.schema["const"]) not in wanted["allowed"]:
            yield at(node, join(node.pointer, "const"), type=json_type(node.schema["const"]))


def pattern_feature(view: View, wanted: Arguments) -> Iterator[Hit]:
    """`pattern` uses look-around, a back reference or a word boundary, or repeats more than `max_repeat` times."""
    for node in view.nodes:
        text = node.schema.get("pattern")
        if not isinstance(text, str):
            continue
        place = join(node.pointer, "pattern")
        for feature, expression in _PATTERN_FEATURES.items():
            if feature in wanted["features"] and expression.search(text):
                yield at(node, place, feature=feature)
        limit = wanted.get("max_repeat")
        if limit is not None and any(
            int(number) > limit for pair in _REPEAT.findall(text) for number in pair if number
        ):
            yield at(node, place, feature=f"more than {limit} repetitions")


def properties_shape(view: View, wanted: Arguments) -> Iterator[Hit]:
    """`properties` holds something that is no object (a boolean schema)."""
    for node in view.nodes:
        if node.keyword == "properties" and isinstance(node.value, bool):
            yield at(node)


def nested_value(view: View, wanted: Arguments) -> Iterator[Hit]:
    """A property of the root is an object, an array without `enum` items, or a combination."""
    for node in view.nodes:
        if node.keyword == "properties" and node.parent is view.root:
            nested = {"object", "array"} & set(node.types)
            if nested or any(name in node.schema for name in ("anyOf", "allOf", "$ref", "properties")):
                yield at(node)


def header_unfit(view: View, wanted: Arguments) -> Iterator[Hit]:
    """`x-mcp-header` is no token, is used twice, or stands on a property that is not a string, integer or boolean,
    or one that can be reached only through a reference, a branch or an array."""
    seen: dict[str, str] = {}
    for node in view.nodes:
        if "x-mcp-header" not in node.schema:
            continue
        text, place = node.schema["x-mcp-header"], join(node.pointer, "x-mcp-header")
        if not isinstance(text, str) or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", text):
            yield at(node, place, why="is no token of an HTTP header")
        elif seen.setdefault(text.casefold(), place) != place:
            yield at(node, place, why=f"is used twice (`{text}`)")
        elif not {"string", "integer", "boolean"} & set(node.types):
            yield at(node, place, why="stands on what is no string, integer or boolean")
        elif any(step.keyword not in ("properties", "") for step in _path(node)):
            yield at(node, place, why="cannot be reached without looking into the value")


def text_in_schema(view: View, wanted: Arguments) -> Iterator[Hit]:
    """The schema has descriptions, examples or enums at all: what a provider caches."""
    held = ("description", "examples", "default", "enum", "const")
    if any(not node.schema.keys().isdisjoint(held) for node in view.nodes):
        yield Hit("", {"place": "the schema"})


def name_unfit(view: View, wanted: Arguments) -> Iterator[Hit]:
    """The name does not match `pattern` as a whole; silent where the name is not known."""
    if view.name is not None and not re.fullmatch(wanted["pattern"], view.name):
        yield Hit("", {"place": "the name", "name": view.name})


def property_name_unfit(view: View, wanted: Arguments) -> Iterator[Hit]:
    """A property's name does not match `pattern` as a whole."""
    for node in view.nodes:
        if node.keyword == "properties" and not re.fullmatch(wanted["pattern"], node.name):
            yield at(node)


def _path(node: Node) -> Iterator[Node]:
    step: Node | None = node
    while step is not None:
        yield step
        step = step.parent


def _listed(value: Any, allowed: list[Any] | None) -> bool:
    return allowed is not None and any(value == item and type(value) is type(item) for item in allowed)


def _short(value: Any) -> str:
    from llmreg.model.jsontext import dumps

    text = dumps(value)
    return text if len(text) <= 40 else text[:39] + "…"


PREDICATES: Mapping[str, Predicate] = {
    test.__name__: test
    for test in (
        keyword,
        beside,
        keyword_unlisted,
        root_type,
        root_properties_missing,
        root_keyword,
        open_object,
        map_object,
        optional_property,
        required_undeclared,
        type_missing,
        type_list,
        type_unlisted,
        boolean_schema,
        format_unlisted,
        enum_type,
        const_type,
        pattern_feature,
        properties_shape,
        nested_value,
        header_unfit,
        text_in_schema,
        name_unfit,
        property_name_unfit,
    )
}
