"""A registry as a snapshot shows it: settings, subjects, versions. Nothing is read that is not asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property

from llmreg.errors import LimitError, NotFoundError
from llmreg.model.snapshot import Entry, Snapshot
from llmreg.model.subject import LedgerLine, RegistryConfig, SubjectConfig, latest_of
from llmreg.model.version import Version
from llmreg.store import layout
from llmreg.store.config import read_registry, read_subject
from llmreg.store.layout import Role
from llmreg.store.ledger import parse_ledger, pinning_lines

_ID_AND_FP = re.compile(rb'"id":([0-9]+),"fp":"([0-9a-f]{64})"')
_FEW = 500  # subjects whose settings and ledgers are read ahead
_MAKES_A_SUBJECT = (Role.CONFIG, Role.WORKING, Role.LEDGER, Role.VERSION, Role.STRAY)


class SubjectView:
    """One subject in one snapshot; every part is read when it is first asked for, and once."""

    def __init__(self, registry: RegistryView, name: str) -> None:
        self.registry = registry
        self.name = name
        self.snapshot = registry.snapshot

    @cached_property
    def entries(self) -> _Own:
        """The subject's own files by path (relative to the registry's root), without subjects below it."""
        found = self.snapshot.entries(layout.subject_dir(self.name))
        return _Own(found, self.name)

    @cached_property
    def exists(self) -> bool:
        return any(layout.parse_path(path).role in _MAKES_A_SUBJECT for path in self.entries)

    @cached_property
    def config(self) -> SubjectConfig:
        """`subject.yaml`. Raises NotFoundError where there is none, InputError for its defects."""
        path = layout.config_path(self.name)
        if path not in self.entries:
            raise NotFoundError(
                f"subject {self.name!r} has no {layout.CONFIG_FILE}", hint=f"create it: llmreg new {self.name}"
            )
        return read_subject(self.snapshot.read(path), path)

    @cached_property
    def ledger_bytes(self) -> bytes:
        """`versions.jsonl`, or nothing where no version is registered yet."""
        path = layout.ledger_path(self.name)
        return self.snapshot.read(path) if path in self.entries else b""

    @cached_property
    def ledger(self) -> tuple[LedgerLine, ...]:
        return parse_ledger(self.ledger_bytes, self.name, layout.ledger_path(self.name))

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """Registered versions, in the order of registration."""
        return tuple(line.version for line in self.ledger)

    @cached_property
    def version_paths(self) -> Mapping[str, tuple[str, ...]]:
        """Version files by the version's text; more than one path is a defect that `names` reports."""
        paths: dict[str, tuple[str, ...]] = {}
        for path in self.entries:
            where = layout.parse_path(path)
            if where.role is Role.VERSION and where.stem is not None:
                paths[where.stem] = (*paths.get(where.stem, ()), path)
        return paths

    def latest(self, *, retired: bool = False) -> LedgerLine | None:
        """The line of the highest version, releases before pre-releases; retired ones only when asked for."""
        return latest_of(self.ledger, None if retired else self.config)

    def line(self, version: str) -> LedgerLine:
        """The ledger line of a version. Raises NotFoundError."""
        for line in self.ledger:
            if str(line.version) == version:
                return line
        known = ", ".join(str(version) for version in self.versions[-5:]) or "none yet"
        raise NotFoundError(f"subject {self.name!r} has no version {version}", hint=f"its newest: {known}")

    def version_path(self, version: str) -> str:
        """The path of a version's file. Raises NotFoundError."""
        paths = self.version_paths.get(version)
        if not paths:
            raise NotFoundError(f"{self.name}: the file of version {version} is missing in {self.snapshot.label}")
        return paths[0]

    def version_bytes(self, version: str) -> bytes:
        """The bytes of a version as registered. Raises NotFoundError, LimitError."""
        return self._limited(self.version_path(version))

    def read_versions(self, versions: Iterable[str]) -> Mapping[str, bytes]:
        """The bytes of many versions in one pass."""
        paths = {version: self.version_path(version) for version in versions}
        data = self.snapshot.read_many(list(paths.values()))
        return {version: self._checked(path, data[path]) for version, path in paths.items() if path in data}

    @cached_property
    def working_path(self) -> str | None:
        """The working file; None where there is none. A second one is a defect that `names` reports."""
        paths = [path for path in self.entries if layout.parse_path(path).role is Role.WORKING]
        return paths[0] if paths else None

    @cached_property
    def working_source(self) -> bytes | None:
        """The working file as people wrote it."""
        return None if self.working_path is None else self._limited(self.working_path)

    @cached_property
    def working(self) -> tuple[str, bytes] | None:
        """(path, content) of the working file; YAML as the JSON that would be registered."""
        if self.working_path is None or self.working_source is None:
            return None
        if not self.working_path.endswith(".yaml"):
            return self.working_path, self.working_source
        from llmreg.store.yamltext import to_json

        limit = self.registry.config.max_schema_bytes
        return self.working_path, to_json(self.working_source, self.working_path, max_bytes=limit)

    @cached_property
    def examples(self) -> tuple[str, ...]:
        """Paths of the documents that must stay valid."""
        return tuple(path for path in self.entries if layout.parse_path(path).role is Role.EXAMPLE)

    def _limited(self, path: str) -> bytes:
        return self._checked(path, self.snapshot.read(path))

    def _checked(self, path: str, data: bytes) -> bytes:
        limit = self.registry.config.max_schema_bytes
        if len(data) > limit:
            raise LimitError(
                f"{path}: {len(data)} bytes is more than the limit of {limit}",
                hint="raise `max_schema_bytes` in llmreg.yaml if it is meant to be so large",
            )
        return data


class RegistryView:
    """A registry in one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._subjects: dict[str, SubjectView] = {}

    @cached_property
    def config(self) -> RegistryConfig:
        """`llmreg.yaml`. Raises NotFoundError where the snapshot has none, InputError for its defects."""
        return read_registry(self.snapshot.read(layout.REGISTRY_FILE))

    @cached_property
    def has_config(self) -> bool:
        """Whether the snapshot is one of a registry at all (an older revision may not be)."""
        return layout.REGISTRY_FILE in self.snapshot.entries(layout.REGISTRY_FILE)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every subject, sorted; also the ones whose name or files are wrong."""
        return tuple(sorted(subjects_of(self.snapshot.entries(layout.SUBJECTS))))

    def subjects(self) -> tuple[str, ...]:
        """Every subject's name, sorted."""
        return self.names

    def has(self, name: str) -> bool:
        return self.view(name).exists

    def view(self, name: str) -> SubjectView:
        """The subject called `name`, whether or not it exists here."""
        if name not in self._subjects:
            self._subjects[name] = SubjectView(self, name)
        return self._subjects[name]

    def forget(self, name: str) -> None:
        """Let go of what was read of one subject: whoever asks for it again has it read again."""
        self._subjects.pop(name, None)

    def subject(self, name: str) -> SubjectView:
        """The subject called `name`. Raises NotFoundError with the nearest name."""
        found = self.view(name)
        if not found.exists:
            from llmreg.store.values import nearest

            raise NotFoundError(
                f"no subject {name!r} in {self.snapshot.label}",
                hint=nearest(name, self.names) or f"create it: llmreg new {name}",
            )
        return found

    def read(self, subject: str, version: str) -> bytes:
        """The bytes of one registered version. Raises NotFoundError, LimitError."""
        return self.subject(subject).version_bytes(version)

    def warm(self, names: Iterable[str]) -> None:
        """List the files of many subjects with one command, before they are looked at one by one; of a few also read
        what is always asked for, where Git is asked for it."""
        names = list(names)
        warm, fetch = getattr(self.snapshot, "warm", None), getattr(self.snapshot, "fetch", None)
        if warm is not None:
            warm([layout.subject_dir(name) for name in names])
        if fetch is not None and len(names) <= _FEW:
            fetch([path(name) for name in names for path in (layout.config_path, layout.ledger_path)])

    def ids(self) -> dict[int, str]:
        """id → fingerprint over every ledger, as `content_id` wants it. Reads all ledgers in one pass, and only their
        two fields, so that one that is damaged elsewhere does not keep others from registering."""
        found = (pair for data in self._ledger_files() for pair in _ID_AND_FP.findall(data))
        return {int(number): fp.decode() for number, fp in found}

    def ids_may_clash(self) -> bool:
        """Whether some id has two fingerprints or some fingerprint two ids; also True where a damaged ledger, or a
        note in one, only looks like it. Parsing the ledgers takes ten times as long."""
        pairs: set[tuple[bytes, bytes]] = set()
        for data in self._ledger_files():
            pairs.update(_ID_AND_FP.findall(data))
        return len({number for number, _ in pairs}) < len(pairs) or len({fp for _, fp in pairs}) < len(pairs)

    def _ledger_files(self) -> Iterable[bytes]:
        return self.snapshot.read_many(list(self._ledger_paths)).values()

    def users(self) -> Mapping[str, tuple[str, ...]]:
        """Which versions pin a version, by `subject@version`, over every ledger that can be read."""
        users: dict[str, list[str]] = {}
        paths = self._ledger_paths
        for path, data in self._readable(list(paths)):
            for line in pinning_lines(data, paths[path], path):
                for ref in line.refs:
                    users.setdefault(ref, []).append(f"{paths[path]}@{line.version}")
        return {ref: tuple(pins) for ref, pins in users.items()}

    def _readable(self, paths: list[str]) -> Iterator[tuple[str, bytes]]:
        try:
            yield from self.snapshot.read_many(paths).items()
        except LimitError:  # one file is too large: take the others
            for path in paths:
                with suppress(LimitError, NotFoundError):
                    yield path, self.snapshot.read(path)

    def ledgers(self) -> dict[str, tuple[LedgerLine, ...]]:
        """Every subject's ledger, read in one pass."""
        paths = self._ledger_paths
        data = self.snapshot.read_many(list(paths))
        return {subject: parse_ledger(data[path], subject, path) for path, subject in paths.items() if path in data}

    @cached_property
    def _ledger_paths(self) -> dict[str, str]:
        """Every ledger's path, and its subject."""
        ending = f"/{layout.LEDGER_FILE}"
        paths = (path for path in self.snapshot.entries(layout.SUBJECTS) if path.endswith(ending))
        return {path: subject for path in paths if (subject := layout.subject_of_ledger(path))}


class _Own(Mapping[str, Entry]):
    """The entries of one subject without those of subjects below it; stays as lazy as what it wraps."""

    def mode(self, path: str) -> str:
        """One file's mode; where an entry hashes its file, as in the work tree, that is not done for it."""
        mode = getattr(self._found, "mode", None)
        return str(mode(path)) if mode is not None else self._found[path].mode

    def __init__(self, found: Mapping[str, Entry], subject: str) -> None:
        self._found = found
        self._paths = dict.fromkeys(path for path in found if layout.parse_path(path).subject == subject)

    def __getitem__(self, path: str) -> Entry:
        if path not in self._paths:
            raise KeyError(path)
        return self._found[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, path: object) -> bool:
        return path in self._paths


def subjects_of(paths: Iterable[str]) -> set[str]:
    """The subjects that files at these paths make."""
    found = set()
    done = set()  # folders whose subject is known: the other files in them need no look
    for path in paths:
        folder = path.rpartition("/")[0]
        if folder in done:
            continue
        where = layout.parse_path(path)
        if where.role in _MAKES_A_SUBJECT and where.subject:
            found.add(where.subject)
            done.add(folder)
    return found
