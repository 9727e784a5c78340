"""The closed writer: the documents that a writer writes if it writes only what it declares.

Closing belongs to a location in the document, not to a schema object: a key may be written where some schema that
holds there declares it. The result is the writer's own document plus an overlay in the same draft, so that any
validator can check a witness against it, and so that what is closed stays valid for the open writer.
"""

from __future__ import annotations

from typing import Final

from llmreg.formats.json.dialects import DIALECT_URIS, REF_IS_ALONE
from llmreg.formats.json.inclusion.answers import JsonValue
from llmreg.formats.json.inclusion.closed_branches import Clashes, Speaking, add_required, compatible_subsets, layout
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
_DEEP: Final = 40
_NEVER: Final[Schema] = {"not": {}}
Sources = list[tuple[Part, Place]]
Declared = tuple[Conditions, Conditions, list[Node]]


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
        "$schema": DIALECT_URIS[root.draft],
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
    if "$ref" in schema and root.draft in REF_IS_ALONE:
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
        self._clashes = Clashes(self.table, reader.budget)

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
        said = declared(found, own=True)
        rules = [*self._keys(found, said), *self._children(found, said), *self._items(found)]
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

    def _keys(self, found: list[Part], said: Declared) -> list[Schema]:
        """Only declared keys, each only where a schema that declares it holds."""
        names, patterns, everything = {name: [*when] for name, when in said[0].items()}, said[1], said[2]
        # An empty list says as much as a long one: there are no others. Without a list it is a free-form map.
        listing = [part for part in found if in_force(part.place, "properties") is not None]
        if not listing or self.table.true in everything:
            return []
        add_required(found, names)
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

    def _children(self, found: list[Part], said: Declared) -> list[Schema]:
        rules: list[Schema] = []
        names, patterns, _ = said
        speaking = [Speaking.of(part) for part in found]
        speaking = [one for one in speaking if one.properties or one.patterns or one.rest]
        for name in names:
            rules += self._child(name, self._sources(speaking, name))
        for pattern in patterns:
            # Where several declarations may speak of one key, the key is left open rather than closed too far.
            if len(patterns) == 1 and not any(self._matches(pattern, name) for name in names):
                closed = self.location(
                    [self._of_pattern(one, pattern)[1] for one in speaking if pattern in one.patterns]
                )
                if closed is not None:
                    rules.append({"patternProperties": {pattern: closed}})
        rest = [inner(self.reader, one.part.place, "additionalProperties") for one in speaking if one.rest]
        closed = self.location(rest) if rest else None
        if closed is not None:
            rules.append(
                {
                    "properties": {name: {} for name in names},
                    "patternProperties": {pattern: {} for pattern in patterns},
                    "additionalProperties": closed,
                }
            )
        return rules

    def _sources(self, speaking: list[Speaking], name: str) -> Sources:
        self.reader.budget.watch(len(speaking) // 16 + 1)
        out: Sources = []
        for one in speaking:
            part, spoken = one.part, False
            if name in one.properties:
                spoken = True
                out.append((part, inner(self.reader, part.place, "properties", escape(name))))
            for pattern in one.patterns:
                if self._matches(pattern, name):
                    spoken = True
                    out.append(self._of_pattern(one, pattern))
            if one.rest and not spoken:
                out.append((part, inner(self.reader, part.place, "additionalProperties")))
        return out

    def _of_pattern(self, one: Speaking, pattern: str) -> tuple[Part, Place]:
        return one.part, inner(self.reader, one.part.place, "patternProperties", escape(pattern))

    def _child(self, name: str, sources: Sources) -> list[Schema]:
        """A child is closed by what applies to it, which may depend on the branches that hold."""
        sure = [place for part, place in sources if not part.when]
        loose = [(part, place) for part, place in sources if part.when]
        if not loose:
            closed = self.location(sure) if sure else None
            return [] if closed is None else [{"properties": {name: closed}}]
        clashes = self._clashes.among([part.condition for part, _ in loose])
        if clashes is None:
            return self._exclusive(name, sure, loose)
        subsets = compatible_subsets(len(loose), clashes)
        if subsets is None:
            subsets, loose, sure = [()], [], [place for _, place in sources]
        rules: list[Schema] = []
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

    def _exclusive(self, name: str, sure: list[Place], loose: Sources) -> list[Schema]:
        """One rule for each way of closing the child, since no two of the branches hold at once."""
        ways: dict[str, tuple[Schema, list[Part]]] = {}
        for part, place in loose:
            closed = self.location([*sure, place])
            if closed is not None:
                ways.setdefault(closed["$ref"], (closed, []))[1].append(part)
        rules: list[Schema] = []
        for closed, held in ways.values():
            none = [{"not": self._schema(part)} for part in held]
            escape_by = none[0] if len(none) == 1 else {"allOf": none}
            rules.append({"anyOf": [{"properties": {name: closed}}, escape_by]})
        closed = self.location(sure) if sure else None
        if closed is not None:
            rules.append({"anyOf": [{"properties": {name: closed}}, *(self._schema(part) for part, _ in loose)]})
        return rules

    def _items(self, found: list[Part]) -> list[Schema]:
        layouts = [layout(self.reader, part.place) for part in found]
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
