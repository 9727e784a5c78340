"""Validation here: a version and everything that it refers to is fetched once, compiled once, and kept."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from llmreg.client import calls
from llmreg.client.exchange import Core, Work
from llmreg.client.failures import AnswerError
from llmreg.client.judgements import Inference, Validation
from llmreg.client.results import Subject, Version
from llmreg.compat.schemas import Schemas
from llmreg.errors import LimitError, NotFoundError, UsageError
from llmreg.formats import catalogue
from llmreg.formats.interface import Validator
from llmreg.model.jsontext import dumps
from llmreg.model.mode import Mode
from llmreg.model.subject import LedgerLine, SubjectConfig
from llmreg.model.version import Bump
from llmreg.model.version import Version as Number

_MANY = 256
_MOST = 1000  # versions that one schema may need, itself included
_Key = tuple[str, str, str, bool, str]


@dataclass(slots=True)
class FetchedSubject:
    """What was fetched of one subject, as `compat.schemas.Subject` wants it."""

    name: str
    config: SubjectConfig
    texts: dict[str, bytes] = field(default_factory=dict)
    lines: list[LedgerLine] = field(default_factory=list)

    @property
    def ledger(self) -> tuple[LedgerLine, ...]:
        return tuple(self.lines)

    def version_bytes(self, version: str) -> bytes:
        return self.texts[version]


class FetchedRegistry:
    """The fetched versions, as `compat.schemas.Registry` wants them."""

    def __init__(self) -> None:
        self._subjects: dict[str, FetchedSubject] = {}

    def subject(self, name: str) -> FetchedSubject:
        try:
            return self._subjects[name]
        except KeyError:
            raise NotFoundError(f"the answers of the registry name no reference to {name!r}") from None

    def add(self, version: Version) -> None:
        """Raises AnswerError where the text is not the one that its digest names."""
        data = version.schema.encode()
        if hashlib.sha256(data).hexdigest() != version.sha256:
            raise AnswerError(f"the text of {version.subject}@{version.version} is not that of its SHA-256")
        config = SubjectConfig(version.format, version.kind)
        subject = self._subjects.setdefault(version.subject, FetchedSubject(version.subject, config))
        subject.texts[version.version] = data
        subject.lines.append(_line(version))


class Local:
    """The compiled validators of one client; safe to share between threads."""

    def __init__(self, core: Core, many: int = _MANY) -> None:
        self._core = core
        self._many = many
        self._kept: OrderedDict[_Key, Validator] = OrderedDict()
        self._lock = threading.Lock()

    def validate(self, name: str, wanted: str, document: Any, *, strict: bool) -> Work[Validation]:
        """`document`: a JSON value, or the format's binary form as bytes (Avro, Protobuf)."""
        subject = yield from self._core.ask(calls.subject(name))
        version = yield from self._core.ask(calls.version(name, wanted))
        validator = yield from self._validator(subject, version, strict=strict)
        binary = isinstance(document, (bytes, bytearray))
        errors = validator.problems_binary(bytes(document)) if binary else validator.problems(document)
        return Validation(
            valid=not errors,
            errors=tuple(errors),
            subject=name,
            version=version.version,
            offline=subject.offline or version.offline,
        )

    def validate_io(self, name: str, sides: Mapping[str, Any]) -> Work[Inference]:
        """`sides`: the documents of `input` and `output`, of one or both, each under the version that the binding means
        now."""
        binding = yield from self._core.ask(calls.binding(name))
        if not sides:
            raise UsageError("nothing to validate", hint="give `input`, `output`, or both")
        judged: dict[str, Validation | None] = {"input": None, "output": None}
        for role, document in sides.items():
            bound = binding.role(role)
            judged[role] = yield from self.validate(bound.subject, bound.version, document, strict=False)
        given = [side for side in judged.values() if side is not None]
        return Inference(
            binding=name,
            valid=all(side.valid for side in given),
            offline=binding.offline or any(side.offline for side in given),
            **judged,
        )

    def _validator(self, subject: Subject, version: Version, *, strict: bool) -> Work[Validator]:
        key = (subject.subject, version.version, version.sha256, strict, dumps(dict(subject.settings)))
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        registry = yield from self._closure(version)
        schema = Schemas(registry).registered(registry.subject(version.subject), Number.parse(version.version))
        validator = catalogue.get(schema.format).validator(schema, strict=strict, settings=_settings(subject.settings))
        with self._lock:
            self._kept[key] = validator
            if len(self._kept) > self._many:
                self._kept.popitem(last=False)
        return validator

    def _closure(self, start: Version) -> Work[FetchedRegistry]:
        """The version and all that it refers to, to the end. Raises LimitError."""
        registry = FetchedRegistry()
        known = {(start.subject, start.version)}
        waiting = [start]
        while waiting:
            version = waiting.pop()
            registry.add(version)
            for reference in version.references:
                name = (reference.subject, reference.version)
                if name not in known:
                    known.add(name)
                    waiting.append((yield from self._core.ask(calls.version(*name))))
            if len(known) > _MOST:
                raise LimitError(f"{start.subject}@{start.version} refers to more than {_MOST} versions")
        return registry


def _line(version: Version) -> LedgerLine:
    return LedgerLine(
        version=Number.parse(version.version),
        sha256=version.sha256,
        id=version.id,
        fp=version.fp,
        bump=Bump(version.bump),
        mode=Mode(version.mode),
        refs=tuple(f"{reference.subject}@{reference.version}" for reference in version.references),
        meta=version.meta,
    )


def _settings(given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
