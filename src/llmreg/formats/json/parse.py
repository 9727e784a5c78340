"""Bytes to a `JsonSchema`: strict text, dialect, references and lint, with every problem in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from llmreg.errors import LimitError, SchemaError
from llmreg.formats.interface import Source
from llmreg.formats.json import keywords, lint
from llmreg.formats.json.budget import no_collection
from llmreg.formats.json.dialects import DEFAULT_DRAFT, DIALECT_URIS, draft_of
from llmreg.formats.json.inclusion.answers import Resource
from llmreg.formats.json.index import DUPLICATE_NAME, NESTED_DIALECT, NOT_A_SCHEMA, Index, build
from llmreg.formats.json.references import MAX_PINNED, follow
from llmreg.formats.json.schema import JsonSchema
from llmreg.model import jsontext
from llmreg.model.problem import Problem
from llmreg.model.record import replace

UNKNOWN_DIALECT: Final = "unknown-dialect"
_UNREADABLE: Final = frozenset({NOT_A_SCHEMA, keywords.UNUSABLE, UNKNOWN_DIALECT})
ASSUMED_DIALECT: Final = "assumed-dialect"
_NEVER_ERRORS: Final = frozenset({DUPLICATE_NAME, NESTED_DIALECT, ASSUMED_DIALECT})
# Newest first. Drafts that read alike what 2020-12 refuses (an array as `items`, a boolean `exclusiveMinimum`).
_OLDER: Final = ("draft7", "draft4")


def parse(source: Source) -> JsonSchema:
    """The schema of a source. A strict source must be right in every respect; a lenient one only readable.

    Raises DocumentError (no strict JSON), SchemaError (every problem placed), LimitError (size, depth, fan-out).
    """
    with no_collection():
        return _parsed(source)


def _parsed(source: Source) -> JsonSchema:
    document = jsontext.loads(source.data)
    index, assumed = _indexed(document, _draft(document, source))
    links = follow(index, source)
    problems = [*index.problems, *links.problems, *assumed]
    errors = [problem for problem in problems if _is_error(problem.code, strict=source.strict)]
    if errors:
        raise _schema_error(source, errors)
    schema = JsonSchema(
        data=source.data,
        document=document,
        draft=index.nodes[""].draft,
        references=tuple(sorted(links.references.values())),
        resources=_closure(links.pinned, source),
        index=index,
        cost=links.cost,
    )
    warnings = [*problems, *lint.find(schema, values=source.strict)]
    return replace(schema, warnings=_placed(source, warnings)) if warnings else schema


def _draft(document: Any, source: Source) -> str:
    named = document.get("$schema", DIALECT_URIS[DEFAULT_DRAFT]) if isinstance(document, dict) else ""
    if not isinstance(document, (dict, bool)):
        message = f"a JSON Schema is an object, true or false, not {keywords.describe(document)}"
        raise _schema_error(source, [Problem(NOT_A_SCHEMA, message)])
    draft = draft_of(named) if isinstance(named, str) else None
    if draft is None and isinstance(document, dict):
        message = f"`$schema` is {keywords.describe(named)}, which is no known dialect and is never fetched"
        accepted = ", ".join(DIALECT_URIS.values())
        problem = Problem(UNKNOWN_DIALECT, message, "/$schema", hint=f"use one of {accepted}")
        raise _schema_error(source, [problem])
    return draft or DEFAULT_DRAFT


def _indexed(document: Any, draft: str) -> tuple[Index, list[Problem]]:
    """The index, and a warning where the dialect had to be guessed: the text names none, and the default refuses it,
    but an older draft does not."""
    index = build(document, draft)
    if isinstance(document, dict) and "$schema" not in document and not _readable(index):
        for older in _OLDER:
            other = build(document, older)
            if _readable(other):
                message = f"names no `$schema`, and {draft} refuses it: read as {older}"
                hint = f'say it: "$schema": "{DIALECT_URIS[older]}"'
                return other, [Problem(ASSUMED_DIALECT, message, hint=hint)]
    return index, []


def _readable(index: Index) -> bool:
    return not any(problem.code in _UNREADABLE for problem in index.problems)


def _is_error(code: str, *, strict: bool) -> bool:
    return code in _UNREADABLE or (strict and code not in _NEVER_ERRORS)


def _closure(pinned: Mapping[str, JsonSchema], source: Source) -> dict[str, Resource]:
    found: dict[str, Resource] = {}
    for uri, schema in pinned.items():
        found |= schema.resources
        found[uri] = Resource(schema.document, schema.draft)
    if len(found) > MAX_PINNED:
        raise LimitError(f"{source.name} refers to {len(found)} pinned documents, at most {MAX_PINNED}")
    return found


def _schema_error(source: Source, problems: Iterable[Problem]) -> SchemaError:
    placed = _placed(source, problems)
    more = f" (and {len(placed) - 1} more)" if len(placed) > 1 else ""
    return SchemaError(f"{source.name} is no valid JSON Schema: {placed[0].message}{more}", problems=placed)


def _placed(source: Source, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems in the order of the text, with line and column."""
    problems = list(problems)
    if not problems:
        return ()
    places = jsontext.locate_all(jsontext.decode(source.data), [problem.pointer for problem in problems])
    nowhere = (1, 1)
    placed = []
    for problem in problems:
        line, column = places.get(problem.pointer, nowhere)
        placed.append(replace(problem, line=line, column=column))
    return tuple(sorted(placed, key=lambda problem: (problem.line or 0, problem.column or 0)))
