"""Every subject of a registry at once: one listing and a few passes over the files, for what looks at thousands.

`RegistryView` lists one subject at a time, which is right for a check and too slow here. A defect of one subject is
kept with that subject, so that a broken file does not hide all others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from llmreg.errors import LimitError, LlmregError, NotFoundError
from llmreg.model.snapshot import Snapshot
from llmreg.model.subject import LedgerLine, RegistryConfig, SubjectConfig, latest_of
from llmreg.store import layout
from llmreg.store.config import read_subject
from llmreg.store.layout import Role
from llmreg.store.ledger import parse_ledger
from llmreg.store.registry import RegistryView, subjects_of

_BATCH = 500


class SurveyedSubject:
    """One subject; its settings and its ledger are parsed when they are first asked for."""

    def __init__(self, survey: Survey, name: str, paths: Mapping[Role, Mapping[str, str]]) -> None:
        self._survey = survey
        self._paths = paths
        self.name = name

    @cached_property
    def config(self) -> SubjectConfig:
        """`subject.yaml`. Raises NotFoundError, InputError, LimitError."""
        path = layout.config_path(self.name)
        return read_subject(self._survey.read(path), path)

    @cached_property
    def ledger(self) -> tuple[LedgerLine, ...]:
        """Raises InputError, LimitError."""
        path = layout.ledger_path(self.name)
        if Role.LEDGER not in self._paths:
            return ()
        return parse_ledger(self._survey.read(path), self.name, path)

    @cached_property
    def problem(self) -> LlmregError | None:
        """Why settings or ledger cannot be read."""
        try:
            _ = self.config
        except LlmregError as error:
            return error
        return self.ledger_problem

    @cached_property
    def ledger_problem(self) -> LlmregError | None:
        """Why the ledger cannot be read."""
        try:
            _ = self.ledger
        except LlmregError as error:
            return error
        return None

    @cached_property
    def readable_config(self) -> SubjectConfig | None:
        """The settings, or None where they cannot be read."""
        try:
            return self.config
        except LlmregError:
            return None

    @property
    def readable_ledger(self) -> tuple[LedgerLine, ...]:
        """The ledger, or nothing where it cannot be read."""
        return () if self.ledger_problem else self.ledger

    @cached_property
    def latest(self) -> LedgerLine | None:
        """The highest version that is not retired, releases before pre-releases."""
        return latest_of(self.readable_ledger, self.readable_config)

    @property
    def working_path(self) -> str | None:
        return next(iter(self._paths.get(Role.WORKING, {}).values()), None)

    def version_path(self, version: str) -> str:
        """Raises NotFoundError."""
        path = self._paths.get(Role.VERSION, {}).get(version)
        if path is None:
            raise NotFoundError(f"{self.name}: the file of version {version} is missing")
        return path

    def version_bytes(self, version: str) -> bytes:
        """Raises NotFoundError, LimitError."""
        return self._survey.read_schema(self.version_path(version))


class Survey:
    """The subjects of one snapshot by name, sorted."""

    def __init__(self, registry: RegistryView) -> None:
        self.config: RegistryConfig = registry.config
        self._snapshot: Snapshot = registry.snapshot
        self._data: dict[str, bytes] = {}
        paths: dict[str, dict[Role, dict[str, str]]] = {}
        entries = registry.snapshot.entries(layout.SUBJECTS)
        for path in entries:
            where = layout.parse_path(path)
            if where.subject:
                paths.setdefault(where.subject, {}).setdefault(where.role, {}).setdefault(where.stem or path, path)
        self.subjects = {name: SurveyedSubject(self, name, paths[name]) for name in sorted(subjects_of(entries))}

    def subject(self, name: str) -> SurveyedSubject:
        """Raises NotFoundError."""
        try:
            return self.subjects[name]
        except KeyError:
            raise NotFoundError(f"no subject {name!r} in {self._snapshot.label}") from None

    def keep(self, below: str) -> None:
        """Only one subject, and those whose names continue its name: `chat` keeps `chat/reply`."""
        stem = below.rstrip("/")
        self.subjects = {
            name: subject for name, subject in self.subjects.items() if name == stem or name.startswith(f"{stem}/")
        }

    def load(self, roles: Iterable[Role]) -> Iterator[tuple[int, int]]:
        """Read the settings or the ledgers of all subjects; yields (done, total) after every few hundred files."""
        names = {Role.CONFIG: layout.config_path, Role.LEDGER: layout.ledger_path}
        yield from self.load_paths([names[role](subject) for role in roles for subject in self.subjects])

    def load_paths(self, paths: list[str]) -> Iterator[tuple[int, int]]:
        """Read these files in few passes; one that cannot be read is left to `read`, which says why."""
        for start in range(0, len(paths), _BATCH):
            batch = paths[start : start + _BATCH]
            try:
                self._data.update(self._snapshot.read_many(batch))
            except LlmregError:
                self._load_readable(batch)
            yield min(start + _BATCH, len(paths)), len(paths)

    def users(self) -> Mapping[str, tuple[str, ...]]:
        """Which versions pin a version, by `subject@version`, over every ledger that can be read."""
        users: dict[str, list[str]] = defaultdict(list)
        for subject in self.subjects.values():
            for line in subject.readable_ledger:
                for ref in line.refs:
                    users[ref].append(f"{subject.name}@{line.version}")
        return {ref: tuple(pins) for ref, pins in users.items()}

    def read(self, path: str) -> bytes:
        """Raises NotFoundError, LimitError, ConflictError."""
        if path not in self._data:
            self._data[path] = self._snapshot.read(path)
        return self._data[path]

    def read_schema(self, path: str) -> bytes:
        """A version or working file. Raises LimitError when it is larger than the registry allows."""
        data = self.read(path)
        if len(data) > self.config.max_schema_bytes:
            raise LimitError(f"{path}: {len(data)} bytes is more than the limit of {self.config.max_schema_bytes}")
        return data

    def _load_readable(self, paths: list[str]) -> None:
        for path in paths:
            try:
                self._data[path] = self._snapshot.read(path)
            except LlmregError:
                continue
