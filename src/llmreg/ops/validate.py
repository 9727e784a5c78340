"""`validate`: documents against one registered version, with every error in its place."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from llmreg.compat.schemas import Schemas
from llmreg.compat.selector import pick, split
from llmreg.errors import InputError, LlmregError
from llmreg.formats import catalogue
from llmreg.formats.interface import Importing, Schema, Source, Validator
from llmreg.model.jsontext import decode, locate_all
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass, field, replace
from llmreg.store import bufroots, yamltext
from llmreg.store.around import beside, named_folder, top_above
from llmreg.store.documents import Document, read_documents
from llmreg.store.workspace import Workspace

ReadInput = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class ValidateRequest:
    """`target`: `SUBJECT@RANGE`, or a schema file. `data`: files, `-` for standard input. `lines`: JSON Lines.

    `strict` refuses undeclared fields. `rev`: the registry at this revision instead of the work tree. `import_roots`:
    folders that the imports of a schema file count from, first match wins."""

    start: Path
    target: str
    data: tuple[str, ...] = ("-",)
    strict: bool = False
    lines: bool = False
    rev: str | None = None
    format: str | None = None
    import_roots: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """One document and its errors; none: it is valid."""

    name: str
    line: int | None
    errors: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        place = {} if self.line is None else {"line": self.line}
        return {
            "document": self.name,
            **place,
            "valid": not self.errors,
            "errors": [error.to_json() for error in self.errors],
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over all documents; `seconds` of wall time."""

    schema: str
    format: str
    documents: int = 0
    valid: int = 0
    invalid: int = 0
    errors: int = 0
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def validate(request: ValidateRequest, read: ReadInput, tell: Callable[[Judged], None]) -> Summary:
    """Judge every document in order and `tell` each; documents are not kept. Raises LlmregError for the schema."""
    began = time.monotonic()
    label, schema, settings = _schema(request, read)
    validator = catalogue.get(schema.format).validator(schema, strict=request.strict, settings=settings)
    summary = Summary(label, schema.format)
    for judged in _judge(request, read, validator):
        tell(judged)
        wrong = bool(judged.errors)
        summary = replace(
            summary,
            documents=summary.documents + 1,
            valid=summary.valid + (not wrong),
            invalid=summary.invalid + wrong,
            errors=summary.errors + len(judged.errors),
        )
    return replace(summary, seconds=time.monotonic() - began)


def _judge(request: ValidateRequest, read: ReadInput, validator: Validator) -> Iterator[Judged]:
    for name in request.data:
        shown = "standard input" if name == "-" else name
        try:
            for document in read_documents(read(name), shown, lines=request.lines):
                yield Judged(shown, document.line, tuple(_errors(document, validator)))
        except LlmregError as error:
            if error.code in ("not-found", "usage"):
                raise
            yield Judged(shown, None, (Problem(error.code, error.message, hint=error.hint),))


def _errors(document: Document, validator: Validator) -> Iterable[Problem]:
    if document.error is not None:
        problems = document.error.problems or (Problem("document", document.error.message),)
        before = document.line - 1 if document.line else 0
        return [replace(each, line=each.line + before) if each.line is not None else each for each in problems]
    if document.binary is not None:
        return validator.problems_binary(document.binary)
    return _placed(validator.problems(document.value), document)


def _placed(problems: Sequence[Problem], document: Document) -> list[Problem]:
    """With the line in the file, where the document is text of its own; the text is gone through once for all."""
    wanted = {problem.pointer for problem in problems if problem.line is None}
    if not document.source or not wanted:
        return list(problems)
    found: dict[str, tuple[int, int]] = {}
    if document.name.endswith((".yaml", ".yml")):
        found = {pointer: place for pointer in wanted if (place := yamltext.locate(document.source, pointer))}
    else:
        found = locate_all(decode(document.source), wanted)
    before = document.line - 1 if document.line else 0
    return [
        replace(problem, line=found[problem.pointer][0] + before, column=found[problem.pointer][1])
        if problem.line is None and problem.pointer in found
        else problem
        for problem in problems
    ]


def _schema(request: ValidateRequest, read: ReadInput) -> tuple[str, Schema, Mapping[str, Any]]:
    """(label, the parsed schema, what `subject.yaml` says for its format)."""
    file = request.start / request.target
    if file.is_file():
        data = read(str(file))
        suffix = file.suffix
        data = yamltext.to_json(data, request.target) if suffix in (".yaml", ".yml") else data
        schema_format = catalogue.detect(data, suffix, request.format, request.target)
        with _around(request) as schemas:
            resolve = schemas.resolve(schema_format.name) if schemas is not None else None
            source = Source(data, name=request.target, resolve=resolve, path=request.target)
            if isinstance(schema_format, Importing):
                files, path = beside(file, request.start, request.environment)
                top = top_above(file, request.start)
                named = tuple(named_folder(request.start, folder, top) for folder in request.import_roots)
                source = replace(source, files=files, path=path, roots=named + bufroots.import_roots(path, files))
            try:
                return request.target, schema_format.parse(source), {}
            except InputError as error:
                raise error.named(request.target) from None
    name, wanted = split(request.target)
    with Workspace.open(request.start, request.environment) as workspace:
        registry = workspace.head(request.rev)
        subject = registry.subject(name)
        line = pick(subject, wanted)
        return f"{name}@{line.version}", Schemas(registry).registered(subject, line.version), subject.config.settings


@contextmanager
def _around(request: ValidateRequest) -> Iterator[Schemas | None]:
    """The schemas of the registry around a loose file; None where there is none."""
    workspace = Workspace.around(request.start, request.environment)
    if workspace is None:
        yield None
        return
    with workspace:
        yield Schemas(workspace.head(request.rev))
