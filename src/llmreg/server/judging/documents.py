"""A worker's answers about texts and documents: is this a schema, is this valid."""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from collections.abc import Sequence

from llmreg.errors import DocumentError, InputError, LimitError, LlmregError
from llmreg.formats.interface import Validator
from llmreg.model.jsontext import MAX_DEPTH, dumps, loads
from llmreg.model.problem import Problem
from llmreg.server.judging import Answer, DataQuestion, Mark, Named, SchemaQuestion, answers
from llmreg.server.judging.library import Library, format_of


def validate_schema(library: Library, question: SchemaQuestion) -> Answer:
    """A text that is no schema is an answer, not a failure. Raises LimitError, UsageError."""
    digest = hashlib.sha256(question.new.schema).hexdigest()
    name = format_of(question.new).name
    problems: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()
    try:
        warnings = library.parse(question.new, strict=True).warnings
    except InputError as error:
        problems = error.problems or (Problem(error.code, error.message, hint=error.hint),)
    except LimitError as error:
        problems = (Problem(error.code, error.message, hint=error.hint),)
    body = {
        "valid": not problems,
        "format": name,
        "kind": question.new.kind,
        "sha256": digest,
        "problems": [problem.to_json() for problem in problems[: answers.MOST_ERRORS]],
        "warnings": [problem.to_json() for problem in warnings[: answers.MOST_ERRORS]],
    }
    mark = Mark("invalid" if problems else "valid", len(problems), digest)
    return Answer(dumps(body).encode(), (mark,))


def validate_data(library: Library, question: DataQuestion) -> Answer:
    """Raises SchemaError for an inline schema that is none, DocumentError for one document that cannot be read."""
    format_name, validator = library.validator(question.schema, strict=question.strict)
    named = question.schema if isinstance(question.schema, Named) else None
    told = answers.facts(named, format_name, library.index.subject(named.subject) if named else None)
    began = time.perf_counter()
    found = [_problems(validator, data, question) for data in question.documents]
    seconds = time.perf_counter() - began
    results = [answers.document(problems) for problems in found]
    body = answers.batch(results, told, seconds) if question.batch else answers.single(results[0], told, seconds)
    marks = tuple(
        Mark("invalid" if problems else "valid", len(problems), hashlib.sha256(data).hexdigest())
        for data, problems in zip(question.documents, found, strict=True)
    )
    return Answer(dumps(body).encode(), marks)


def _problems(validator: Validator, data: bytes, question: DataQuestion) -> Sequence[Problem]:
    try:
        if question.binary:
            return validator.problems_binary(_unpacked(data))
        document = loads(data, max_bytes=len(data), max_depth=MAX_DEPTH)
        return answers.placed(data, validator.problems(document))
    except DocumentError as error:
        return error.problems
    except LlmregError as error:
        if not question.batch:  # not judged is no verdict: a single one fails, a batch goes on
            raise
        return (Problem(error.code, error.message, hint=error.hint),)


def _unpacked(data: bytes) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error as error:
        problem = Problem("base64", f"no base64: {error}")
        raise DocumentError(problem.message, problems=[problem]) from None
