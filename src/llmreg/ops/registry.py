"""The registry as a Python object: subjects, versions, ranges, and compiled validators."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from llmreg.compat.schemas import Schemas
from llmreg.compat.selector import pick, split
from llmreg.formats import catalogue
from llmreg.formats.interface import Schema, Validator
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass
from llmreg.store.registry import RegistryView
from llmreg.store.workspace import Workspace

if TYPE_CHECKING:
    from llmreg.llm.bindings.inference import InferenceValidator

_MAX_VALIDATORS = 1000


@dataclass(frozen=True, slots=True)
class Validation:
    """The answer to `validate`: true when the document is valid; `errors` are ordered by place."""

    errors: tuple[Problem, ...]

    @property
    def valid(self) -> bool:
        return not self.errors

    def __bool__(self) -> bool:
        return self.valid


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """Look-ups of compiled validators since the registry was opened."""

    hits: int
    misses: int
    size: int
    limit: int


class SubjectValidator:
    """Documents against one version: `name` is `subject@version`. Safe to share between threads."""

    def __init__(self, name: str, validator: Validator) -> None:
        self.name = name
        self._validator = validator

    def is_valid(self, document: Any) -> bool:
        return self._validator.is_valid(document)

    def validate(self, document: Any) -> Validation:
        """Every error, each with its JSON Pointer and the place in the schema."""
        return Validation(tuple(self._validator.problems(document)))

    def validate_bytes(self, data: bytes) -> Validation:
        """The same for the format's binary form (Avro, Protobuf)."""
        return Validation(tuple(self._validator.problems_binary(data)))


class Registry:
    """A registry in the work tree, or at a revision. A context manager; `close` ends the Git process it may hold."""

    def __init__(self, workspace: Workspace, view: RegistryView) -> None:
        self._workspace = workspace
        self._view = view
        self._schemas = Schemas(view)
        self._validators: OrderedDict[tuple[str, str, bool], SubjectValidator] = OrderedDict()
        self._bindings: dict[str, InferenceValidator] = {}
        self._lock = threading.Lock()
        self._hits = self._misses = 0

    @classmethod
    def open(cls, path: str | PathLike[str] = ".", rev: str | None = None) -> Self:
        """The registry at or above `path`; `rev` reads a commit, branch or tag instead of the files.

        Raises NotFoundError where there is none, GitError for a bad revision."""
        workspace = Workspace.open(Path(path))
        try:
            return cls(workspace, workspace.head(rev))
        except BaseException:
            workspace.close()
            raise

    def close(self) -> None:
        self._workspace.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def subjects(self) -> list[str]:
        """Every subject's name, sorted."""
        with self._lock:
            return list(self._view.names)

    def versions(self, subject: str) -> list[str]:
        """A subject's versions in the order of registration. Raises NotFoundError."""
        with self._lock:
            return [str(version) for version in self._view.subject(subject).versions]

    def resolve(self, target: str) -> str:
        """`chat/reply@^1.2` → `1.4.0`: the highest version in the range that is not retired. Raises NotFoundError."""
        with self._lock:
            return str(self._pick(target)[1])

    def schema(self, target: str) -> Schema:
        """The parsed schema of `SUBJECT@RANGE`. Raises NotFoundError."""
        with self._lock:
            return self._schema(target)

    def text(self, target: str) -> bytes:
        """The exact bytes of `SUBJECT@RANGE` as registered. Raises NotFoundError."""
        with self._lock:
            name, version = self._pick(target)
            return self._view.read(name, version)

    def metadata(self, subject: str) -> Mapping[str, Any]:
        """Format, kind, owner, description, tags and custom facts of `subject.yaml`."""
        with self._lock:
            config = self._view.subject(subject).config
        names = ("format", "kind", "owner", "description", "tags", "custom")
        return {name: getattr(config, name) for name in names}

    def validator(self, target: str, *, strict: bool = False) -> SubjectValidator:
        """A validator for `SUBJECT@RANGE`, compiled once and kept (at most 1,000, least recently used goes first).

        `strict` refuses undeclared fields. Raises NotFoundError."""
        with self._lock:
            name, version = self._pick(target)
            key = (name, version, strict)
            found = self._validators.get(key)
            if found is not None:
                self._hits += 1
                self._validators.move_to_end(key)
                return found
            self._misses += 1
            schema = self._schema(f"{name}@{version}")
            settings = self._view.subject(name).config.settings
            compiled = catalogue.get(schema.format).validator(schema, strict=strict, settings=settings)
            found = self._validators[key] = SubjectValidator(f"{name}@{version}", compiled)
            if len(self._validators) > _MAX_VALIDATORS:
                self._validators.popitem(last=False)
            return found

    def binding(self, name: str) -> InferenceValidator:
        """`binding("triage").validate_inference(input, output)`: what a model was given and what it answered, against
        the versions that `bindings/triage.yaml` resolves to. Raises NotFoundError, InputError."""
        with self._lock:
            if name not in self._bindings:
                from llmreg.llm.bindings.inference import InferenceValidator
                from llmreg.llm.bindings.resolve import resolve
                from llmreg.store.bindings import load_binding

                case = resolve(load_binding(self._view.snapshot, name), self._schemas)
                self._bindings[name] = InferenceValidator(case)
            return self._bindings[name]

    def cache_info(self) -> CacheInfo:
        return CacheInfo(self._hits, self._misses, len(self._validators), _MAX_VALIDATORS)

    def _pick(self, target: str) -> tuple[str, str]:
        name, wanted = split(target)
        return name, str(pick(self._view.subject(name), wanted).version)

    def _schema(self, target: str) -> Schema:
        name, wanted = split(target)
        subject = self._view.subject(name)
        return self._schemas.registered(subject, pick(subject, wanted).version)
