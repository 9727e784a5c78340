"""The files around a loose one, in one state of its repository: read when asked for, nothing outside it, no links."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from llmreg.errors import NotFoundError
from llmreg.store.git import GitReader
from llmreg.store.gitsnapshot import GitSnapshot
from llmreg.store.worktree import WorktreeSnapshot

_LINK = "120000"
_GITLINK = "160000"
_REGULAR = ("100644", "100755")


class FilesAround(Mapping[str, bytes]):
    """Every file by its path from the repository's top. Asking for one that is a link, lies behind one or in a
    submodule raises NotFoundError, which says so; one that is not there is not in the mapping."""

    def __init__(
        self,
        load: Callable[[list[str]], Mapping[str, bytes]],
        refusal: Callable[[str], str | None],
        listing: Callable[[], Iterable[str]],
    ) -> None:
        self._load = load
        self._refusal = refusal
        self._listing = listing
        self._listed: list[str] | None = None
        self._known: dict[str, bytes | None] = {}

    def prefetch(self, paths: list[str]) -> None:
        """Read many files in one pass."""
        missing = [path for path in paths if path not in self._known]
        self._known.update(self._load(missing))

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._get(path) is not None

    def __getitem__(self, path: str) -> bytes:
        data = self._get(path)
        if data is None:
            raise KeyError(path)
        return data

    def __iter__(self) -> Iterator[str]:
        if self._listed is None:
            self._listed = sorted(self._listing())
        return iter(self._listed)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _get(self, path: str) -> bytes | None:
        if path not in self._known:
            data = self._load([path]).get(path)
            refusal = self._refusal(path)
            if refusal is not None:
                raise NotFoundError(refusal)
            self._known[path] = data
        return self._known[path]


def around(snapshot: GitSnapshot | WorktreeSnapshot, reader: GitReader) -> FilesAround:
    """The files of a revision, of the index, or on disk (of which the tracked ones are listed)."""
    if isinstance(snapshot, GitSnapshot):
        return _of_git(snapshot)
    top = reader.repository.place
    return FilesAround(
        snapshot.read_many,
        lambda path: _refusal_on_disk(top, path),
        lambda: (path for path, entry in reader.index()[0].items() if entry.mode in _REGULAR),
    )


def below(folder: Path, extensions: Iterable[str]) -> dict[str, bytes]:
    """The files of these extensions below a folder, by the path from there; links are not followed."""
    found = {}
    tree = WorktreeSnapshot(folder)
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        for name in names:
            path = (Path(here) / name).relative_to(folder).as_posix()
            if name.endswith(tuple(extensions)):
                found[path] = tree.read(path)
    return found


def _of_git(snapshot: GitSnapshot) -> FilesAround:
    def load(paths: list[str]) -> Mapping[str, bytes]:
        snapshot.warm(sorted({path.partition("/")[0] for path in paths}))
        return snapshot.read_many(paths)

    def refusal(path: str) -> str | None:
        parts = path.split("/")
        for length in range(1, len(parts) + 1):
            here = "/".join(parts[:length])
            entry = snapshot.entries(parts[0]).get(here)
            if entry is not None and entry.mode in (_LINK, _GITLINK):
                return _said(path, here, link=entry.mode == _LINK)
        return None

    return FilesAround(
        load, refusal, lambda: (path for path, entry in snapshot.entries().items() if entry.mode in _REGULAR)
    )


def _refusal_on_disk(top: Path, path: str) -> str | None:
    parts = path.split("/")
    for length in range(1, len(parts) + 1):
        here = "/".join(parts[:length])
        if os.path.islink(top / here):  # noqa: PTH114 - one system call
            return _said(path, here, link=True)
        if length < len(parts) and os.path.lexists(top / here / ".git"):
            return _said(path, here, link=False)
    return None


def _said(path: str, here: str, *, link: bool) -> str:
    if link:
        return f"{path} is a symbolic link" if path == here else f"{path} lies behind the symbolic link {here}"
    return f"{path} lies in {here}, which is a repository of its own"
