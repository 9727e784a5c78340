"""From the server's values to the messages of `schema_registry.proto`, and back where it is more than a name."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from google.protobuf.timestamp_pb2 import Timestamp

from llmreg.errors import UsageError
from llmreg.formats import catalogue
from llmreg.index import documents, pick
from llmreg.index.search import Filters
from llmreg.model.jsontext import dumps
from llmreg.server.grpc import schema_registry_pb2 as pb
from llmreg.server.judging import CheckQuestion, DataQuestion, Named, Text

if TYPE_CHECKING:
    from llmreg.index.reader import Index, StoredVersion
    from llmreg.index.rows import EventRow

_TYPE = "SCHEMA_TYPE_"
_LEVEL = "COMPATIBILITY_LEVEL_"
_VERDICT = "VERDICT_"


def schema(index: Index, version: StoredVersion, *, content: bool = True) -> pb.Schema:
    """One version; without `content` its bytes are left out."""
    line = version.line
    custom = index.subject(version.subject).config.custom
    return pb.Schema(
        id=str(version.schema_id),
        subject=version.subject,
        version=version.version,
        schema_type=schema_type(version.format),
        schema_content=index.blob(version.sha256) if content else b"",
        metadata={key: value if isinstance(value, str) else dumps(value) for key, value in custom.items()},
        created_at=Timestamp(seconds=version.origin.time) if version.origin else None,
        compatibility_level=level(line.mode.value),
        guid=version.guid,
        sha256=version.sha256,
        ordinal=version.number,
        kind=version.kind,
        verdict=verdict(version.verdict),
        references=[pb.Reference(name=one[0], subject=one[1], version=one[2]) for one in index.references(version)],
        deprecated=version.status.deprecated or "",
        retired=version.status.retired or "",
    )


def chosen(index: Index, schema_id: str, subject: str, version: str) -> StoredVersion:
    """What a request names. Raises UsageError, NotFoundError."""
    if bool(schema_id) == bool(subject):
        raise UsageError("name one schema: by its id, or by subject and version")
    return pick.content(index, schema_id)[0] if schema_id else pick.version(index, subject, version or "latest")


def filters(request: pb.ListSchemasRequest) -> Filters:
    """As the index takes it. Raises FormatUnavailableError."""
    return Filters(
        prefix=request.prefix,
        format=format_name(request.schema_type),
        kind=request.kind or None,
        owner=request.owner or None,
        tags=tuple(request.tags),
    )


def data_question(version: StoredVersion, request: pb.ValidateDataRequest) -> DataQuestion:
    """Binary data goes as base64, as it does in JSON."""
    data = base64.b64encode(request.data) if request.binary else request.data
    named = Named(version.subject, version.version, version.schema_id)
    return DataQuestion(named, (data,), strict=request.strict, binary=request.binary)


def validation_report(body: Mapping[str, Any], request_id: str) -> pb.ValidationReport:
    return pb.ValidationReport(
        valid=body["valid"],
        errors=_errors(body["errors"]),
        warnings=_warnings(body["warnings"]),
        validation_time_ms=float(body["validation_time_ms"]),
        subject=body["subject"],
        version=body["version"],
        request_id=request_id,
    )


def text(content: bytes, kind: int, references: Mapping[str, str]) -> Text:
    """Raises FormatUnavailableError."""
    return Text(content, format_name(kind), references=dict(references))


def schema_report(body: Mapping[str, Any], seconds: float) -> pb.SchemaValidationReport:
    return pb.SchemaValidationReport(
        valid=body["valid"],
        errors=_errors(body["problems"]),
        warnings=_warnings(body["warnings"]),
        validation_time_ms=round(seconds * 1000, 3),
        schema_type=schema_type(body["format"]),
    )


def check_question(request: pb.CompatibilityCheckRequest) -> CheckQuestion:
    """Raises UsageError, FormatUnavailableError."""
    if not request.subject:
        raise UsageError("name the subject whose next version it would be")
    mode = None
    if request.HasField("level"):
        mode = pb.CompatibilityLevel.Name(request.level).removeprefix(_LEVEL)
    return CheckQuestion(
        text(request.schema_content, request.schema_type, request.references),
        subject=request.subject,
        mode=None if mode == "UNSPECIFIED" else mode,
        against=tuple(request.against),
    )


def compatibility_report(body: Mapping[str, Any]) -> pb.CompatibilityReport:
    findings = [finding for subject in body["subjects"] for finding in subject["findings"]]
    return pb.CompatibilityReport(
        compatible=body["compatible"],
        level=level(body["subjects"][0]["mode"]) if body["subjects"] else level(""),
        violations=[_violation(finding) for finding in findings if finding["severity"] == "error"],
        compared_versions=body["compared_versions"],
        verdict=verdict(body["verdict"]),
        report_json=dumps(body).encode(),
    )


def change(event: EventRow) -> pb.SchemaChangeEvent:
    return pb.SchemaChangeEvent(
        id=event.id,
        type=event.type,
        subject=event.subject,
        version=event.version,
        time=Timestamp(seconds=event.time),
        data_json=dumps(documents.event(event)["data"]).encode(),
    )


def schema_type(name: str) -> str:
    return _TYPE + name.upper()


def format_name(kind: int) -> str | None:
    """None where the request leaves it open. Raises FormatUnavailableError, UsageError."""
    if kind == pb.SCHEMA_TYPE_UNSPECIFIED:
        return None
    if kind not in pb.SchemaType.values():
        raise UsageError(f"{kind} is no schema type")
    return catalogue.get(pb.SchemaType.Name(kind).removeprefix(_TYPE).lower()).name


def level(mode: str) -> str:
    return _LEVEL + (mode or "UNSPECIFIED")


def verdict(name: str | None) -> str:
    return _VERDICT + (name or "unspecified").upper()


def _errors(problems: Iterable[Mapping[str, Any]]) -> list[pb.ValidationError]:
    return [pb.ValidationError(**problem) for problem in problems]


def _warnings(problems: Iterable[Mapping[str, Any]]) -> list[pb.ValidationWarning]:
    return [
        pb.ValidationWarning(code=problem["code"], message=problem["message"], pointer=problem.get("pointer", ""))
        for problem in problems
    ]


def _violation(finding: Mapping[str, Any]) -> pb.CompatibilityViolation:
    witness = finding["witness"]
    return pb.CompatibilityViolation(
        rule=finding["rule"],
        severity=finding["severity"],
        message=finding["message"],
        direction=(finding["direction"] or "").upper(),
        against=finding["against"] or "",
        writer_pointer=(finding["writer"] or {}).get("pointer", ""),
        reader_pointer=(finding["reader"] or {}).get("pointer", ""),
        witness_json=(witness.get("text") or dumps(witness["document"])).encode() if witness else b"",
        change_class=finding["class"],
    )
