"""One registry and the repository around it: where every operation starts, and what it closes when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from llmreg.errors import GitError, LlmregError, NotFoundError
from llmreg.model.record import replace
from llmreg.store import layout
from llmreg.store.git import GitReader
from llmreg.store.registry import RegistryView
from llmreg.store.revision import RevisionSnapshot
from llmreg.store.staged import StagedSnapshot


class Workspace:
    """`root` is the registry's directory, None in a bare repository; `reader` is None outside Git (a tarball).

    `prefix` is the way from the repository's top to the registry (POSIX, "" or ending in a slash)."""

    def __init__(self, root: Path | None, reader: GitReader | None, prefix: str) -> None:
        self.root = root
        self._reader = reader
        self.prefix = prefix

    @classmethod
    def open(cls, start: Path, env: Mapping[str, str] | None = None) -> Self:
        """The registry at or above `start`. Raises NotFoundError, GitError."""
        try:
            root = layout.find_root(start)
        except NotFoundError:
            bare = cls._bare(start, env)
            if bare is None:
                raise
            return bare
        try:
            reader = GitReader.open(root, env=env)
        except GitError as error:
            if "not a git repository (or any" not in error.message:
                raise  # there is a .git, and it is broken: nothing may pass as if there were none
            return cls(root, None, "")
        return cls(root, reader, reader.repository.prefix)

    @classmethod
    def around(cls, start: Path, env: Mapping[str, str] | None = None) -> Self | None:
        """The registry that loose files may refer to; None where there is none."""
        try:
            return cls.open(start, env)
        except LlmregError:
            return None

    @classmethod
    def _bare(cls, start: Path, env: Mapping[str, str] | None) -> Self | None:
        """A bare repository has no files: its registry is found in the tree of HEAD."""
        try:
            reader = GitReader.open(start, git_dir=start.resolve(), env=env)
        except GitError:
            return None
        if not reader.repository.bare:
            reader.close()
            return None
        head = reader.try_resolve("HEAD")
        marks = [path for path in (reader.tree(head) if head else {}) if path.split("/")[-1] == layout.REGISTRY_FILE]
        prefix = min(marks, key=lambda path: path.count("/")).removesuffix(layout.REGISTRY_FILE) if marks else ""
        reader.repository = replace(reader.repository, prefix=prefix)
        return cls(None, reader, prefix)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the Git process that may be open."""
        if self._reader is not None:
            self._reader.close()

    @property
    def in_git(self) -> bool:
        return self._reader is not None

    @property
    def reader(self) -> GitReader:
        """Raises GitError where the registry is in no repository."""
        if self._reader is None:
            raise GitError(f"{self.root} is in no Git repository", hint="run `git init`, then commit the registry")
        return self._reader

    def worktree(self) -> RegistryView:
        """The files on disk. Raises NotFoundError in a bare repository."""
        if self.root is None:
            raise NotFoundError(
                "a bare repository has no work tree", hint="name a revision: --rev REV (check: --head REV)"
            )
        from llmreg.store.statcache import StatCache
        from llmreg.store.worktree import WorktreeSnapshot

        if self._reader is None:
            return RegistryView(WorktreeSnapshot(self.root))
        cache = StatCache(self._reader)
        return RegistryView(WorktreeSnapshot(self.root, self._reader.repository.object_format, cache))

    def staged(self) -> RegistryView:
        """What would be committed now."""
        return RegistryView(StagedSnapshot(self.reader, self.prefix))

    def at(self, oid: str, name: str = "") -> RegistryView:
        """The registry in a commit or tree, by object id."""
        return RegistryView(RevisionSnapshot(self.reader, oid, name, self.prefix))

    def revision(self, revision: str) -> RegistryView:
        """The registry at a revision as people write it. Raises GitError, NotFoundError where it was no registry."""
        return self.registry_at(self.reader.resolve(revision), revision)

    def registry_at(self, oid: str, name: str) -> RegistryView:
        """The registry in a commit, which people call `name`. Raises NotFoundError where it was no registry."""
        view = self.at(oid, name)
        if not view.has_config:
            path = f"{self.prefix}{layout.REGISTRY_FILE}"
            raise NotFoundError(f"there is no {path} at {name}", hint=f"where it is new, commit it: git add {path}")
        return view

    def head(self, revision: str | None) -> RegistryView:
        """A revision when one is named, else the work tree."""
        return self.worktree() if revision is None else self.revision(revision)
