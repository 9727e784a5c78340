"""Turn a hit into a witness: embed it in a root message and let a fresh pool judge the payload alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from llmreg.formats.protobuf import payload
from llmreg.formats.protobuf.identity import Matching, MessagePair
from llmreg.formats.protobuf.kernel import (
    CHANGED,
    DEFAULT,
    DROPPED,
    JSON,
    ONEOF_CASE,
    PHANTOM,
    PRESENCE,
    REJECT,
    REQUIRED,
    Outcome,
    Question,
    check,
)
from llmreg.formats.protobuf.model import Enum, Field
from llmreg.formats.protobuf.runtime import runtime
from llmreg.formats.protobuf.scope import Route, Scope, embed
from llmreg.formats.protobuf.search import IGNORED, Hit, Search
from llmreg.formats.protobuf.side import Side
from llmreg.model.finding import Witness
from llmreg.model.record import dataclass, field, replace

_SHOWN = 60
_CARRIER = "llmreg.carrier."


@dataclass(eq=False)
class Verifier:
    """Confirms hits on descriptors that were loaded for nothing else. `skipped` counts those that came after the
    deadline, by level; the first of each level is confirmed even then."""

    scope: Scope
    searches: Mapping[str, Search]
    writer: tuple[bytes, str]
    reader: tuple[bytes, str]
    deadline: float = float("inf")
    skipped: Counter[str] = field(default_factory=Counter, init=False)
    _confirmed: set[str] = field(default_factory=set, init=False)
    _fresh: Matching | None = field(default=None, init=False)

    def witness(self, hit: Hit) -> Witness | None:
        """The confirmed witness, in the nearest root that shows it; None when no root does, or when the time is up."""
        if hit.level in self._confirmed and time.monotonic() > self.deadline:
            self.skipped[hit.level] += 1
            return None
        for route in self.scope.pairs[hit.pair]:
            found = self._through(hit, route)
            if found is not None:
                self._confirmed.add(hit.level)
                return found
        return None

    def _through(self, hit: Hit, route: Route) -> Witness | None:
        search = self.searches[hit.surface]
        try:
            if hit.outcome.kind == REJECT and route[1] and hit.recipe and self._refused(search, route):
                return None  # the way to the message is refused already: not this hit's doing
            recipe = embed(search.matching, route, hit.recipe)
            message = payload.build(search.matching.writer, route[0].writer, recipe)
        except payload.UninhabitedError:
            return None
        value = payload.document(search.matching.writer, message)
        content: bytes | str | None = payload.wire(message)
        if hit.surface == JSON:
            content = None if value is None else payload.text(value)
        if content is None:
            return None
        question = replace(search.question, defaults=hit.outcome.kind == DEFAULT)
        confirmed = self._confirm(hit, route[0], question, content)
        if confirmed is None:
            return None
        return Witness(
            document=value,
            bytes=content.hex() if isinstance(content, bytes) else None,
            expected=confirmed,
            confirmed_by=(runtime(),),
        )

    def _refused(self, search: Search, route: Route) -> bool:
        outcomes = search.judge(route[0], embed(search.matching, route, {}))
        return any(outcome.kind == REJECT for outcome in outcomes or ())

    def _confirm(self, hit: Hit, root: MessagePair, question: Question, content: bytes | str) -> str | None:
        """What the reader makes of the payload, in words, when a fresh pool sees the same."""
        matching = self._load()
        names = root.writer.full_name, root.reader.full_name
        if names[0].startswith(_CARRIER):
            for side, known in ((matching.writer, root.writer), (matching.reader, root.reader)):
                enum = known.fields[0].enum
                assert enum is not None
                side.carrier(next(item for item in side.enums() if item.full_name == enum.full_name))
        outcomes = check(matching, matching.pair(*names), question, content)
        if outcomes is None:
            return None
        if hit.level == IGNORED:
            return None if any(item.kind == REJECT for item in outcomes) else expected(hit.outcome, ignored=True)
        same = [outcome for outcome in outcomes if _same(outcome, hit.outcome)]
        return expected(same[0]) if same else None

    def _load(self) -> Matching:
        if self._fresh is None:
            self._fresh = Matching(Side(*self.writer), Side(*self.reader))
        return self._fresh


def expected(outcome: Outcome, *, ignored: bool = False) -> str:
    """What the reader makes of the payload, in one sentence without a full stop."""
    name = _name(outcome.writer or outcome.reader)
    if ignored:
        return f"the reader skips {name}"
    return {
        REJECT: f"the reader cannot parse it: {outcome.detail}",
        REQUIRED: f"the reader parses it, but its required field {name} is missing",
        PHANTOM: f"the reader sees {_name(outcome.reader)} = {show(outcome.read, outcome.reader)}, "
        "which the writer never set",
        DROPPED: f"the reader reads {name} as unset; the writer wrote {show(outcome.written, outcome.writer)}",
        CHANGED: f"the reader reads {name} as {show(outcome.read, outcome.reader)}; "
        f"the writer wrote {show(outcome.written, outcome.writer)}",
        DEFAULT: f"{name} is not set: it means {show(outcome.written, outcome.writer)} to the writer "
        f"and {show(outcome.read, outcome.reader)} to the reader",
        PRESENCE: f"the reader reads the same value of {name}, but not that it was set",
        ONEOF_CASE: f"the reader sees no case set; the writer set {name}",
    }[outcome.kind]


def show(value: Any, item: Field | None) -> str:
    """A value for people: enum numbers with their name, long ones cut."""
    if item is not None and item.enum is not None and isinstance(value, int):
        return _enum_text(item.enum, value)
    if isinstance(value, bytes):
        text = f"bytes {value.hex()}"
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = payload.text(value)
    elif hasattr(value, "ListFields"):
        text = f"{{ {' '.join(str(value).split())} }}" if value.ListFields() else "an empty message"
    else:
        text = "no value" if value is None else " ".join(str(value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _enum_text(enum: Enum, number: int) -> str:
    names = enum.by_number.get(number)
    return f"{names[0]} ({number})" if names else str(number)


def _name(item: Field | None) -> str:
    return f"`{item.name}`" if item is not None else "it"


def _same(one: Outcome, other: Outcome) -> bool:
    """The same kind of difference at the same fields; a refusal is of the payload as a whole."""
    return one.kind == other.kind and (
        one.kind == REJECT
        or (_pointer(one.writer), _pointer(one.reader)) == (_pointer(other.writer), _pointer(other.reader))
    )


def _pointer(item: Field | None) -> str | None:
    return item.pointer if item is not None else None
