"""The native API's answers as types, for the OpenAPI document alone: what `index/documents.py` makes is these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

Moment = Annotated[int, Meta(description="Seconds since 1970 (UTC), the commit's")]


class Status(Struct, kw_only=True, forbid_unknown_fields=True):
    """The reasons, where a version is deprecated or retired."""

    deprecated: str | None
    retired: str | None


class ShortVersion(Struct, kw_only=True, forbid_unknown_fields=True):
    """One version in short. `ordinal` is the integer version of Kafka clients; `verdict` is on the step to it."""

    version: str
    ordinal: int
    id: int
    sha256: str
    bump: Literal["major", "minor", "patch"]
    verdict: Literal["compatible", "incompatible", "undecided"] | None
    status: Status


class Holder(ShortVersion, kw_only=True, forbid_unknown_fields=True):
    """A version that holds a schema."""

    subject: str


class Subject(Struct, kw_only=True, forbid_unknown_fields=True):
    """One subject, its versions in order of registration."""

    subject: str
    format: str
    kind: str
    mode: str
    writer: str
    owner: str | None
    description: str | None
    tags: list[str]
    metadata: dict[str, Any]
    settings: dict[str, Any]
    latest: str | None
    versions: list[ShortVersion]


class Reference(Struct, kw_only=True, forbid_unknown_fields=True):
    """What the text calls `name` is this version."""

    name: str
    subject: str
    version: str


class VersionLine(Struct, kw_only=True, forbid_unknown_fields=True):
    """Everything about one version but its text. `fp` and `digests` are of the canonical form."""

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
    status: Status
    references: list[Reference]
    sha256: str
    size: int
    fp: str
    digests: dict[str, str]
    meta: dict[str, Any]
    origin: dict[str, Any] | None


class Version(VersionLine, kw_only=True, forbid_unknown_fields=True):
    """One version. `schema` is the exact registered text."""

    schema: str


class Versions(Struct, kw_only=True, forbid_unknown_fields=True):
    """Every version of a subject, in order of registration."""

    subject: str
    versions: list[VersionLine]


class Page(Struct, kw_only=True, forbid_unknown_fields=True):
    """A part of a list: `total` in all, at most `limit` of them from `offset` on."""

    total: int
    limit: int
    offset: int


class SubjectLine(Struct, kw_only=True, forbid_unknown_fields=True):
    """One subject in short. `versions` counts them."""

    subject: str
    format: str
    kind: str
    mode: str
    owner: str | None
    description: str | None
    tags: list[str]
    latest: str | None
    versions: int


class Subjects(Page, kw_only=True, forbid_unknown_fields=True):
    """Subjects in short."""

    subjects: list[SubjectLine]


class Match(Struct, kw_only=True, forbid_unknown_fields=True):
    """A place in which a word occurs."""

    where: str
    text: str


class Hit(SubjectLine, kw_only=True, forbid_unknown_fields=True):
    """A subject that was found."""

    matches: list[Match]


class Found(Page, kw_only=True, forbid_unknown_fields=True):
    """The answer to a search."""

    query: str
    hits: list[Hit]


class SchemaLine(Struct, kw_only=True, forbid_unknown_fields=True):
    """One content in short, with every version that holds it."""

    id: int
    guid: str
    format: str
    sha256: str
    size: int
    fp: str
    versions: list[Holder]


class Schema(SchemaLine, kw_only=True, forbid_unknown_fields=True):
    """One content with its exact text."""

    references: list[Reference]
    digests: dict[str, str]
    schema: str


class Schemas(Page, kw_only=True, forbid_unknown_fields=True):
    """Contents in short, in order of their ids."""

    schemas: list[SchemaLine]


class Holders(Struct, kw_only=True, forbid_unknown_fields=True):
    """Every version that holds one content."""

    id: int
    versions: list[VersionLine]


class Named(Struct, kw_only=True, forbid_unknown_fields=True):
    """A version by name."""

    subject: str
    version: str


class Link(Named, kw_only=True, forbid_unknown_fields=True):
    """A version at `depth` steps along the references; `missing`: it is referred to, but not there."""

    depth: int
    status: Status
    missing: bool


class Dependencies(Page, kw_only=True, forbid_unknown_fields=True):
    """What the versions `of` refer to, nearest first."""

    of: list[Named]
    dependencies: list[Link]


class Dependents(Page, kw_only=True, forbid_unknown_fields=True):
    """What refers to the versions `of`, nearest first."""

    of: list[Named]
    dependents: list[Link]


class Diff(Struct, kw_only=True, forbid_unknown_fields=True):
    """The step between two versions; `report` is that of docs/reference/report.md."""

    subject: str
    old: str
    new: str
    report: dict[str, Any]


class Stats(Struct, kw_only=True):
    """What the index holds, counted: also subjects by what they are, steps by verdict, events by type."""

    generation: int
    commit: str
    time: Moment
    content: str
    subjects: int
    versions: int
    schemas: int


class Health(Struct, kw_only=True):
    """Whether the server answers, and from which commit; `failure`: why the newest index was not taken."""

    status: Literal["up", "ready", "stopping", "no index"]
    version: str = ""
    generation: int = 0
    commit: str = ""
    time: Moment = 0
    age: int = 0
    failure: str = ""


class Problem(Struct, kw_only=True):
    """RFC 9457. `errors` say where, with a JSON Pointer or a parameter's name."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[dict[str, Any]] = []


class ConfluentReference(Struct, kw_only=True):
    """What the text calls `name` is this version; `version` is its integer."""

    name: str
    subject: str
    version: int


class ConfluentSchema(Struct, kw_only=True):
    """A schema as Schema Registry clients post it; without `schemaType` it is Avro."""

    schema: str
    schemaType: Literal["AVRO", "JSON", "PROTOBUF"] = "AVRO"  # noqa: N815 -- their spelling
    references: list[ConfluentReference] = []


class ConfluentError(Struct, kw_only=True, forbid_unknown_fields=True):
    """An error as Schema Registry clients read it; the HTTP status is the number's first three digits."""

    error_code: int
    message: str
