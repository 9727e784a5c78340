"""Judges documents under one schema: a fast yes or no, or every error with its place in document and schema."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from llmreg.errors import LimitError, UsageError
from llmreg.formats.json import messages
from llmreg.formats.json.compiled import backtracks, compile_schema, gave_up
from llmreg.formats.json.places import Places
from llmreg.model.jsontext import MAX_DEPTH
from llmreg.model.pointer import join
from llmreg.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmreg.formats.json.schema import JsonSchema

NOT_JSON: Final = "not-json"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class JsonValidator:
    """Meets `formats.interface.Validator`. Raises SchemaError at once when the schema refers to what is not pinned."""

    def __init__(self, schema: JsonSchema, *, strict: bool = False) -> None:
        self._schema = schema
        self._compiled = compile_schema(schema)
        self._accepts = self._compiled.is_valid
        self._backtracks = backtracks(schema)
        self._undeclared = None
        if strict:
            from llmreg.formats.json.undeclared import Undeclared

            self._undeclared = Undeclared(schema)

    def is_valid(self, document: Any) -> bool:
        """Whether the schema accepts a document. Raises LimitError for one that is nested too deeply."""
        if not _is_json(document):
            return False
        try:
            valid = self._accepts(document)
        except ValueError:  # a key that is no string, a lone surrogate, a type that JSON has not
            return False
        if not valid and self._backtracks:
            self._errors(document)
        return valid is True and (self._undeclared is None or self._undeclared.is_none(document))

    def problems(self, document: Any) -> list[Problem]:
        """Every error; `schema_pointer` goes into the document as written, and is `llmreg:…#…` in a pinned one."""
        if not _is_json(document):
            return list(_not_json(document, ""))
        try:
            errors = self._errors(document)
        except ValueError as error:
            return list(_not_json(document, "")) or [Problem(NOT_JSON, f"no JSON value: {error}")]
        places = Places(self._schema, self._compiled, document)
        found = []
        for refusal in sorted(errors, key=lambda one: _order(one.instance_path)):
            pointer, schema_pointer = places.of(refusal)
            message = messages.sentence(refusal, document, pointer)
            found.append(Problem(refusal.kind.name, message, pointer, schema_pointer))
        if self._undeclared is not None:
            found += self._undeclared.problems(document, errors)
        return found

    def problems_binary(self, data: bytes) -> list[Problem]:
        """JSON Schema has no binary form."""
        raise UsageError(f"JSON documents have no binary form ({len(data)} bytes given)", hint="give JSON or YAML text")

    def _errors(self, document: Any) -> list[Any]:
        errors = list(self._compiled.iter_errors(document))
        place = gave_up(errors)
        if place is not None:
            raise LimitError(f"the pattern for {place or '/'} takes too many steps on this text, so it is not decided")
        return errors


def _is_json(document: Any) -> bool:
    """Whether a value is JSON all through; the engine looks only at the parts that the schema speaks of."""
    level = [document]
    for _ in range(MAX_DEPTH + 1):
        below = _level_below(level)
        if not below:
            return below is not None
        level = below
    raise LimitError(f"the document is nested deeper than {MAX_DEPTH} levels")


def _level_below(level: list[Any]) -> list[Any] | None:
    """The members of all containers among the values; None when something is no JSON. Common types come first."""
    below: list[Any] = []
    for value in level:
        kind = type(value)
        if kind is str:
            if not value.isascii() and _SURROGATE.search(value):
                return None
        elif kind is dict and _has_text_keys(value):
            below += value.values()
        elif kind is list:
            below += value
        elif kind is not int:
            inside = _inside(value)
            if inside is None:
                return None
            below += inside
    return below


def _has_text_keys(value: dict[Any, Any]) -> bool:
    try:
        "".join(value)  # the fastest test that every key is a string
    except TypeError:
        return False
    return True


def _inside(value: Any) -> Iterable[Any] | None:
    """The members of a container of an uncommon type, () for a scalar, None for what JSON has not."""
    if isinstance(value, dict):
        return value.values() if _has_text_keys(value) else None
    if isinstance(value, (list, tuple)):
        return value
    return () if _is_scalar(value) else None


def _is_scalar(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, float):
        return isfinite(value)
    return value is None or isinstance(value, (int, str))


def _not_json(value: Any, pointer: str) -> list[Problem]:
    if isinstance(value, dict):
        bad = [Problem(NOT_JSON, f"the key {key!r} is no string", pointer) for key in value if not isinstance(key, str)]
        return bad + [found for key, item in value.items() for found in _not_json(item, join(pointer, str(key)))]
    if isinstance(value, (list, tuple)):
        return [found for place, item in enumerate(value) for found in _not_json(item, join(pointer, place))]
    if isinstance(value, str):
        return [Problem(NOT_JSON, "a lone surrogate is no Unicode text", pointer)] if _SURROGATE.search(value) else []
    what = f"the number {value}" if isinstance(value, (float, Decimal)) else type(value).__name__
    return [] if _is_scalar(value) else [Problem(NOT_JSON, f"{what} does not exist in JSON", pointer)]


def _order(path: list[str | int]) -> tuple[tuple[bool, int, str], ...]:
    return tuple((isinstance(step, str), step if isinstance(step, int) else 0, str(step)) for step in path)
