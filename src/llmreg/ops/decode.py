"""`decode`: a model's answer, given under an export, as a document of the original schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from llmreg.errors import naming
from llmreg.llm.export.decode import decode_answer, decode_text
from llmreg.llm.export.export import ExportOptions, export_schema
from llmreg.llm.export.named import Source, exported
from llmreg.model.jsontext import MAX_DOCUMENT_BYTES, dumps, loads
from llmreg.model.record import dataclass, field


@dataclass(frozen=True, slots=True)
class DecodeRequest:
    """`target` and `options` as the export had them; `answer` is a file, `-` for standard input."""

    start: Path
    target: str
    options: ExportOptions
    answer: str = "-"
    rev: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def decode_file(request: DecodeRequest, read: Callable[[str], bytes]) -> Any:
    """The document, valid under the original schema, numbers exact and keys in the answer's order.

    Raises DocumentError with every problem for an answer that stands for no valid document."""
    source = Source(request.start, request.target, request.rev, request.environment)
    export, loaded = exported(source, request.options, read)
    with naming("standard input" if request.answer == "-" else request.answer):
        answer = loads(read(request.answer), max_bytes=MAX_DOCUMENT_BYTES)
    return decode_answer(export, answer, loaded.validator)


def decode(
    schema: Any, answer: Any, *, provider: str, strict: bool = False, optional: str | None = None, lossy: bool = False
) -> Any:
    """A model's answer as a document of `schema`, without a registry.

    `schema`: a JSON Schema as text, bytes or JSON value. `answer`: the model's answer, as text, bytes or JSON value.
    The options are those that the export had. Raises DocumentError for an answer that stands for no valid document,
    InputError for an export that is lossy unless `lossy`, UsageError for wrong options."""
    from llmreg.formats import catalogue
    from llmreg.formats.interface import Source as SchemaSource

    text = schema if isinstance(schema, bytes) else (schema if isinstance(schema, str) else dumps(schema)).encode()
    schema_format = catalogue.get("json")
    parsed = schema_format.parse(SchemaSource(text, strict=False))
    options = ExportOptions(provider, strict=strict, optional=optional, lossy=lossy)
    export = export_schema(loads(text), options)
    validator = schema_format.validator(parsed)
    if isinstance(answer, str | bytes):
        return decode_text(export, answer, validator)
    return decode_answer(export, answer, validator)
