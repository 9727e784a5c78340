"""The keywords of arrays, with `items` in both of its meanings."""

from __future__ import annotations

from functools import partial
from typing import Final

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.answers import Step
from llmreg.formats.json.inclusion.keywords.scalars import size
from llmreg.formats.json.inclusion.places import Place
from llmreg.formats.json.inclusion.reading import (
    Assertion,
    Below,
    Keyword,
    MalformedKeywordError,
    Reading,
    Schema,
    count_of,
    inner,
    list_of,
)


def _rest(reading: Reading, place: Place, keyword: str, start: int) -> list[Assertion]:
    below = Below(inner(reading, place, keyword), Step("items"), partial(reading.table.items, start))
    return [Assertion(keyword, "", below.lift(reading.node(below.place)), below)]


def _fixed(reading: Reading, place: Place, keyword: str, length: int) -> list[Assertion]:
    out: list[Assertion] = []
    for index in range(length):
        sub = inner(reading, place, keyword, str(index))
        below = Below(sub, Step("item", str(index)), partial(reading.table.item, index))
        out.append(Assertion(keyword, str(index), below.lift(reading.node(sub)), below))
    return out


def _prefix_items(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    return _fixed(reading, place, "prefixItems", len(list_of(schema["prefixItems"])))


def _items(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    return _rest(reading, place, "items", len(list_of(schema.get("prefixItems", []))))


def _legacy_items(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    if isinstance(schema["items"], list):
        return _fixed(reading, place, "items", len(schema["items"]))
    return _rest(reading, place, "items", 0)


def _additional_items(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    """Means nothing unless `items` is an array."""
    items = schema.get("items")
    return _rest(reading, place, "additionalItems", len(items)) if isinstance(items, list) else []


def _contains(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    node, table = reading.node(inner(reading, place, "contains")), reading.table
    least, most = 1, None
    if place.draft in ("2019-09", "2020-12"):
        least = count_of(schema.get("minContains", 1))
        most = count_of(schema["maxContains"]) if "maxContains" in schema else None
    out = [Assertion("contains", "", table.contains_least(least, node))]
    if most is not None:
        out.append(Assertion("maxContains", "", table.contains_most(most, node)))
    return out


def _unique_items(reading: Reading, _: Place, schema: Schema) -> list[Assertion]:
    if not isinstance(schema["uniqueItems"], bool):
        raise MalformedKeywordError("a boolean is expected")
    table = reading.table
    return [Assertion("uniqueItems", "", table.make(n.UNIQUE) if schema["uniqueItems"] else table.true)]


ARRAYS: Final[dict[str, Keyword]] = {
    "minItems": size("minItems", n.MIN_ITEMS),
    "maxItems": size("maxItems", n.MAX_ITEMS),
    "uniqueItems": _unique_items,
}
ARRAYS_UNTIL_2019: Final[dict[str, Keyword]] = {"items": _legacy_items, "additionalItems": _additional_items}
ARRAYS_SINCE_2020: Final[dict[str, Keyword]] = {"items": _items, "prefixItems": _prefix_items}
ARRAYS_SINCE_6: Final[dict[str, Keyword]] = {"contains": _contains}
