"""From a binding to the versions that it means: each range to its highest version that is not retired."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from llmreg.compat.schemas import Schemas, Subject
from llmreg.compat.selector import pick
from llmreg.errors import LlmregError, NotFoundError
from llmreg.formats import catalogue as formats
from llmreg.formats.interface import CompareOptions, Comparison, Schema
from llmreg.formats.json.schema import JsonSchema
from llmreg.llm.export.bundle import bundle
from llmreg.llm.profiles import catalogue as profiles
from llmreg.llm.profiles.profile import Profile
from llmreg.model.binding import Binding, Target
from llmreg.model.range import Range
from llmreg.model.version import Version
from llmreg.store.bindings import BindingFile


class Candidate(NamedTuple):
    """A version that is not registered yet: a working file with the number that it would get."""

    version: Version
    schema: Schema


Candidates = Mapping[str, Candidate]


class Hit(NamedTuple):
    """What a rule found: the place in the binding's file, the message, and what a finding holds besides."""

    pointer: str
    message: str
    fields: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Bound:
    """One role filled. `role` is `input`, `output`, `prompt` or `tools/0`; `pending`: not registered yet."""

    role: str
    target: Target
    subject: Subject
    version: Version
    schema: Schema
    pending: bool = False

    @property
    def name(self) -> str:
        """`chat/reply@2.0.0`."""
        return f"{self.subject.name}@{self.version}"

    @property
    def offered_as(self) -> str:
        """What a provider is told that a tool or an answer is called: the last segment of the subject's name."""
        return self.subject.name.rpartition("/")[2]

    @property
    def document(self) -> Any:
        """The JSON Schema with the pinned ones that it leads to among its definitions; None for another format."""
        if not isinstance(self.schema, JsonSchema):
            return None
        return bundle(self.schema.document, {uri: item.document for uri, item in self.schema.resources.items()})


class Unbound(NamedTuple):
    """A role that no version fills, and why."""

    role: str
    target: Target
    error: LlmregError


@dataclass(frozen=True)
class Case:
    """A binding with everything that it means, ready to be judged. `seconds` bounds each comparison. `idle`: the places
    of the waivers that nothing needed, known once everything else was judged."""

    file: BindingFile
    bound: tuple[Bound, ...]
    unbound: tuple[Unbound, ...]
    schemas: Schemas
    candidates: Candidates = field(default_factory=dict)
    seconds: float = 2.0
    idle: tuple[int, ...] = ()

    @property
    def binding(self) -> Binding:
        return self.file.binding

    def role(self, name: str) -> Bound | None:
        """What fills `input`, `output` or `prompt`."""
        return next((bound for bound in self.bound if bound.role == name), None)

    @property
    def tools(self) -> tuple[Bound, ...]:
        return tuple(bound for bound in self.bound if bound.role.startswith("tools/"))

    @cached_property
    def profiles(self) -> tuple[Profile, ...]:
        """The profiles that it names and that exist."""
        return tuple(found for found in map(_profile, self.binding.profiles) if isinstance(found, Profile))

    @property
    def unknown_profiles(self) -> Iterator[tuple[str, LlmregError]]:
        for name in self.binding.profiles:
            found = _profile(name)
            if isinstance(found, LlmregError):
                yield name, found

    def compare(self, writer: Schema, reader: Schema) -> Comparison:
        """Whether `reader` takes everything that a closed `writer` writes; both of one format."""
        options = CompareOptions(closed=True, deadline=time.monotonic() + self.seconds)
        return formats.get(writer.format).compare(writer, reader, options)


def resolve(file: BindingFile, schemas: Schemas, candidates: Candidates | None = None, seconds: float = 2.0) -> Case:
    """Every range of a binding in one registry. `candidates`: by subject, as if they were registered. Never raises for
    what the binding says: a role that nothing fills is among `unbound`."""
    bound: list[Bound] = []
    unbound: list[Unbound] = []
    for role, target in file.binding.targets():
        try:
            bound.append(fill(schemas, role, target, candidates or {}))
        except LlmregError as error:
            unbound.append(Unbound(role, target, error))
    return Case(file, tuple(bound), tuple(unbound), schemas, candidates or {}, seconds)


def fill(schemas: Schemas, role: str, target: Target, candidates: Candidates) -> Bound:
    """The highest version that a range means, a candidate among them. Raises NotFoundError, SchemaError."""
    subject = schemas.subject(target.subject)
    candidate = candidates.get(target.subject)
    if candidate is not None and _is_highest(subject, target, candidate.version):
        return Bound(role, target, subject, candidate.version, candidate.schema, pending=True)
    version = pick(subject, target.range).version
    return Bound(role, target, subject, version, schemas.registered(subject, version))


def _is_highest(subject: Subject, target: Target, candidate: Version) -> bool:
    """Whether the range would mean the candidate, were it registered."""
    if not takes(target, candidate):
        return False
    try:
        return pick(subject, target.range).version < candidate
    except NotFoundError:
        return True


def takes(target: Target, version: Version) -> bool:
    """Whether the range of a target holds this version."""
    return Range.parse(target.range).matches(version)


def _profile(name: str) -> Profile | LlmregError:
    try:
        return profiles.get(name)
    except LlmregError as error:
        return error
