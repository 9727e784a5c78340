"""The files around a loose one, in one state of its repository: read when asked for, nothing outside it, no links."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from llmreg.errors import NotFoundError, UsageError
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

    __hash__ = object.__hash__  # a place, not its content: what was found in it is remembered for it

    def __eq__(self, other: object) -> bool:
        return self is other

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
    return FilesAround(
        snapshot.read_many,
        _OnDisk(reader.repository.place).refusal,
        lambda: (path for path, entry in reader.index()[0].items() if entry.mode in _REGULAR),
    )


def beside(file: Path, start: Path, env: Mapping[str, str]) -> tuple[FilesAround, str]:
    """The files around one on disk, and its own path among them: those of its repository; where it is in none, those
    below `start`, or below its own folder for a file that is not there."""
    here = Path(os.path.realpath(file.parent)) / file.name
    top = top_above(file, start)

    def listing() -> list[str]:
        if not os.path.lexists(top / ".git"):
            return []
        with GitReader.open(top, env=env) as reader:
            return [path for path, entry in reader.index()[0].items() if entry.mode in _REGULAR]

    found = FilesAround(WorktreeSnapshot(top).read_many, _OnDisk(top).refusal, listing)
    return found, here.relative_to(top).as_posix()


def top_above(file: Path, start: Path) -> Path:
    """Where the paths of the files around one count from."""
    here = Path(os.path.realpath(file.parent)) / file.name
    homes = (folder for folder in here.parents if os.path.lexists(folder / ".git"))
    own = start.resolve() if here.is_relative_to(start.resolve()) else here.parent
    return next(homes, own)


def named_folder(start: Path, name: str, top: Path) -> str:
    """A folder that somebody names with --proto-path, by its path from the top, "" for the top itself.

    Raises UsageError for what is no folder, NotFoundError for one outside the top."""
    folder = Path(os.path.realpath(start / name))
    if not folder.is_dir():
        raise UsageError(f"--proto-path {name}: there is no such folder")
    path = path_below(top, folder, name)
    return "" if path == "." else path


def path_below(top: Path, file: Path, name: str) -> str:
    """The path from the top, POSIX. Raises NotFoundError for what lies elsewhere; `name` is what people call it."""
    try:
        return file.relative_to(top).as_posix()
    except ValueError:
        raise NotFoundError(f"{name} is not in the repository {top}") from None


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


class _OnDisk:
    """Why a file may not be read; what is known of a folder is asked once."""

    def __init__(self, top: Path) -> None:
        self._top = str(top)
        self._folders: dict[str, tuple[str, bool] | None] = {"": None}

    def refusal(self, path: str) -> str | None:
        found = self._folder(path.rpartition("/")[0])
        if found is not None:
            return _said(path, found[0], link=found[1])
        return _said(path, path, link=True) if os.path.islink(f"{self._top}/{path}") else None  # noqa: PTH114

    def _folder(self, folder: str) -> tuple[str, bool] | None:
        """The folder at or above `folder` that is a link (True) or a repository of its own (False)."""
        if folder not in self._folders:
            place, above = f"{self._top}/{folder}", self._folder(folder.rpartition("/")[0])
            if above is None and os.path.islink(place):  # noqa: PTH114
                above = folder, True
            elif above is None and os.path.lexists(f"{place}/.git"):
                above = folder, False
            self._folders[folder] = above
        return self._folders[folder]


def _said(path: str, here: str, *, link: bool) -> str:
    if link:
        return f"{path} is a symbolic link" if path == here else f"{path} lies behind the symbolic link {here}"
    return f"{path} lies in {here}, which is a repository of its own"
