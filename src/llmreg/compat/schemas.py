"""Parse the schemas of one registry snapshot, each once, with their pinned references resolved inside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from llmreg.errors import NotFoundError, RegistryError, SchemaError
from llmreg.formats import catalogue
from llmreg.formats.interface import Format, Schema, Source
from llmreg.model.subject import LedgerLine, SubjectConfig
from llmreg.model.version import Version

_MAX_CHAIN = 32


class Subject(Protocol):
    """What is needed of a subject: its facts and its bytes."""

    @property
    def name(self) -> str: ...
    @property
    def config(self) -> SubjectConfig: ...
    @property
    def ledger(self) -> tuple[LedgerLine, ...]: ...
    def version_bytes(self, version: str) -> bytes: ...


class Registry(Protocol):
    """What is needed of a registry: its subjects. Raises NotFoundError for one that is not there."""

    def subject(self, name: str) -> Subject: ...


class Schemas:
    """The parsed schemas of a registry; immutable versions are parsed once per instance. `most`: how many are kept, the
    oldest go first; None keeps all."""

    def __init__(self, registry: Registry, most: int | None = None) -> None:
        self._registry = registry
        self._most = most
        self._parsed: dict[tuple[str, str], Schema] = {}
        self._open: list[str] = []

    def subject(self, name: str) -> Subject:
        """A subject of the same snapshot. Raises NotFoundError."""
        return self._registry.subject(name)

    def format_of(self, subject: Subject) -> Format:
        return catalogue.get(subject.config.format)

    def registered(self, subject: Subject, version: Version) -> Schema:
        """A version as it was registered, parsed leniently: rules that got stricter do not take it away."""
        key = (subject.name, str(version))
        if key not in self._parsed:
            name = f"{subject.name}@{version}"
            if name in self._open or len(self._open) >= _MAX_CHAIN:
                chain = " → ".join([*self._open, name])
                raise RegistryError(f"the references {chain} form a circle or a chain longer than {_MAX_CHAIN}")
            self._open.append(name)
            try:
                references = self._names(subject, version)
                self._parsed[key] = self._parse(
                    subject, subject.version_bytes(str(version)), name, references, strict=False
                )
            finally:
                self._open.pop()
        found = self._parsed[key]
        if self._most is not None and len(self._parsed) > self._most:
            del self._parsed[next(iter(self._parsed))]
        return found

    def keep(self, subject: Subject, version: Version, schema: Schema) -> None:
        """What `fresh` parsed has become a version: it need not be parsed again. One that refers to others is, because
        a ledger may name them otherwise than the subject's settings do."""
        if not schema.references:
            self._parsed[subject.name, str(version)] = schema

    def forget(self, subject: Subject) -> None:
        """Let go of the parsed versions of a subject that is done with: whoever still refers to one has it parsed
        again, and a registry of any size fits into memory."""
        for line in subject.ledger:
            self._parsed.pop((subject.name, str(line.version)), None)

    def fresh(self, subject: Subject, data: bytes, name: str) -> Schema:
        """Bytes that are not registered yet, parsed strictly. Raises SchemaError with every problem."""
        return self._parse(subject, data, name, subject.config.references, strict=True)

    def strictly(self, subject: Subject, version: Version) -> Schema:
        """A registered version parsed as if it were new: for versions that a change adds."""
        return self._parse(
            subject,
            subject.version_bytes(str(version)),
            f"{subject.name}@{version}",
            self._names(subject, version),
            strict=True,
        )

    def resolve(self, format_name: str) -> Any:
        """A resolver of pinned references for schemas of one format."""

        def find(subject: str, version: str) -> Schema:
            try:
                target = self._registry.subject(subject)
                number = Version.parse(version)
            except ValueError as error:
                raise NotFoundError(f"the reference {subject}@{version} is not pinned: {error}") from None
            if target.config.format != format_name:
                raise NotFoundError(
                    f"{subject} is {target.config.format}; {format_name} schemas refer to {format_name} ones only"
                )
            if all(line.version != number for line in target.ledger):
                raise NotFoundError(f"{subject} has no version {version}", hint=f"see llmreg log {subject}")
            return self.registered(target, number)

        return find

    def _parse(
        self, subject: Subject, data: bytes, name: str, references: Mapping[str, str], *, strict: bool
    ) -> Schema:
        schema_format = self.format_of(subject)
        source = Source(
            data=data,
            name=name,
            resolve=self.resolve(schema_format.name),
            references=references,
            strict=strict,
            path=f"{subject.name}/schema{schema_format.extensions[0]}",
            settings=subject.config.settings,
        )
        try:
            return schema_format.parse(source)
        except NotFoundError as error:
            raise SchemaError(f"{name}: {error.message}", hint=error.hint) from None

    def _names(self, subject: Subject, version: Version) -> Mapping[str, str]:
        """For a format without references in its text: the names that the pinned schemas bring, from the ledger."""
        line = next((line for line in subject.ledger if line.refs and line.version == version), None)
        if line is None:
            return {}
        find = self.resolve(subject.config.format)
        names = {}
        for pin in line.refs:
            target, _, number = pin.partition("@")
            for symbol in find(target, number).outline():
                if symbol.kind == "type":
                    names[symbol.name] = pin
        return names
