"""Judges documents: JSON values, and Avro's binary form; every error with its place in document and schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llmreg.formats.avro.container import FILE_MARK, SINGLE_MARK, file_data, single_object
from llmreg.formats.avro.datum import to_json
from llmreg.formats.avro.decode import TornError, decode
from llmreg.formats.avro.scalars import complaint, shown
from llmreg.formats.avro.schema import AvroSchema
from llmreg.formats.avro.types import Array, Map, Record, Type, Union
from llmreg.model import jsontext
from llmreg.model.pointer import escape
from llmreg.model.problem import Problem
from llmreg.model.record import replace

_MAX_DEPTH = jsontext.MAX_DEPTH
_MAX_PROBLEMS = 1000
_CONFLUENT_HEADER = 5  # a zero and the number of the schema


class AvroValidator:
    """A union's value may be plain or tagged with its branch's name (specification, "JSON Encoding"). A field with a
    default may be left out, as writers fill it in. `strict` refuses fields that the schema does not declare."""

    def __init__(self, schema: AvroSchema, *, strict: bool = False) -> None:
        self._schema = schema
        self._root = schema.root
        self._strict = strict

    def is_valid(self, document: Any) -> bool:
        return not self.problems(document)

    def problems(self, document: Any) -> list[Problem]:
        """Every error, in the order of the schema; at most 1000."""
        walker = _Walker(self._strict)
        walker.check(self._root, document, "")
        return walker.problems

    def problems_binary(self, data: bytes) -> list[Problem]:
        """The same for a binary datum by itself, in single-object encoding, or an Object Container File (where a
        pointer starts with the number of the datum); the first torn place ends it."""
        bare = self._bare(data)
        if bare and data.startswith(FILE_MARK):
            return self._file(data)
        if bare and data.startswith(SINGLE_MARK):
            return self._one(lambda: single_object(self._schema, data))
        return bare

    def _bare(self, data: bytes) -> list[Problem]:
        problems = self._one(lambda: decode(self._root, data))
        framed = data[:1] == b"\0" and len(data) > _CONFLUENT_HEADER
        if problems and framed and not self._one(lambda: decode(self._root, data[_CONFLUENT_HEADER:])):
            hint = "behind a 0 and four bytes stands a valid datum: take off this header of a Schema Registry client"
            return [replace(problems[0], hint=hint)]
        return problems

    def _one(self, read: Callable[[], Any]) -> list[Problem]:
        try:
            return self.problems(to_json(self._root, read()))
        except TornError as error:
            return [_torn(error)]

    def _file(self, data: bytes) -> list[Problem]:
        problems: list[Problem] = []
        try:
            for number, datum in enumerate(file_data(self._schema, data)):
                found = self.problems(to_json(self._root, datum))
                problems += [replace(each, pointer=f"/{number}{each.pointer}") for each in found]
                if len(problems) >= _MAX_PROBLEMS:
                    break
        except TornError as error:
            problems.append(_torn(error))
        return problems[:_MAX_PROBLEMS]


def _torn(error: TornError) -> Problem:
    return Problem(error.code, str(error), error.pointer, schema_pointer=error.type.pointer if error.type else "")


class _Walker:
    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.problems: list[Problem] = []
        self.depth = 0
        self.tried: dict[tuple[Type, int, str], list[Problem]] = {}

    def refuse(self, code: str, message: str, place: str, type_: Type, hint: str | None = None) -> None:
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(Problem(code, message, place, schema_pointer=type_.pointer, hint=hint))

    def check(self, type_: Type, value: Any, place: str) -> None:
        """Collect what is wrong with the value at `place`."""
        if isinstance(type_, (Record, Map, Array, Union)):
            if self.depth >= _MAX_DEPTH:
                self.refuse("too-deep", f"nested deeper than {_MAX_DEPTH} levels", place, type_)
                return
            self.depth += not isinstance(type_, Union)
            self._inside(type_, value, place)
            self.depth -= not isinstance(type_, Union)
            return
        wrong = complaint(type_, value)
        if wrong:
            self.refuse(*wrong, place, type_)

    def _inside(self, type_: Record | Map | Array | Union, value: Any, place: str) -> None:
        if isinstance(type_, Union):
            self._union(type_, value, place)
        elif isinstance(type_, Array):
            if not isinstance(value, list):
                self.refuse("type", f"{shown(value)} is not an array", place, type_)
                return
            for index, item in enumerate(value):
                self.check(type_.items, item, f"{place}/{index}")
        elif not isinstance(value, dict):
            what = f"an object ({type_.name})" if isinstance(type_, Record) else "an object"
            self.refuse("type", f"{shown(value)} is not {what}", place, type_)
        elif isinstance(type_, Record):
            self._record(type_, value, place)
        else:
            for key, item in value.items():
                self.check(type_.values, item, f"{place}/{escape(key)}")

    def _record(self, type_: Record, value: dict[str, Any], place: str) -> None:
        for field in type_.fields:
            if field.name in value:
                self.check(field.type, value[field.name], f"{place}/{escape(field.name)}")
            elif not field.optional:
                self.refuse("missing", f"the field `{field.name}` of {type_.name} is missing", place, type_)
        if self.strict:
            for key in value:
                if key not in type_.by_name:
                    now = [field.name for field in type_.fields if key in field.aliases]
                    hint = f"it is called {now[0]} now" if now else None
                    message = f"{type_.name} declares no field {key!r}"
                    self.refuse("undeclared", message, f"{place}/{escape(str(key))}", type_, hint)

    def _union(self, type_: Union, value: Any, place: str) -> None:
        best: list[Problem] | None = None
        for branch, inner, inside in [
            *_tagged(type_, value, place),
            *((each, value, place) for each in type_.branches),
        ]:
            found = self._alone(branch, inner, inside)
            if not found:
                return
            if best is None or _distance(found, place) < _distance(best, place):
                best = found
        if best is None or _distance(best, place)[0]:
            names = ", ".join(branch.label() for branch in type_.branches)
            self.refuse("union", f"{shown(value)} fits no branch of the union ({names})", place, type_)
        else:
            self.problems.extend(best[: _MAX_PROBLEMS - len(self.problems)])

    def _alone(self, branch: Type, value: Any, place: str) -> list[Problem]:
        """What one branch finds wrong. Kept, because every union on the way asks again, once per branch."""
        key = (branch, id(value), place)
        if key not in self.tried:
            outer, self.problems = self.problems, []
            self.check(branch, value, place)
            self.tried[key], self.problems = self.problems, outer
        return self.tried[key]


def _tagged(type_: Union, value: Any, place: str) -> list[tuple[Type, Any, str]]:
    """The branch that the only key of an object names, with what it holds."""
    if not isinstance(value, dict) or len(value) != 1:
        return []
    ((key, inner),) = value.items()
    return [(branch, inner, f"{place}/{escape(str(key))}") for branch in type_.branches if branch.label() == key]


def _distance(problems: list[Problem], place: str) -> tuple[bool, int]:
    """How far a branch is from fitting: the wrong kind of value first, then the number of problems."""
    wrong_kind = any(each.pointer == place and each.code in ("type", "symbol") for each in problems)
    return wrong_kind, len(problems)
