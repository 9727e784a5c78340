"""What counts against the limits of one request, of a single schema and of a set of tools.

Providers count after `$ref` expansion: a definition that is used three times counts three times, and a recursive one
once for each way into it. `count` gives the numbers of one schema, `Counts` of several add up, and `over` says which
budget rules of a profile a set of schemas breaks, with a proposal of what to leave out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from llmreg.llm.profiles.hit import Arguments, Hit, Predicate
from llmreg.llm.profiles.profile import Profile, ProfileRule
from llmreg.llm.profiles.view import DEFINITIONS, Node, View
from llmreg.model.jsontext import dumps

MEASURES = {
    "tools": "strict tools",
    "optional": "optional parameters",
    "unions": "union parameters",
    "properties": "properties",
    "depth": "levels of nesting",
    "characters": "characters of names and values",
    "enum_values": "enum values",
    "max_items": "items allowed by all `maxItems` together",
    "grammar": "subschemas after expansion",
}
_LARGEST = frozenset({"depth"})


@dataclass(frozen=True, slots=True)
class Counts:
    """One number per measure of `MEASURES`. They add up over the schemas of a request; `depth` is the largest."""

    tools: int = 0
    optional: int = 0
    unions: int = 0
    properties: int = 0
    depth: int = 0
    characters: int = 0
    enum_values: int = 0
    max_items: int = 0
    grammar: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            **{
                item.name: (max if item.name in _LARGEST else int.__add__)(
                    getattr(self, item.name), getattr(other, item.name)
                )
                for item in fields(Counts)
            }
        )


@dataclass(frozen=True, slots=True)
class OverBudget:
    """A budget that a request breaks: `found` of at most `limit`. `keep` are the names that fit together, fewest
    first, and `leave` those to send without strict mode, or not at all."""

    rule: ProfileRule
    measure: str
    found: int
    limit: int
    keep: tuple[str, ...]
    leave: tuple[str, ...]

    @property
    def message(self) -> str:
        """`324 optional parameters, at most 24 in one request`."""
        return f"{self.found} {MEASURES[self.measure]}, at most {self.limit} in one request"


def count(schema: Any) -> Counts:
    """The numbers of one schema (a JSON value), after `$ref` expansion; `tools` is 1."""
    view = View(schema)
    return _count(view, view.root, (), {}) + Counts(tools=1, characters=_characters(view))


def over(profile: Profile, schemas: Mapping[str, Any]) -> list[OverBudget]:
    """The request budgets of `profile` that these schemas (by the name of the tool) break together.

    The proposal is greedy: schemas that cost least of the broken budget stay, all of them within every budget."""
    rules = [rule for rule in profile.rules if rule.scope == "request"]
    if not rules:
        return []
    counted = {name: count(schema) for name, schema in schemas.items()}
    whole = sum(counted.values(), Counts())
    broken = [rule for rule in rules if getattr(whole, rule.args["measure"]) > rule.args["max"]]
    found = []
    for rule in broken:
        measure, limit = rule.args["measure"], rule.args["max"]
        keep = _fitting(counted, rules, measure)
        leave = tuple(name for name in counted if name not in keep)
        found.append(OverBudget(rule, measure, getattr(whole, measure), limit, keep, leave))
    return found


def _fitting(counted: Mapping[str, Counts], rules: Sequence[ProfileRule], measure: str) -> tuple[str, ...]:
    kept: list[str] = []
    sum_so_far = Counts()
    for name in sorted(counted, key=lambda name: (getattr(counted[name], measure), list(counted).index(name))):
        attempt = sum_so_far + counted[name]
        if all(getattr(attempt, rule.args["measure"]) <= rule.args["max"] for rule in rules):
            kept.append(name)
            sum_so_far = attempt
    return tuple(name for name in counted if name in kept)


def _count(view: View, node: Node, open_: tuple[str, ...], known: dict[str, Counts]) -> Counts:
    """What `node` and everything below it counts; definitions count where they are used."""
    if node.pointer in known:
        return known[node.pointer]
    result = _own(node)
    for child in _below(view, node):
        if child.pointer not in open_:
            result += _count(view, child, (*open_, node.pointer), known)
    nests = node.is_object or "array" in node.types
    known[node.pointer] = result = replace(result, depth=result.depth + nests)
    return result


def _below(view: View, node: Node) -> Iterator[Node]:
    for child in view.children(node):
        if child.keyword not in DEFINITIONS:
            yield child
    target = view.target(node.schema["$ref"]) if "$ref" in node.schema else None
    if target is not None:
        yield target


def _own(node: Node) -> Counts:
    schema = node.schema
    declared = schema.get("properties")
    names = list(declared) if isinstance(declared, dict) else []
    values = schema.get("enum")
    union = isinstance(schema.get("type"), list) or "anyOf" in schema or "oneOf" in schema
    most = schema.get("maxItems")
    return Counts(
        optional=sum(1 for name in names if name not in node.required),
        unions=int(union),
        properties=len(names),
        enum_values=len(values) if isinstance(values, list) else 0,
        max_items=int(most) if isinstance(most, int) and not isinstance(most, bool) else 0,
        grammar=1,
    )


def _characters(view: View) -> int:
    """Names of properties and definitions, enum values and constants, as they are written."""
    total_length = 0
    for node in view.nodes:
        if node.keyword in ("properties", *DEFINITIONS):
            total_length += len(node.name)
        values = node.schema.get("enum")
        held = [
            *(values if isinstance(values, list) else ()),
            *([node.schema["const"]] if "const" in node.schema else ()),
        ]
        total_length += sum(len(value) if isinstance(value, str) else len(dumps(value)) for value in held)
    return total_length


def budget(view: View, wanted: Arguments) -> Iterator[Hit]:
    """The schema alone has more of `measure` than `max`."""
    found = getattr(count(view.document), wanted["measure"])
    if found > wanted["max"]:
        measure = MEASURES[wanted["measure"]]
        yield Hit("", {"place": "the schema", "found": found, "max": wanted["max"], "measure": measure})


def enum_long(view: View, wanted: Arguments) -> Iterator[Hit]:
    """One string enum has more than `values` values and more than `characters` characters together."""
    for node in view.nodes:
        values = node.schema.get("enum")
        texts = [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
        length = sum(map(len, texts))
        if len(texts) > wanted["values"] and length > wanted["characters"]:
            yield Hit(f"{node.pointer}/enum", {"place": node.place, "found": length, "values": len(texts)})


PREDICATES: Mapping[str, Predicate] = {"budget": budget, "enum_long": enum_long}
