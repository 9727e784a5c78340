"""Content models: what an object or an array may hold beside the members that it names.

Open: anything. Closed: nothing. Partially open: what `additionalProperties`, `patternProperties` or a schema for
further items let in. A member that comes is judged by the writer's model, one that goes by the reader's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from llmreg.formats.json.localise.references import Spot
from llmreg.formats.json.policies._side import accepts_all, types_of
from llmreg.formats.json.policies._walk import Pair, Walk
from llmreg.formats.json.regex import matches
from llmreg.formats.json.values import MISSING
from llmreg.model.record import dataclass, field

_Rest = Literal[True, False] | Spot
_Change = tuple[str, str, Spot | None, Spot | None]


@dataclass(slots=True)
class Content:
    """`changes`: id, label, place in the writer and in the reader (None: the object or array itself). `below`: the
    members that both sides have."""

    changes: list[_Change] = field(default_factory=list)
    below: list[Pair] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Model:
    """One side's members by name or position, its patterns, and what it lets in besides."""

    members: Mapping[Any, Spot]
    patterns: Mapping[str, Spot]
    rest: _Rest

    @property
    def open(self) -> bool:
        return self.rest is True and not self.patterns

    def covering(self, name: Any) -> list[Spot] | None:
        """The schemas that an unnamed member of this name must fit; None where there may be no such member."""
        matching = [spot for pattern, spot in self.patterns.items() if isinstance(name, str) and matches(pattern, name)]
        if matching or self.rest is True:
            return matching
        return [self.rest] if isinstance(self.rest, Spot) else None


def properties(walk: Walk, pair: Pair) -> Content | None:
    """The properties of both sides; None where one of them can hold no object."""
    if not _may_be(pair, "object"):
        return None
    had, has = _object(pair.writer), _object(pair.reader)
    content = Content()
    for name in has.members:
        label = pair.member(name)
        if name in had.members:
            content.below.append(walk.pair(had.members[name], has.members[name], label))
        else:
            identity = _added_property(walk, pair, had, has.members[name], name)
            content.changes.append((identity, label, None, has.members[name]))
    for name in (name for name in had.members if name not in has.members):
        identity = _removed(walk, "property", had.members[name], has, name)
        content.changes.append((identity, pair.member(name), had.members[name], None))
    _compare_rest(walk, content, (had.rest, has.rest), "additional_properties", pair.member("*"))
    return content


def items(walk: Walk, pair: Pair) -> Content | None:
    """The items of both sides; None where one of them can hold no array."""
    if not _may_be(pair, "array"):
        return None
    had, has = _array(pair.writer), _array(pair.reader)
    content = Content()
    if not had.members and not has.members:
        content.below += _both(walk, had.rest, has.rest, f"{pair.label}[]")
        if had.rest is not has.rest and not content.below:
            stem = "schema_added" if had.rest is True or has.rest is False else "schema_removed"
            content.changes.append((stem, f"{pair.label}[]", None, None))
        return content
    for index in {**had.members, **has.members}:
        label = f"{pair.label}[{index}]"
        if index in had.members and index in has.members:
            content.below.append(walk.pair(had.members[index], has.members[index], label))
        elif index in has.members:
            identity = _added_item(walk, had, has.members[index], index)
            content.changes.append((identity, label, None, has.members[index]))
        else:
            identity = _removed(walk, "item", had.members[index], has, index)
            content.changes.append((identity, label, had.members[index], None))
    _compare_rest(walk, content, (had.rest, has.rest), "additional_items", f"{pair.label}[]")
    return content


def _added_property(walk: Walk, pair: Pair, had: _Model, new: Spot, name: str) -> str:
    with_default = "required_property_with_default" if new.says("default") is not MISSING else "required_property"
    kind = with_default if name in pair.reader.list_of("required") else "optional_property"
    covering = had.covering(name)
    if had.open:
        empty = accepts_all(new.schema) and kind == "optional_property"
        return f"{'property_with_empty_schema' if empty else kind}_added_to_open_content_model"
    if covering is None or kind == "required_property":
        return f"{kind}_added_to_unopen_content_model"
    covered = _covered(walk, covering, new)
    return f"property_added_{'is' if covered else 'not'}_covered_by_partially_open_content_model"


def _added_item(walk: Walk, had: _Model, new: Spot, index: int) -> str:
    covering = had.covering(index)
    if had.open:
        return f"item{'_with_empty_schema' if accepts_all(new.schema) else ''}_added_to_open_content_model"
    if covering is None:
        return "item_added_to_unopen_content_model"
    covered = _covered(walk, covering, new)
    return f"item_added_{'is' if covered else 'not'}_covered_by_partially_open_content_model"


def _covered(walk: Walk, covering: list[Spot], new: Spot) -> bool:
    return any(walk.fits(one, new) for one in covering) or accepts_all(new.schema)


def _removed(walk: Walk, what: str, gone: Spot, has: _Model, name: Any) -> str:
    covering = has.covering(name)
    if has.open:
        return f"{what}_removed_from_open_content_model"
    if covering is None:
        return f"{what}{'_with_false' if gone.schema is False else ''}_removed_from_closed_content_model"
    covered = all(walk.fits(gone, one) for one in covering)
    return f"{what}_removed_{'is' if covered else 'not'}_covered_by_partially_open_content_model"


def _compare_rest(walk: Walk, content: Content, rests: tuple[_Rest, _Rest], stem: str, label: str) -> None:
    had, has = rests
    below = list(_both(walk, had, has, label))
    content.below += below
    if below or had is has:
        return
    verb = "added" if had is False else "removed" if has is False else "extended" if has is True else "narrowed"
    content.changes.append((f"{stem}_{verb}", label, None, has if isinstance(has, Spot) else None))


def _both(walk: Walk, had: _Rest, has: _Rest, label: str) -> Iterator[Pair]:
    if isinstance(had, Spot) and isinstance(has, Spot):
        yield walk.pair(had, has, label)


def _object(side: Spot) -> _Model:
    members = {name: side.child("properties", name) for name in side.map_of("properties")}
    patterns = {text: side.child("patternProperties", text) for text in side.map_of("patternProperties")}
    return _Model(members, patterns, _rest(side, "additionalProperties"))


def _array(side: Spot) -> _Model:
    """The tuple is `prefixItems`, or the list form of `items` before 2020-12; the rest is told accordingly."""
    if side.list_of("items"):
        return _Model(dict(enumerate(side.members("items"))), {}, _rest(side, "additionalItems"))
    return _Model(dict(enumerate(side.members("prefixItems"))), {}, _rest(side, "items"))


def _rest(side: Spot, keyword: str) -> _Rest:
    said = side.says(keyword)
    if said is MISSING or isinstance(said, list) or accepts_all(said):
        return True
    return False if said is False else side.child(keyword)


def _may_be(pair: Pair, kind: str) -> bool:
    return all(not types_of(side) or kind in types_of(side) for side in (pair.writer, pair.reader))
