"""What is posted for judgement, and the answers, as types: checked, and described in the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Raw, Struct, field

from llmreg.model.mode import Mode
from llmreg.server.contract.queries import Format, Kind
from llmreg.server.problems import HttpError

Name = Annotated[str, Meta(min_length=1, max_length=700)]
Version = Annotated[str, Meta(max_length=256, description="latest, 1.2.0, ^1.2, or its number")]
References = Annotated[
    dict[str, str], Meta(max_length=1000, description="What the text calls a schema → subject@version")
]
SchemaValue = Annotated[Raw, Meta(description="The schema: a JSON value, or its text as a string")]
ModeName = Annotated[
    str,
    Meta(
        pattern=f"^({'|'.join([*Mode, 'TRANSITIVE'])})$",
        extra_json_schema={"enum": [*(mode.value for mode in Mode), "TRANSITIVE"]},
    ),
]
MOST_DOCUMENTS = 10_000


class SchemaRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    """A schema to look at."""

    schema: SchemaValue
    format: Annotated[Format | None, Meta(description="Left out: the content tells")] = None
    kind: Kind = "data"
    references: References = field(default_factory=dict)


class DataRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    """Documents and what they have to be valid under: one of subject, schema_id and schema; one of data, documents."""

    subject: Name | None = None
    version: Version = "latest"
    schema_id: Annotated[int | str | None, Meta(description="An id, a GUID or a SHA-256")] = None
    schema: SchemaValue | msgspec.UnsetType = msgspec.UNSET
    format: Format | None = None
    references: References = field(default_factory=dict)
    data: Annotated[Raw, Meta(description="One document")] | msgspec.UnsetType = msgspec.UNSET
    documents: Annotated[list[Raw], Meta(min_length=1, max_length=MOST_DOCUMENTS)] | msgspec.UnsetType = msgspec.UNSET
    encoding: Annotated[
        Literal["json", "base64"], Meta(description="base64: documents are strings with the format's binary form")
    ] = "json"
    strict: Annotated[bool, Meta(description="Refuse fields that the schema does not declare")] = False


class CheckRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    """A schema, and whom it may break: a subject, or the old schema."""

    schema: SchemaValue
    subject: Name | None = None
    old: SchemaValue | msgspec.UnsetType = msgspec.UNSET
    mode: Annotated[ModeName | None, Meta(description="Left out: the subject's own, else BACKWARD")] = None
    against: Annotated[Version | None, Meta(description="A version or range instead of those the mode asks for")] = None
    format: Format | None = None
    kind: Kind = "data"
    writer: Literal["closed", "open"] | None = None
    policy: Annotated[Annotated[str, Meta(max_length=100)] | None, Meta(description="A named policy")] = None
    references: References = field(default_factory=dict)


class SchemaReport(Struct, kw_only=True):
    """Whether a text is a schema; problems and warnings have `code`, `message`, `pointer`, `line`, `column`."""

    valid: bool
    format: str
    kind: str
    sha256: str
    problems: list[dict[str, Any]]
    warnings: list[dict[str, Any]]


class DataReport(Struct, kw_only=True):
    """Whether documents are valid. `errors` of one document; `results` of several, in order."""

    valid: bool
    format: str
    warnings: list[dict[str, Any]]
    validation_time_ms: float
    errors: list[dict[str, Any]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    error_count: int | None = None
    valid_count: int | None = None
    invalid_count: int | None = None
    subject: str | None = None
    version: str | None = None
    schema_id: int | None = None


class CheckReport(Struct, kw_only=True):
    """The report of docs/reference/report.md. `compatible` only with a proof: see `verdict` for `undecided`."""

    report: int
    verdict: Literal["compatible", "incompatible", "undecided"]
    ok: bool
    compatible: bool
    compared_versions: list[str]
    checked: int
    findings: list[dict[str, Any]]
    notes: list[str]
    subjects: list[dict[str, Any]]
    baseline: dict[str, Any] | None = None


def text_of(value: Raw) -> bytes:
    """The schema's own text: a string holds it, any other value is it, with its key order and exact numbers."""
    data = bytes(value).strip()
    if not data.startswith(b'"'):
        return data
    try:
        return msgspec.json.decode(data, type=str).encode()
    except (msgspec.DecodeError, UnicodeError) as error:
        raise HttpError(400, f"the schema's text cannot be read: {error}") from None
