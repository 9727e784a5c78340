"""What is compared: the root messages, and every message pair that their payloads reach."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from llmreg.errors import UsageError
from llmreg.formats.interface import CompareOptions
from llmreg.formats.protobuf.identity import FieldPair, Matching, MessagePair, counterpart, roots
from llmreg.formats.protobuf.model import Enum, Field, Message
from llmreg.formats.protobuf.payload import Recipe
from llmreg.formats.protobuf.probes import one
from llmreg.model.record import dataclass

SURFACES = ("wire", "json", "source")
DEFAULT_SURFACES = ("wire", "json")
_MAX_ROUTES = 4
Route: TypeAlias = tuple[MessagePair, tuple[FieldPair, ...]]


@dataclass(frozen=True, slots=True)
class Settings:
    """The format's part of `subject.yaml`."""

    surfaces: tuple[str, ...] = DEFAULT_SURFACES
    messages: tuple[str, ...] = ()
    reject_unknown: bool = False
    lossy_warns: bool = False

    @classmethod
    def of(cls, options: CompareOptions) -> Settings:
        """Raises UsageError for a value that does not exist."""
        given = options.settings
        surfaces = options.surfaces or _list(given, "surfaces") or DEFAULT_SURFACES
        wrong = [name for name in surfaces if name not in SURFACES]
        if wrong:
            raise UsageError(f"no such surface: {wrong[0]!r}", hint=f"one of {', '.join(SURFACES)}")
        return cls(
            surfaces=tuple(name for name in SURFACES if name in surfaces),
            messages=_list(given, "messages"),
            reject_unknown=_choice(given, "unknown_keys", ("ignore", "reject")) == "reject",
            lossy_warns=_choice(given, "on_lossy", ("error", "warn")) == "warn",
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """`lost` are roots without counterpart, `kept` counts the others; `pairs` every reachable message pair whose
    messages are not declared alike, with ways to it, nearest first."""

    lost: tuple[Message, ...]
    kept: int
    pairs: Mapping[MessagePair, list[Route]]


@lru_cache(maxsize=4)
def reach(matching: Matching, messages: tuple[str, ...]) -> Scope:
    """Breadth first from the roots. Raises UsageError for a listed message that neither side has."""
    for name in messages:
        if matching.writer.find(name) is None and matching.reader.find(name) is None:
            raise UsageError(f"`messages` lists {name!r}, which neither version has")
    starts: list[tuple[MessagePair, Route]] = []
    lost = []
    for message, reader in roots(matching, messages):
        if reader is None:
            lost.append(message)
        else:
            pair = matching.pair(message.full_name, reader.full_name)
            starts.append((pair, (pair, ())))
    pairs = spread(matching, starts)
    if not messages:
        for pair, routes in spread(matching, _unreached(matching, pairs)).items():
            pairs.setdefault(pair, routes)
    for enum, other in _unused_enums(matching, pairs):
        pair = matching.pair(matching.writer.carrier(enum).full_name, matching.reader.carrier(other).full_name)
        pairs[pair] = [(pair, ())]
    return Scope(tuple(lost), len(starts), {pair: ways for pair, ways in pairs.items() if not matching.alike(pair)})


def spread(matching: Matching, starts: Iterable[tuple[MessagePair, Route]]) -> dict[MessagePair, list[Route]]:
    """Every message pair that the given ones lead to, themselves first, each with the nearest ways to it. Those that
    are settled are left out."""
    pairs: dict[MessagePair, list[Route]] = {}
    names = ((start[0].writer.full_name, start[0].reader.full_name, start) for start in starts)
    queue = deque(start for writer, reader, start in names if not matching.settled(writer, reader))
    while queue:
        pair, route = queue.popleft()
        routes = pairs.setdefault(pair, [])
        routes.append(route)
        if len(routes) > _MAX_ROUTES:
            routes.pop()
        elif len(routes) == 1:
            for step, below in matching.below(pair):
                queue.append((below, (route[0], (*route[1], step))))
    return pairs


def embed(matching: Matching, route: Route, recipe: Recipe) -> Recipe:
    """The recipe of the route's root in which the given message stands where the route ends."""
    for item, _ in reversed(route[1]):
        value: Any = recipe
        if item.entry is not None:
            value = [(one(matching.writer, item.entry[0]), recipe)]
        elif item.repeated:
            value = [recipe]
        recipe = {item.number: value}
    return recipe


def _unreached(matching: Matching, pairs: Mapping[MessagePair, Any]) -> list[tuple[MessagePair, Route]]:
    """Nested messages that no root leads to, and messages of other files that the file extends: other files use them,
    and options are such messages. Each is its own root, where both sides have it."""
    known = {pair.writer.full_name for pair in pairs}
    found: list[tuple[MessagePair, Route]] = []
    for message in [*matching.writer.declared(), *matching.writer.extended()]:
        name = message.full_name
        other = None if name in known or matching.settled(name, name) else counterpart(matching, message)
        if other is not None:
            pair = matching.pair(message.full_name, other.full_name)
            found.append((pair, (pair, ())))
    return found


def _unused_enums(matching: Matching, pairs: Mapping[MessagePair, Any]) -> list[tuple[Enum, Enum]]:
    """Enums that the file declares and no reachable message uses, with the reader's enum of that name, where the two
    are not declared alike."""
    enums = [enum for enum in matching.writer.enums() if not matching.settled(enum.full_name, enum.full_name)]
    if not enums:
        return []
    used = {part.enum.full_name for pair in pairs for item in pair.writer.fields for part in _parts(item) if part.enum}
    theirs = {enum.pointer: enum for enum in matching.reader.enums()}
    return [(enum, theirs[enum.pointer]) for enum in enums if enum.full_name not in used and enum.pointer in theirs]


def _parts(item: Field) -> tuple[Field, ...]:
    return item.entry or (item,)


def _list(settings: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = settings.get(name) or ()
    if isinstance(value, str) or not all(isinstance(item, str) for item in value):
        raise UsageError(f"`{name}` is a list of names", hint=f"{name}: [{value}]" if isinstance(value, str) else None)
    return tuple(value)


def _choice(settings: Mapping[str, Any], name: str, choices: tuple[str, str]) -> str:
    value = settings.get(name) or choices[0]
    if value not in choices:
        raise UsageError(f"`{name}: {value}` is not known", hint=f"one of {', '.join(choices)}")
    return str(value)
