"""Register versions: lock, version file, ledger, index, in an order that survives kill -9 at any point."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from llmreg.errors import ConflictError, LlmregError, RegistryError, UsageError
from llmreg.model.record import dataclass
from llmreg.model.subject import LedgerLine, name_problem
from llmreg.store import atomic, layout
from llmreg.store.lock import write_lock
from llmreg.store.porcelain import Porcelain
from llmreg.store.registry import RegistryView
from llmreg.store.repository import Repository, discover
from llmreg.store.worktree import WorktreeSnapshot

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """One version to register: its ledger line, the extension of its file (with the dot), and the file's bytes."""

    line: LedgerLine
    extension: str
    data: bytes


class RegistryWriter:
    """Writes to the work tree of one registry. `git` stages, commits and pushes what was written."""

    def __init__(self, root: Path, env: Mapping[str, str] | None = None) -> None:
        self.root = root
        try:
            self.repository: Repository = discover(root, env=env)
        except LlmregError as error:
            if "not a git repository" not in error.message:
                raise
            raise UsageError("a registry lives in a Git repository", hint="run `git init` first") from None
        if self.repository.top_level is None:
            raise UsageError("this repository has no work tree to register in", hint="clone it, and register there")
        self.git = Porcelain(self.repository, env)

    @contextmanager
    def locked(self) -> Iterator[Held]:
        """Hold the write lock: what `Held.view` reads cannot be changed by another llmreg meanwhile."""
        with write_lock(self.repository.common_dir):
            yield Held(self)


class Held:
    """The registry while its lock is held; `view` is read afresh after the lock was taken."""

    def __init__(self, writer: RegistryWriter) -> None:
        self._writer = writer
        self._root = writer.root
        self._written: list[str] = []
        self._folders = atomic.Folders(writer.root)
        self.view = RegistryView(WorktreeSnapshot(writer.root, writer.repository.object_format))

    @property
    def written(self) -> tuple[str, ...]:
        """Paths that belong to the registrations so far, for staging and committing."""
        return tuple(dict.fromkeys(self._written))

    def register(self, subject: str, plan: Plan) -> bool:
        """Register one version; False when exactly it was registered already (a run before was cut off).

        Raises ConflictError when the version is taken, RegistryError when a file with other bytes stands in its place.
        """
        return self.register_many([(subject, plan)]) == 1

    def register_many(self, plans: Sequence[tuple[str, Plan]], progress: Progress | None = None) -> int:
        """Register versions of many subjects, in order; the number of those that were new.

        Every subject is complete or untouched whenever this is cut off, and a second run completes the rest.
        """
        ledgers: dict[str, bytes] = {}
        fresh: list[tuple[str, Plan]] = []
        taken: dict[str, dict[str, LedgerLine]] = {}
        for subject, plan in plans:
            if subject not in ledgers:
                ledgers[subject] = self._ledger(subject)
                taken[subject] = {str(line.version): line for line in self.view.view(subject).ledger}
            known = taken[subject].get(str(plan.line.version))
            self._remember(subject, plan)
            if known is None:
                taken[subject][str(plan.line.version)] = plan.line
                ledgers[subject] += plan.line.to_line()
                fresh.append((subject, plan))
            elif known != plan.line:
                raise ConflictError(
                    f"{subject} {plan.line.version} is registered already, with other content",
                    hint="register it under the next free version",
                )
        self._write_versions(fresh, progress)
        self._write_ledgers({subject: ledgers[subject] for subject, _ in fresh})
        self.view = RegistryView(WorktreeSnapshot(self._root, self._writer.repository.object_format))
        return len(fresh)

    def stage(self, more: Sequence[str] = ()) -> None:
        """`git add` what was written, and `more` (paths below the registry's root). Raises GitError."""
        self._writer.git.add([self._writer.repository.prefix + path for path in (*self.written, *more)])

    def write_file(self, path: str, data: bytes) -> None:
        """Replace one file that people edit (`subject.yaml`, a working file) in one step; staged with the rest."""
        self.write_files({path: data})

    def write_files(self, files: Mapping[str, bytes]) -> None:
        """The same for many: the disk is waited for once, not once a file."""
        for path in files:
            if "/" in path:
                self._folders.make(path.rpartition("/")[0])
        atomic.replace_all({self._root / path: data for path, data in files.items()})
        self._written += files

    def _ledger(self, subject: str) -> bytes:
        problem = name_problem(subject)
        if problem:
            raise UsageError(f"{subject!r} cannot name a subject: {problem}")
        return self.view.view(subject).ledger_bytes

    def _remember(self, subject: str, plan: Plan) -> None:
        if hashlib.sha256(plan.data).hexdigest() != plan.line.sha256:
            raise RegistryError(f"{subject} {plan.line.version}: the bytes do not have the digest of the ledger line")
        self._written += [
            layout.version_path(subject, plan.line.version, plan.extension),
            layout.ledger_path(subject),
        ]

    def _write_versions(self, plans: Sequence[tuple[str, Plan]], progress: Progress | None) -> None:
        folders: dict[str, Path] = {}
        staged: list[tuple[Path, Path, Plan]] = []
        try:
            for count, (subject, plan) in enumerate(plans, start=1):
                if subject not in folders:
                    folders[subject] = self._folders.make(layout.versions_dir(subject))
                    self._refuse_twin(subject, plan)
                final = folders[subject] / f"{plan.line.version}{plan.extension}"
                staged.append((atomic.write_temporary(folders[subject], plan.data), final, plan))
                if progress is not None:
                    progress(count)
            atomic.flush(temporary for temporary, _, _ in staged)
            for temporary, final, plan in staged:
                self._place(temporary, final, plan)
        except BaseException:
            for temporary, _, _ in staged:
                temporary.unlink(missing_ok=True)
            raise
        atomic.flush(folders.values())

    def _place(self, temporary: Path, final: Path, plan: Plan) -> None:
        try:
            atomic.publish_new(temporary, final)
        except FileExistsError:
            path = final.relative_to(self._root).as_posix()
            if self.view.snapshot.read(path) != plan.data:
                raise RegistryError(
                    f"{path} exists, is in no ledger, and holds other bytes",
                    hint="look at it; `llmreg doctor` removes what a crash left",
                ) from None
            temporary.unlink()

    def _refuse_twin(self, subject: str, plan: Plan) -> None:
        """Another file of the same version in another syntax."""
        for path in self.view.view(subject).version_paths.get(str(plan.line.version), ()):
            if not path.endswith(f"/{plan.line.version}{plan.extension}"):
                raise RegistryError(f"{path} holds the same version in another syntax")

    def _write_ledgers(self, ledgers: Mapping[str, bytes]) -> None:
        """The commit point: each rename makes the subject's new versions exist."""
        atomic.replace_all({self._root / layout.ledger_path(subject): data for subject, data in ledgers.items()})
