"""What the server is asked to judge. Nothing is kept there, and an index file cannot stand in."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from llmreg.client import calls
from llmreg.client.exchange import Call
from llmreg.client.judgements import Compatibility, Inference, SchemaValidation, Validation, problem
from llmreg.errors import UsageError
from llmreg.model.jsontext import dumps


def validate(name: str, wanted: str, document: Any, *, strict: bool) -> Call[Validation]:
    """`document`: a JSON value, or the format's binary form as bytes."""
    binary = isinstance(document, (bytes, bytearray))
    data = base64.b64encode(document).decode() if binary else document
    asked = {"subject": name, "version": wanted, "strict": strict, "data": data}
    asked |= {"encoding": "base64"} if binary else {}
    return Call(f"{calls.API}/validate/data", _validation, body=_body(asked))


def validate_io(name: str, sides: Mapping[str, Any]) -> Call[Inference]:
    """`sides`: the documents of `input` and `output`, of one or both."""

    def result(body: Any) -> Inference:
        one, other = (None if body[role] is None else _validation(body[role]) for role in ("input", "output"))
        return Inference(binding=body["binding"], valid=body["valid"], input=one, output=other)

    return Call(f"{calls.binding(name).path}/validate-io", result, body=_text_of(sides))


def _validation(body: Any) -> Validation:
    errors = tuple(problem(item) for item in body["errors"])
    return Validation(valid=body["valid"], errors=errors, subject=body["subject"], version=body["version"])


def validate_schema(schema: Any, format_name: str | None) -> Call[SchemaValidation]:
    """`schema`: its text, its bytes, or a JSON value."""

    def result(body: Any) -> SchemaValidation:
        return SchemaValidation(
            valid=body["valid"],
            format=body["format"],
            errors=tuple(problem(item) for item in body["problems"]),
            warnings=tuple(problem(item) for item in body["warnings"]),
        )

    asked = {"schema": _text(schema), "format": format_name}
    return Call(f"{calls.API}/validate/schema", result, body=_body(asked))


def check_compatibility(name: str, schema: Any, mode: str | None, against: str | None) -> Call[Compatibility]:
    """`schema`: what would be the subject's next version."""

    def result(body: Any) -> Compatibility:
        return Compatibility(
            compatible=body["compatible"],
            verdict=body["verdict"],
            compared_versions=tuple(body["compared_versions"]),
            report=body,
        )

    asked = {"subject": name, "schema": _text(schema), "mode": mode, "against": against}
    return Call(f"{calls.API}/compatibility/check", result, body=_body(asked))


def _text(schema: Any) -> Any:
    if not isinstance(schema, (bytes, bytearray)):
        return schema
    try:
        return schema.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"the schema is no UTF-8: {error}") from None


def _body(members: Mapping[str, Any]) -> bytes:
    return _text_of({name: value for name, value in members.items() if value is not None or name == "data"})


def _text_of(members: Mapping[str, Any]) -> bytes:
    """Raises UsageError for what JSON does not have."""
    try:
        return dumps(dict(members)).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"this is no JSON value: {error}") from None
