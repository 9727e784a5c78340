"""What the client returns: the native API's answers as frozen values, each made from its JSON here.

`offline` of a result tells that it came from the index file, because the server could not be reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Generic, Self, TypeVar

from llmreg.model.subject import VersionStatus

T = TypeVar("T")
R = TypeVar("R", bound="Result")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Every answer. `offline`: it is the index file's, not the server's."""

    offline: bool = False


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

    @classmethod
    def of(cls, body: Json) -> Self:
        return take(cls, body, status=VersionStatus(**body["status"]))


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

    @classmethod
    def of(cls, body: Json) -> Self:
        return take(cls, body, tags=tuple(body["tags"]))


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

    @classmethod
    def of(cls, body: Json) -> Self:
        versions = tuple(VersionShort.of(item) for item in body["versions"])
        return take(cls, body, tags=tuple(body["tags"]), versions=versions)


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

    @classmethod
    def of(cls, body: Json) -> Self:
        return take(
            cls,
            body,
            status=VersionStatus(**body["status"]),
            references=_references(body),
            origin=take(Origin, body["origin"]) if body["origin"] else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(VersionLine):
    """One version; `schema` is the exact registered text."""

    schema: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions(Result):
    """Every version of a subject, in order of registration."""

    subject: str
    versions: tuple[VersionLine, ...]

    @classmethod
    def of(cls, body: Json) -> Self:
        return take(cls, body, versions=tuple(VersionLine.of(item) for item in body["versions"]))


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

    @classmethod
    def of(cls, body: Json) -> Self:
        versions = tuple(VersionShort.of(item) for item in body["versions"])
        return take(cls, body, versions=versions, references=_references(body))


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

    @classmethod
    def of(cls, body: Json) -> Self:
        matches = tuple(take(Match, item) for item in body["matches"])
        return take(cls, body, tags=tuple(body["tags"]), matches=matches)


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

    @classmethod
    def of(cls, body: Json) -> Self:
        return take(cls, body, status=VersionStatus(**body["status"]))


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


def page(body: Json, name: str, item: Any) -> dict[str, Any]:
    """The members of a page whose items are called `name` in the body."""
    return {"items": tuple(item(one) for one in body[name])} | {key: body[key] for key in ("total", "limit", "offset")}


def take(cls: type[T], body: Json, **made: Any) -> T:
    """A value from the members of the same names; what the type does not know is left out. Raises KeyError."""
    given = {
        field.name: body[field.name]
        for field in fields(cls)  # type: ignore[arg-type] # every T is a dataclass
        if field.name not in made and (field.default is MISSING or field.name in body)
    }
    return cls(**made, **given)


def _references(body: Json) -> tuple[Reference, ...]:
    return tuple(take(Reference, item) for item in body["references"])
