"""The closed writer: the documents that a writer writes if it writes only what it declares.

Closing belongs to a location in the document, not to a schema object: a key may be written where some schema that
holds there declares it. The result is the writer's own document plus an overlay in the same draft, so that any
validator can check a witness against it, and so that what is closed stays valid for the open writer.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any, Final

from llmreg.formats.json.inclusion.answers import JsonValue
from llmreg.formats.json.inclusion.dialect import Reader
from llmreg.formats.json.inclusion.inplace import Part, parts
from llmreg.formats.json.inclusion.keywords.unevaluated import Conditions, declared, in_force
from llmreg.formats.json.inclusion.keywords.vocabulary import VOCABULARY
from llmreg.formats.json.inclusion.nodes import Node
from llmreg.formats.json.inclusion.places import Place, escape
from llmreg.formats.json.inclusion.reading import Schema, inner
from llmreg.formats.json.inclusion.uris import percent_encoded

WRITER_URI: Final = "llmreg://writer/schema"
_WRITER: Final = "writer"
_MOST_LOCATIONS: Final = 20_000
_STRUCTURE: Final = frozenset((
    "$dynamicRef", "$recursiveRef", "$ref", "additionalItems", "additionalProperties", "allOf", "anyOf", "dependencies",
    "dependentSchemas", "if", "items", "oneOf", "patternProperties", "prefixItems", "properties",
))  # fmt: skip
_MOST_SUBSETS: Final = 32
_DEEP: Final = 40
_SCHEMAS: Final = {
    "draft4": "http://json-schema.org/draft-04/schema#",
    "draft6": "http://json-schema.org/draft-06/schema#",
    "draft7": "http://json-schema.org/draft-07/schema#",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
_NEVER: Final[Schema] = {"not": {}}
Sources = list[tuple[Part, Place]]


class TooManyLocationsError(Exception):
    """The writer has more distinct locations than closing is ready to describe."""


def close(reader: Reader) -> Schema:
    """The closed form of what `reader` reads, as a document of the same draft."""
    root = reader.references.root()
    document, uri = _identified(root)
    closer = _Closer(reader, uri)
    overlay = closer.location([root])
    closer.finish()
    body = [{"$ref": uri}] if overlay is None else [{"$ref": uri}, overlay]
    return {
        "$schema": _SCHEMAS[root.draft],
        "allOf": body,
        closer.keyword: {_WRITER: document, **closer.definitions},
    }


def overlay(closed: Schema) -> tuple[str, Schema]:
    """What closing added, for those who have read the writer already, and the name that it calls the writer by."""
    keyword = "$defs" if "$defs" in closed else "definitions"
    definitions = {name: value for name, value in closed[keyword].items() if name != _WRITER}
    return closed["allOf"][0]["$ref"], {**closed, keyword: definitions}


def _identified(root: Place) -> tuple[JsonValue, str]:
    """The document with an identifier of its own, so that its inner references keep their meaning."""
    if not isinstance(root.value, dict):
        return {"$id": WRITER_URI, "allOf": [root.value]}, WRITER_URI
    keyword = "id" if root.draft == "draft4" else "$id"
    # The outer document says which draft holds; a private `$schema` would only hide the identifier from validators.
    schema = {key: value for key, value in root.value.items() if key != "$schema"}
    if "$ref" in schema and root.draft in ("draft4", "draft6", "draft7"):
        # An identifier beside `$ref` would be ignored, as are all other siblings.
        silent = {key: value for key, value in schema.items() if key not in VOCABULARY[root.draft]}
        schema = {**silent, "allOf": [{"$ref": schema["$ref"]}]}
    known = schema.get(keyword)
    uri = known.split("#")[0] if isinstance(known, str) else ""
    if uri:
        return schema, uri
    return {**schema, keyword: WRITER_URI}, WRITER_URI


class _Closer:
    def __init__(self, reader: Reader, uri: str) -> None:
        self.reader = reader
        self.table = reader.table
        self.uri = uri
        self.keyword = "$defs" if reader.references.root().draft in ("2019-09", "2020-12") else "definitions"
        self.definitions: dict[str, JsonValue] = {}
        self._known: dict[frozenset[tuple[str, str]], Schema | None] = {}
        self._depth = 0
        self._later: list[tuple[str, list[Place]]] = []
        self._clashes: dict[tuple[Node, ...], _Clashes] = {}

    def location(self, places: list[Place]) -> Schema | None:
        """What closing adds where all of these schemas apply; None if nothing."""
        places = [place for place in places if isinstance(place.value, dict) and not _STRUCTURE.isdisjoint(place.value)]
        if not places:
            return None
        key = frozenset(place.key for place in places)
        if key in self._known:
            return self._known[key]
        if len(self._known) > _MOST_LOCATIONS:
            raise TooManyLocationsError("the writer has too many locations to close")
        name = f"closed-{len(self._known)}"
        reference: Schema = {"$ref": f"#/{self.keyword}/{name}"}
        # A location below itself refers to itself.
        self._known[key] = reference
        if self._depth > _DEEP:
            self._later.append((name, places))
        elif not self._describe(name, places):
            self._known[key] = None
            return None
        return reference

    def finish(self) -> None:
        """Describe the locations that lie too deep to be described on the way down."""
        while self._later:
            self._describe(*self._later.pop())

    def _describe(self, name: str, places: list[Place]) -> bool:
        """Define a location; False if closing adds nothing to it."""
        self.reader.budget.watch()
        self._depth += 1
        found = [part for place in places for part in parts(self.reader, place)]
        rules = [*self._keys(found), *self._children(found), *self._items(found)]
        self._depth -= 1
        self.definitions[name] = rules[0] if len(rules) == 1 else {"allOf": rules} if rules else {}
        return bool(rules)

    def _schema(self, part: Part) -> Schema:
        """The condition of a part in the words of the document."""
        conditions: list[Schema] = []
        for when in part.when:
            if when.place is None:
                conditions.append({"type": "object", "required": [when.key]})
            else:
                reference = {"$ref": self._pointer(when.place)}
                conditions.append(reference if when.holds else {"not": reference})
        return conditions[0] if len(conditions) == 1 else {"allOf": conditions}

    def _pointer(self, place: Place) -> str:
        return f"{place.uri or self.uri}#{percent_encoded(place.pointer)}"

    def _keys(self, found: list[Part]) -> list[Schema]:
        """Only declared keys, each only where a schema that declares it holds."""
        names, patterns, everything = declared(found, own=True)
        listing = [part for part in found if in_force(part.place, "properties")]
        if not listing or self.table.true in everything:
            return []
        _add_required(found, names)
        rules: list[Schema] = [
            {
                "properties": {name: {} for name in names},
                "patternProperties": {pattern: {} for pattern in patterns},
                "additionalProperties": False,
            }
        ]
        rules += self._conditional_keys(found, names, patterns)
        openings = [self._schema(part) for part in found if part.condition in everything]
        if all(part.condition is not self.table.true for part in listing):
            openings.append({"allOf": [{"not": self._schema(part)} for part in listing]})
        if not openings:
            return rules
        return [{"anyOf": [*openings, {"allOf": rules}]}]

    def _conditional_keys(self, found: list[Part], names: Conditions, patterns: Conditions) -> list[Schema]:
        schemas = {part.condition: self._schema(part) for part in found if part.when}
        rules: list[Schema] = []
        for name, conditions in names.items():
            matching = [conditions for pattern, conditions in patterns.items() if self._matches(pattern, name)]
            every = [*conditions, *(condition for group in matching for condition in group)]
            if self.table.true not in every:
                allowed = [schemas[one] for one in dict.fromkeys(every)]
                rules.append({"anyOf": [{"properties": {name: _NEVER}}, *allowed]})
        return rules

    def _matches(self, pattern: str, name: str) -> bool:
        language = self.table.language(pattern)
        return language is None or language.matches(name)

    def _children(self, found: list[Part]) -> list[Schema]:
        rules: list[Schema] = []
        names, patterns, _ = declared(found, own=True)
        for name in names:
            rules += self._child(name, self._sources(found, name))
        for pattern in patterns:
            # Where several declarations may speak of one key, the key is left open rather than closed too far.
            if len(patterns) == 1 and not any(self._matches(pattern, name) for name in names):
                sources = [source for part in found for source in self._below(part, "patternProperties", pattern)]
                closed = self.location([place for _, place in sources])
                if closed is not None:
                    rules.append({"patternProperties": {pattern: closed}})
        rest = [source for part in found for source in self._below(part, "additionalProperties")]
        closed = self.location([place for _, place in rest]) if rest else None
        if closed is not None:
            rules.append(
                {
                    "properties": {name: {} for name in names},
                    "patternProperties": {pattern: {} for pattern in patterns},
                    "additionalProperties": closed,
                }
            )
        return rules

    def _sources(self, found: list[Part], name: str) -> Sources:
        out: Sources = []
        for part in found:
            own = self._below(part, "properties", name)
            patterns = in_force(part.place, "patternProperties")
            for pattern in patterns if isinstance(patterns, dict) else ():
                if self._matches(pattern, name):
                    own += self._below(part, "patternProperties", pattern)
            out += own or self._below(part, "additionalProperties")
        return out

    def _below(self, part: Part, keyword: str, *names: str) -> Sources:
        value: Any = in_force(part.place, keyword)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        if not isinstance(value, dict):
            return []
        return [(part, inner(self.reader, part.place, keyword, *(escape(name) for name in names)))]

    def _child(self, name: str, sources: Sources) -> list[Schema]:
        """A child is closed by what applies to it, which may depend on the branches that hold."""
        sure = [place for part, place in sources if not part.when]
        loose = [(part, place) for part, place in sources if part.when]
        rules: list[Schema] = []
        subsets = self._compatible_subsets([part.condition for part, _ in loose])
        if subsets is None:
            subsets, loose, sure = [()], [], [place for _, place in sources]
        for held in subsets:
            places = [*sure, *(loose[index][1] for index in held)]
            closed = self.location(places) if places else None
            if closed is None:
                continue
            rule: Schema = {"properties": {name: closed}}
            escapes = [{"not": self._schema(loose[index][0])} for index in held]
            escapes += [self._schema(part) for index, (part, _) in enumerate(loose) if index not in held]
            rules.append({"anyOf": [rule, *escapes]} if escapes else rule)
        return rules

    def _compatible_subsets(self, conditions: list[Node]) -> list[tuple[int, ...]] | None:
        """Which conditions may hold together, as far as a cheap test can tell; None if there are too many."""
        clashes = {
            (first, second)
            for first, second in combinations(range(len(conditions)), 2)
            if self.table.disjoint(conditions[first], conditions[second])
        }
        subsets: list[tuple[int, ...]] = [()]
        for index in range(len(conditions)):
            subsets += [(*held, index) for held in subsets if not any((one, index) in clashes for one in held)]
            if len(subsets) > _MOST_SUBSETS + len(conditions):
                return None
        return subsets

    def _items(self, found: list[Part]) -> list[Schema]:
        layouts = [self._layout(part) for part in found]
        longest = max((len(prefix) for prefix, _ in layouts), default=0)
        columns = [
            [prefix[index] if index < len(prefix) else rest for prefix, rest in layouts] for index in range(longest)
        ]
        fixed = [self._closed_column(column) or {} for column in columns]
        rest = self._closed_column([last for _, last in layouts])
        if rest is None and not any(fixed):
            return []
        modern = bool(found) and found[0].place.draft == "2020-12"
        if not fixed:
            return [{"items": rest or {}}]
        if modern:
            return [{"prefixItems": fixed, "items": rest or {}}]
        return [{"items": fixed, "additionalItems": rest or {}}]

    def _closed_column(self, column: list[Place | None]) -> Schema | None:
        places = [place for place in column if place is not None]
        return self.location(places) if places else None

    def _layout(self, part: Part) -> tuple[list[Place], Place | None]:
        """The schemas of leading items, and of the rest."""
        place = part.place
        fixed_by = "prefixItems" if place.draft == "2020-12" else "items"
        value = in_force(place, fixed_by)
        if isinstance(value, list):
            prefix = [inner(self.reader, place, fixed_by, str(index)) for index in range(len(value))]
            rest_by = "items" if place.draft == "2020-12" else "additionalItems"
        else:
            prefix, rest_by = [], "items"
        rest = in_force(place, rest_by)
        return prefix, inner(self.reader, place, rest_by) if isinstance(rest, dict) else None


def _add_required(found: list[Part], names: Conditions) -> None:
    """A key that is only asked for counts as declared; otherwise the writer could write nothing."""
    for part in found:
        wanted = in_force(part.place, "required")
        keys = list(wanted) if isinstance(wanted, list) else []
        for keyword in ("dependencies", "dependentRequired"):
            needed = in_force(part.place, keyword)
            for value in needed.values() if isinstance(needed, dict) else ():
                keys += value if isinstance(value, list) else []
        for key in keys:
            if isinstance(key, str):
                names.setdefault(key, []).append(part.condition)
