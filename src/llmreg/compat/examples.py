"""Example documents beside a schema stay valid under it (`example-refused`).

Why it breaks:
    Examples are what people copy and what tests replay. One that its schema refuses means that either is wrong.

Example:
    `examples/short.json` lacks a property that the working file now requires.

Instead:
    Mend the example, or the schema that refuses it.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.errors import LlmregError
from llmreg.formats.interface import Format, Schema, Validator
from llmreg.model.finding import ChangeClass, Finding, Place, Severity
from llmreg.model.problem import Problem
from llmreg.store.documents import Document, read_documents
from llmreg.store.registry import SubjectView

RULE = "example-refused"
_SHOWN = 5


def example_findings(subject: SubjectView, schema_format: Format, schema: Schema) -> Iterator[Finding]:
    """A finding for every example that the schema refuses or that cannot be read."""
    if not subject.examples:
        return
    validator = schema_format.validator(schema, settings=subject.config.settings)
    for path in subject.examples:
        try:
            for document in read_documents(subject.snapshot.read(path), path):
                problems = _problems(document, validator)
                for problem in problems[:_SHOWN]:
                    yield _refused(path, document, problem.message, problem.pointer, problem.schema_pointer)
        except LlmregError as error:
            yield _refused(path, Document(path), error.message, "", None)


def _problems(document: Document, validator: Validator) -> list[Problem]:
    if document.error is not None:
        return list(document.error.problems) or [Problem("document", document.error.message)]
    if document.binary is not None:
        return validator.problems_binary(document.binary)
    return validator.problems(document.value)


def _refused(path: str, document: Document, message: str, pointer: str, schema_pointer: str | None) -> Finding:
    where = f" line {document.line}" if document.line else ""
    at = f" at {pointer}" if pointer else ""
    return Finding(
        rule=RULE,
        cls=ChangeClass.INVALID,
        severity=Severity.ERROR,
        message=f"the example {path}{where} is refused{at}: {message}",
        reader=Place(schema_pointer) if schema_pointer is not None else None,
        fix="mend the example, or the schema that refuses it",
        file=path,
        line=document.line,
    )
