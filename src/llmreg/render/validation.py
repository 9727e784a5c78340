"""What `validate` says of documents, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmreg.render.plain import clip, printable

_SHOWN = 50
_MAX_MESSAGE = 500


def document_text(document: Mapping[str, Any]) -> str:
    """The errors of one invalid document: place in the document, message, place in the schema."""
    where = f"{document['document']}:{document['line']}" if "line" in document else document["document"]
    errors = document["errors"]
    lines = [printable(f"{where}: invalid ({len(errors)} error{'s' if len(errors) != 1 else ''})")]
    lines += [_error(error) for error in errors[:_SHOWN]]
    if len(errors) > _SHOWN:
        lines.append(f"  … and {len(errors) - _SHOWN} more (--output json lists all)")
    return "\n".join(lines)


def summary_text(summary: Mapping[str, Any]) -> str:
    """One line of counts and time."""
    documents = f"{summary['documents']} document{'s' if summary['documents'] != 1 else ''}"
    errors = f"{summary['errors']} error{'s' if summary['errors'] != 1 else ''}"
    counts = f"{summary['valid']} valid, {summary['invalid']} invalid, {errors}"
    return printable(f"{summary['schema']}: {documents}: {counts} in {summary['seconds']:.3f} s")


def inference_text(report: Mapping[str, Any]) -> str:
    """Input and output of one call, each with its errors or the word `valid`."""
    lines = []
    for name in ("input", "output"):
        side = report[name]
        if side is None:
            continue
        if side["valid"]:
            lines.append(printable(f"{name}: valid under {side['schema']}"))
        else:
            lines.append(document_text({"document": f"{name} under {side['schema']}", "errors": side["errors"]}))
    return "\n".join(lines)


def _error(error: Mapping[str, Any]) -> str:
    place = error["pointer"] or "/"
    line = f" (line {error['line']})" if "line" in error else ""
    schema = f"  [schema {error['schema_pointer'] or '/'}]" if "schema_pointer" in error else ""
    return printable(f"  {place}{line}: {clip(error['message'], _MAX_MESSAGE)}{schema}")
