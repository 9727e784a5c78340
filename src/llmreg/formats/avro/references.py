"""References across subjects: full name → pinned subject and version, as `references:` in `subject.yaml` says.

Avro has no mechanism of its own, so the table of names starts with every type that a referenced schema defines or
brings itself; texts are never merged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from llmreg.errors import NotFoundError, SchemaError
from llmreg.formats.avro.canonical import meaning
from llmreg.formats.interface import Reference
from llmreg.model.problem import Problem
from llmreg.model.version import Version

if TYPE_CHECKING:
    from llmreg.formats.avro.schema import AvroSchema
    from llmreg.formats.avro.types import Named
    from llmreg.formats.interface import Schema


def pinned(references: Mapping[str, str]) -> tuple[Reference, ...]:
    """The references, sorted by subject and version, then name. Raises SchemaError for one that pins no version."""
    found = []
    problems = []
    for name, target in references.items():
        subject, _, version = str(target).rpartition("@")
        try:
            Version.parse(version)
        except ValueError:
            subject = ""
        if subject:
            found.append(Reference(subject, version, name))
        else:
            hint = "pin a version: chat/message@1.0.0"
            problems.append(Problem("reference-form", f"{name}: {target!r} is no subject@version", hint=hint))
    if problems:
        raise SchemaError(problems[0].message, problems=problems, hint=problems[0].hint)
    return tuple(sorted(found, key=lambda each: (each.subject, each.version, each.name)))


class Imports:
    """The types that references bring. `problems` holds what is wrong with the references themselves."""

    def __init__(self, references: tuple[Reference, ...], resolve: Callable[[str, str], Schema] | None) -> None:
        self.references = references
        self.names: dict[str, Named] = {}
        self.schemas: dict[Reference, AvroSchema] = {}
        self.problems: list[Problem] = []
        for reference in references:
            if reference not in self.schemas:
                self._add(reference, resolve)
            schema = self.schemas.get(reference)
            if schema is not None and reference.name not in schema.names:
                self._problem("reference-name", reference, f"{reference} defines no {reference.name}")

    def unused(self, used: Mapping[str, str]) -> list[Problem]:
        """A problem for every reference whose name the text never uses."""
        return [
            Problem("reference-unused", f"{each.name}: the schema never uses this reference to {each}")
            for each in self.references
            if each.name not in used
        ]

    def _add(self, reference: Reference, resolve: Callable[[str, str], Schema] | None) -> None:
        from llmreg.formats.avro.schema import AvroSchema

        if resolve is None:
            self._problem("reference-missing", reference, f"{reference} cannot be read here: no registry is at hand")
            return
        try:
            schema = resolve(reference.subject, reference.version)
        except NotFoundError as error:
            self._problem("reference-missing", reference, error.message)
            return
        if not isinstance(schema, AvroSchema):
            self._problem("reference-format", reference, f"{reference} is a {schema.format} schema, not an Avro one")
            return
        self.schemas[reference] = schema
        for name, type_ in schema.names.items():
            known = self.names.setdefault(name, type_)
            if known is not type_ and meaning(known) != meaning(type_):
                self._problem("reference-conflict", reference, f"{reference} and another reference both bring {name}")

    def _problem(self, code: str, reference: Reference, message: str) -> None:
        self.problems.append(Problem(code, f"{reference.name}: {message}"))
