"""The strict parser: text → AvroSchema, or every problem with its place (line and column too)."""

from __future__ import annotations

from collections.abc import Mapping

from llmreg.errors import LimitError, SchemaError
from llmreg.formats.avro.build import Builder
from llmreg.formats.avro.defaults import Completion, Misfit, complete, fitting_branch
from llmreg.formats.avro.references import Imports, pinned
from llmreg.formats.avro.schema import AvroSchema
from llmreg.formats.avro.types import Type, Union
from llmreg.formats.interface import Source
from llmreg.model import jsontext
from llmreg.model.pointer import join
from llmreg.model.problem import Problem
from llmreg.model.record import replace

_MAX_NESTING = 2 * jsontext.MAX_DEPTH  # of a schema with all its references written out
_MAX_PROBLEMS = 50


def parse(source: Source) -> AvroSchema:
    """The schema. Raises SchemaError (all problems, in text order), DocumentError for text that is no strict JSON,
    LimitError for a text that is too large or too deep."""
    value = jsontext.loads(source.data)
    home = object()
    imports = Imports(pinned(source.references), source.resolve) if source.references else None
    builder = Builder(imports.names if imports else {}, home=home, strict=source.strict)
    root = builder.type_at(value, "", "")
    if builder.problems or (imports and imports.problems):
        _raise(source, [*(imports.problems if imports else ()), *builder.problems])
    _check_defaults(builder)
    if imports:
        (builder.problems if source.strict else builder.warnings).extend(imports.unused(builder.used))
    if builder.problems:
        _raise(source, builder.problems)
    warnings = tuple(place(source.data, builder.warnings)) if builder.warnings else ()
    schema = AvroSchema(source.data, value, root, builder.names, home, warnings=warnings)
    return schema if imports is None else _bound(source, schema, imports, builder.used)


def _bound(source: Source, schema: AvroSchema, imports: Imports, used: Mapping[str, str]) -> AvroSchema:
    """The schema with what it refers to."""
    references = (replace(each, pointer=used.get(each.name, "")) for each in dict.fromkeys(imports.references))
    bound = replace(
        schema,
        imports=tuple(imports.schemas[each] for each in sorted(imports.schemas)),
        references=tuple(references),
    )
    if bound.imports and bound.nesting > _MAX_NESTING:
        raise LimitError(f"with its references, {source.name} nests deeper than {_MAX_NESTING} levels")
    return bound


def place(data: bytes, problems: list[Problem]) -> list[Problem]:
    """The problems with line and column, in text order."""
    if not problems:
        return []
    lines = jsontext.locate_all(data.decode(), {problem.pointer for problem in problems})
    placed = []
    for problem in problems:
        line, column = lines.get(problem.pointer, (None, None))
        placed.append(replace(problem, line=line, column=column))
    return sorted(placed, key=lambda each: (each.line or 0, each.column or 0, each.pointer))


def _check_defaults(builder: Builder) -> None:
    """Every field's default against its type: after all types are known, because they may refer to each other."""
    completing = Completion()
    for field in builder.defaulted:
        if field.default is None and _starts_with_null(field.type):
            continue
        pointer = join(field.pointer, "default")
        try:
            complete(field, completing)
        except Misfit as error:
            message = f"the default of `{field.name}` does not fit its type: {error}"
            builder.complain("default-invalid", message, pointer + error.pointer)
            continue
        if isinstance(field.type, Union) and fitting_branch(field.type, field.default):
            hint = "older readers take the default for a value of the first branch: put that branch first"
            message = f"the default of `{field.name}` fits only a later branch of its union"
            builder.warn("default-later-branch", message, pointer, hint)


def _starts_with_null(type_: Type) -> bool:
    first = type_.branches[0] if isinstance(type_, Union) and type_.branches else type_
    return first.kind == "null"


def _raise(source: Source, problems: list[Problem]) -> None:
    placed = place(source.data, problems)
    first, more = placed[0], len(placed) - 1
    where = f":{first.line}:{first.column}" if first.line else ""
    count = f" (and {more} more)" if more else ""
    raise SchemaError(f"{source.name}{where}: {first.message}{count}", problems=placed[:_MAX_PROBLEMS], hint=first.hint)
