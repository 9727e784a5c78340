"""What the client returns: the native API's answers as frozen values, made from their JSON by the members' types.

`offline` of a result tells that it came from the index file, because the server could not be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache, partial
from types import UnionType
from typing import Any, Generic, Self, TypeVar, get_args, get_origin, get_type_hints

from llmreg.model.subject import VersionStatus

T = TypeVar("T")
R = TypeVar("R", bound="Result")
Json = Mapping[str, Any]
_Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Every answer. `offline`: it is the index file's, not the server's."""

    offline: bool = False

    @classmethod
    def of(cls, body: Json) -> Self:
        """From the JSON of an answer. Raises KeyError, TypeError for what is none."""
        return take(cls, body)


@dataclass(frozen=True, slots=True)
class Reference:
    """A pinned reference: `name` is what the text calls the other version."""

    name: str
    subject: str
    version: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a version came from: commit, author, committer's time (seconds, UTC), the commit's subject line."""

    commit: str
    author: str
    time: int
    subject: str
    pull_request: int | None


@dataclass(frozen=True, slots=True)
class VersionShort:
    """One version in short. `ordinal` is the integer version of Kafka clients, `subject` "" where it goes without
    saying."""

    version: str
    ordinal: int
    id: int
    sha256: str
    bump: str
    verdict: str | None
    status: VersionStatus
    subject: str = ""


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """One subject in short; `versions` is how many there are."""

    subject: str
    format: str
    kind: str
    mode: str
    owner: str | None
    description: str | None
    tags: tuple[str, ...]
    latest: str | None
    versions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Result, Generic[T]):
    """`total` items, of which these are from `offset` on."""

    items: tuple[T, ...]
    total: int
    limit: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject(Result):
    """One subject with its versions in order of registration. `metadata` is its own, `settings` are its format's."""

    subject: str
    format: str
    kind: str
    mode: str
    writer: str
    owner: str | None
    description: str | None
    tags: tuple[str, ...]
    metadata: Json
    settings: Json
    latest: str | None
    versions: tuple[VersionShort, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine(Result):
    """Everything about one version but its text."""

    subject: str
    version: str
    ordinal: int
    id: int
    guid: str
    format: str
    kind: str
    mode: str
    bump: str
    verdict: str | None
    status: VersionStatus
    references: tuple[Reference, ...]
    sha256: str
    size: int
    fp: str
    digests: Json
    meta: Json
    origin: Origin | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(VersionLine):
    """One version; `schema` is the exact registered text."""

    schema: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions(Result):
    """Every version of a subject, in order of registration."""

    subject: str
    versions: tuple[VersionLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema(Result):
    """One content, with every version that holds it; `schema` is the exact registered text."""

    id: int
    guid: str
    format: str
    sha256: str
    size: int
    fp: str
    versions: tuple[VersionShort, ...]
    references: tuple[Reference, ...]
    digests: Json
    schema: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaBytes(Result):
    """The bytes of a version as they were registered."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Match:
    """Where a word of a search occurs: `name`, `tag`, `owner`, `description` or `field`."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit(SubjectLine):
    """A subject that a search found."""

    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage(Page[Hit]):
    """The answer to a search."""

    query: str


@dataclass(frozen=True, slots=True)
class Link:
    """One version that is linked to another; `depth` 1 is direct, `missing`: the registry does not hold it."""

    subject: str
    version: str
    depth: int
    status: VersionStatus
    missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Links(Page[Link]):
    """What is linked to a version, nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats(Result):
    """What is served, counted. `generation` is the commit's number, `time` the committer's (seconds, UTC)."""

    generation: int
    commit: str
    time: int
    content: str
    subjects: int
    versions: int
    schemas: int
    formats: Json
    kinds: Json
    modes: Json
    owners: Json
    tags: Json
    verdicts: Json
    events: Json


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `id` is its place in the stream, from which it can be resumed."""

    id: str
    type: str
    subject: str
    version: str
    time: int
    data: Json


def page(body: Json, name: str, kind: type[Any]) -> dict[str, Any]:
    """The members of a page whose items are called `name` in the body."""
    items = tuple(take(kind, item) for item in body[name])
    return {"items": items} | {key: body[key] for key in ("total", "limit", "offset")}


def take(cls: type[T], body: Json, **made: Any) -> T:
    """A value from the members of the same names; what the type does not know is left out. Raises KeyError, TypeError
    for a body that has not what the type needs."""
    if not isinstance(body, Mapping):
        raise TypeError(f"{cls.__name__} is no {type(body).__name__}")
    given = {
        name: convert(body[name])
        for name, needed, convert in _members(cls)  # type: ignore[arg-type] # every class is hashable
        if name not in made and (needed or name in body)
    }
    return cls(**made, **given)


@cache
def _members(cls: Any) -> tuple[tuple[str, bool, _Convert], ...]:
    """(name, whether it must be there, from its JSON) of each member."""
    hints = get_type_hints(cls)
    return tuple((item.name, item.default is MISSING, _conversion(hints[item.name])) for item in fields(cls))


def _conversion(hint: Any) -> _Convert:
    """What JSON has no type for is made here: tuples and the types of this file."""
    if get_origin(hint) is tuple:
        one = _conversion(get_args(hint)[0])
        return lambda value: tuple(map(one, value))
    if isinstance(hint, UnionType):
        some = _conversion(get_args(hint)[0])
        return lambda value: None if value is None else some(value)
    return partial(take, hint) if isinstance(hint, type) and is_dataclass(hint) else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
