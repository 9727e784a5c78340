"""What a reader says that does not follow from the writer at sight, and a document for each: no search is needed then.

The walk is that of `implied`, along places where a schema judges its value alone. Where it meets anything
else that does not follow, or finds no document, it gives up, and the engine decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.sight.alike import definitions, judging
from llmreg.formats.json.sight.implied import Sight
from llmreg.formats.json.sight.samples import NOTHING, Samples, refused
from llmreg.formats.json.sight.trimmed import is_simple
from llmreg.model.pointer import join

if TYPE_CHECKING:
    from llmreg.formats.json.localise.refusal import Refusal

_MOST: Final = 64
_LONGEST: Final = 100_000  # characters
_UPPER: Final = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems"})


class Gap(NamedTuple):
    """A document of the writer that the reader's `keyword` in the schema object at `pointer` refuses."""

    pointer: str
    keyword: str
    document: Any

    def is_shown_by(self, refusal: Refusal) -> bool:
        """Whether a refusal is that of this keyword."""
        return refusal.pointer == self.pointer and refusal.keyword == self.keyword


class _Here(NamedTuple):
    """A place: what both say, and the writer's schemas on the way to it, each with the step taken from it (a name, or
    None for an item)."""

    one: Any
    other: Any
    pointer: str
    closed: bool
    above: tuple[tuple[Any, str | None], ...] = ()

    def member(self, name: str | None, one: Any, other: Any, *tokens: str) -> _Here:
        closed = self.closed
        return _Here(one, other, join(self.pointer, *tokens), closed, (*self.above, (self.one, name)))


class _GiveUpError(Exception):
    """Something here is for the engine, and every gap was asked for."""


class _EnoughError(Exception):
    """One document was asked for and is found."""


def differ(old: JsonSchema, new: JsonSchema) -> bool:
    """Whether surely one accepts what the other refuses, or writes what the other does not; False says nothing. A new
    version that breaks nothing most often accepts more: that is looked at first."""
    return any(
        gaps(old, new, closed=closed, turned=turned, hasty=True) for closed in (False, True) for turned in (True, False)
    )


def writes_something(schema: JsonSchema) -> bool:
    """Whether the closed writer surely has a document; False says nothing."""
    named = definitions(schema.document) if schema.refers else {}
    plain = schema.is_plain and Samples(named, judging(schema.draft)).of(schema.document) is not NOTHING
    return plain or schema.stays_nonempty


def gaps(
    writer: JsonSchema, reader: JsonSchema, *, closed: bool, turned: bool = False, hasty: bool = False
) -> list[Gap] | None:
    """Every such keyword with its document, in the order of the reader's text: none when the reader surely accepts what
    the writer writes. None when that is not seen at sight. `turned`: the other way round.
    `hasty`: the first document is enough."""
    sight = Sight(writer, reader, turned=turned)
    if not sight.comparable:
        return None
    try:
        return _Walk(sight, closed=closed, hasty=hasty).gaps()
    except _GiveUpError:
        return None


class _Walk:
    def __init__(self, sight: Sight, *, closed: bool, hasty: bool) -> None:
        self._sight = sight
        self._hasty = hasty
        self._closed = closed
        self._samples = Samples(sight.definitions[0], sight.judging)
        self._seen: set[tuple[str, str]] = set()
        self._found: list[Gap] = []

    def gaps(self) -> list[Gap]:
        one, other = self._sight.documents
        with suppress(_EnoughError):
            self._visit(_Here(one, other, "", self._closed))
        return self._found

    def _visit(self, here: _Here) -> None:
        if here.one is here.other or self._sight.alike(here.one, here.other):
            return
        if not (isinstance(here.one, dict) and isinstance(here.other, dict)):
            self._whole(here)
        elif "$ref" in here.one or "$ref" in here.other:
            self._references(here)
        elif is_simple(here.one, self._sight.judging) and is_simple(here.other, self._sight.judging):
            for keyword in here.other:
                if keyword in self._sight.judging:
                    self._keyword(here, keyword)
            if self._hasty and here.closed:
                self._unwritten(here)
        else:
            self._whole(here)

    def _whole(self, here: _Here) -> None:
        if not self._sight.implies(here.one, here.other, here.closed):
            self._give_up()

    def _give_up(self) -> None:
        """One gap may still be found elsewhere."""
        if not self._hasty:
            raise _GiveUpError

    def _references(self, here: _Here) -> None:
        """A reference that stands alone is followed, once for each pair."""
        names: list[str | None] = []
        targets = []
        for schema, defined in zip((here.one, here.other), self._sight.definitions, strict=True):
            names.append(schema.get("$ref"))
            targets.append(schema if names[-1] is None else defined.get(names[-1]))
            alone = names[-1] is None or len(schema.keys() & self._sight.saying) == 1
            if names[-1] == "#" or not alone or targets[-1] is None:
                self._whole(here)
                return
        key = str(names[0] or id(here.one)), str(names[1] or id(here.other))
        if key not in self._seen:
            self._seen.add(key)
            pointer = here.pointer if names[1] is None else names[1][1:]
            self._visit(here._replace(one=targets[0], other=targets[1], pointer=pointer))

    def _keyword(self, here: _Here, keyword: str) -> None:
        one, other = here.one, here.other
        if keyword == "properties":
            for name, schema in other["properties"].items():
                self._property(here, name, schema)
        elif keyword == "items" and isinstance(one.get("items", True), (dict, bool)):
            if "items" in one:
                self._visit(here.member(None, one["items"], other["items"], "items"))
            else:
                self._whole(here._replace(one=True, other=other["items"]))
        elif not self._sight.follows(keyword, one, other, here.closed):
            self._gap(here, keyword, self._documents(here, keyword))

    def _property(self, here: _Here, name: str, schema: Any) -> None:
        written = here.one.get("properties", {})
        if name in written:
            self._visit(here.member(name, written[name], schema, "properties", name))
        elif not self._sight.member_follows(here.one, name, schema, here.closed):
            self._unspoken(here, name, schema)

    def _unspoken(self, here: _Here, name: str, schema: Any) -> None:
        """A property that the writer does not declare and yet may write, with any value: whatever the reader says of it
        is one cause, told by its type."""
        below = here.member(name, True, schema, "properties", name)
        shut = here.closed and "additionalProperties" not in here.one
        open_ended = here.one.get("additionalProperties", True) is True and not shut
        typed = isinstance(schema, dict) and "type" in schema and schema["type"] != here.one.get("type")
        if open_ended and typed:
            self._gap(below, "type", (value for value in self._samples.all(True) if refused("type", schema, value)))
        else:
            self._give_up()

    def _documents(self, here: _Here, keyword: str) -> Iterator[Any]:
        """Values of the writer at this place that a keyword of the reader refuses."""
        one, said = here.one, here.other[keyword]
        if keyword == "additionalProperties" and said is False:
            yield from self._undeclared(here)
        elif keyword in ("additionalProperties", "pattern", "multipleOf"):
            return
        else:
            item = self._samples.of(one.get("items", True)) if keyword.endswith("Items") else NOTHING
            plain, near = self._samples.all(one), _near(keyword, said, item)
            for value in (*near, *plain) if keyword in _UPPER else (*plain, *near):  # just above, or far below
                if refused(keyword, here.other, value) and self._samples.accepts(one, value):
                    yield value

    def _undeclared(self, here: _Here) -> Iterator[Any]:
        """An object with a member that the reader does not declare. One finding is for all of them."""
        known = here.other.get("properties", {})
        for name, schema in here.one.get("properties", {}).items():
            member = self._samples.of(schema) if name not in known else NOTHING
            if member is not NOTHING:
                yield self._samples.with_member(here.one, name, member)
        # To show it to people the engine has better names; a shut reader with patterns is none of the simple ones.
        if self._hasty and not here.closed and here.one.get("additionalProperties", True) is True:
            name = "a"
            while name in known or name in here.one.get("properties", {}):
                name += "a"
            yield self._samples.with_member(here.one, name, None)

    def _unwritten(self, here: _Here) -> None:
        """What the other would not write, were it closed as well: an object with a member that it does not declare."""
        other = here.other
        if "properties" in other and "additionalProperties" not in other:
            declared = {*other["properties"], *other.get("required", ())}
            objects = (value for value in self._undeclared(here) if value is not NOTHING)
            self._gap(here, "properties", (value for value in objects if not value.keys() <= declared))

    def _gap(self, here: _Here, keyword: str, values: Iterator[Any]) -> None:
        value = next((one for one in values if one is not NOTHING), NOTHING)
        samples = self._samples
        for schema, step in reversed(here.above):
            if value is not NOTHING:
                value = samples.with_item(schema, value) if step is None else samples.with_member(schema, step, value)
        if value is NOTHING or len(self._found) >= _MOST:
            self._give_up()
            return
        self._found.append(Gap(here.pointer, keyword, value))
        if self._hasty:
            raise _EnoughError


def _near(keyword: str, said: Any, item: Any) -> Iterator[Any]:
    """Values that a keyword just refuses."""
    if keyword in ("minimum", "exclusiveMinimum") and not isinstance(said, bool):
        yield from (int(said) - 1, said if keyword == "exclusiveMinimum" else int(said) - 2)
    elif keyword in ("maximum", "exclusiveMaximum") and not isinstance(said, bool):
        yield from (said, int(said) + 1) if keyword == "exclusiveMaximum" else (int(said) + 1, int(said) + 2)
    elif keyword == "minLength" and 0 < said <= 300:
        yield "a" * (int(said) - 1)
    elif keyword in ("minItems", "maxItems") and said < 100 and item is not NOTHING:
        yield [item] * (int(said) + (1 if keyword == "maxItems" else -1))
    elif keyword == "maxLength" and said <= _LONGEST:
        yield "a" * (int(said) + 1)
