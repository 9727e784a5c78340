"""The snapshot of the work tree: files as they lie on disk, tracked or not; no link is followed, no filter runs."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from llmreg.errors import LimitError, NotFoundError
from llmreg.model.snapshot import Entry
from llmreg.store.layout import BINDINGS, EXAMPLES, SUBJECTS, TEMPORARY_PREFIX, VERSIONS, max_bytes
from llmreg.store.memory import below, blob_id

_OPEN_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_LINK = "120000"
_GITLINK = "160000"
_NO_FILE = "000000"  # a device, socket or pipe: no mode that Git knows


class LazyEntries(Mapping[str, Entry]):
    """Paths are known at once; a file is hashed only when its entry is asked for."""

    def __init__(self, modes: dict[str, str], tree: WorktreeSnapshot) -> None:
        self._modes = modes
        self._tree = tree

    def __getitem__(self, path: str) -> Entry:
        return self._tree.entry(path, self._modes[path])

    def __iter__(self) -> Iterator[str]:
        return iter(self._modes)

    def __len__(self) -> int:
        return len(self._modes)

    def __contains__(self, path: object) -> bool:
        return path in self._modes


class WorktreeSnapshot:
    """The registry at `root`. Only the registry's own files are looked at: `llmreg.yaml`, `.gitattributes`,
    `subjects/`, `bindings/`."""

    def __init__(self, root: Path, object_format: str = "sha1") -> None:
        self._root = root
        self._object_format = object_format
        self._modes: dict[str, dict[str, str]] = {}
        self._ids: dict[str, str] = {}

    @property
    def label(self) -> str:
        return "the work tree"

    def entries(self, prefix: str = "") -> Mapping[str, Entry]:
        if prefix not in self._modes:
            whole = self._modes.get("")
            if whole is not None:
                self._modes[prefix] = {path: mode for path, mode in whole.items() if below(path, prefix)}
            else:
                self._modes[prefix] = dict(sorted(self._walk(prefix)))
        return LazyEntries(self._modes[prefix], self)

    def entry(self, path: str, mode: str) -> Entry:
        """The entry of a listed path; the content of a regular file, the target of a link is hashed."""
        if path not in self._ids:
            if mode == _LINK:
                data = os.fsencode((self._root / path).readlink())
            elif mode in (_GITLINK, _NO_FILE):
                data = b""
            else:
                data = self.read(path)
            self._ids[path] = blob_id(data, self._object_format)
        return Entry(mode, self._ids[path])

    def read(self, path: str) -> bytes:
        try:
            descriptor = self._open(path)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR):
                raise NotFoundError(f"{path} is, or lies behind, a symbolic link; links are not followed") from None
            raise NotFoundError(f"no file {path} in {self.label}") from None
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            os.close(descriptor)
            raise NotFoundError(f"{path} is no regular file")
        with os.fdopen(descriptor, "rb") as file:
            limit = max_bytes(path)
            data = file.read(limit + 1) if facts.st_size <= limit else b""
            if facts.st_size > limit or len(data) > limit:
                raise LimitError(f"{path}: {facts.st_size} bytes is more than the limit of {limit}")
            return data

    def read_many(self, paths: list[str]) -> Mapping[str, bytes]:
        found = {}
        for path in paths:
            try:
                found[path] = self.read(path)
            except NotFoundError:
                continue
        return found

    def warm(self, prefixes: list[str]) -> None:
        """Nothing to prepare: a directory is listed when it is asked for."""

    def _open(self, path: str) -> int:
        """Open every part by itself: O_NOFOLLOW guards only the last part of a path."""
        *folders, name = path.split("/")
        if any(part in ("", ".", "..") for part in (*folders, name)):
            raise NotADirectoryError(errno.ENOTDIR, path)
        here = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for folder in folders:
                below_it = os.open(folder, _OPEN_DIRECTORY, dir_fd=here)
                os.close(here)
                here = below_it
            return os.open(name, _OPEN_FILE, dir_fd=here)
        finally:
            os.close(here)

    def _walk(self, prefix: str) -> Iterator[tuple[str, str]]:
        """(path, mode) of every file of the registry at or below `prefix`."""
        top = [prefix] if prefix else ["llmreg.yaml", ".gitattributes", SUBJECTS, BINDINGS]
        pending = []
        for path in top:
            mode = self._mode_of(path)
            if mode == "directory":
                pending.append(path)
            elif mode is not None:
                yield path, mode
        while pending:
            folder = pending.pop()
            with os.scandir(self._root / folder) as listing:
                for item in listing:
                    if item.name.startswith(TEMPORARY_PREFIX):
                        continue
                    path = f"{folder}/{item.name}"
                    mode = _mode(item.stat(follow_symlinks=False).st_mode)
                    if mode == "directory" and self._is_repository(item.name, path):
                        mode = _GITLINK
                    if mode == "directory":
                        pending.append(path)
                    else:
                        yield path, mode

    def _mode_of(self, path: str) -> str | None:
        """The mode of a path whose every folder is a real one."""
        parts = path.split("/")
        for length in range(1, len(parts)):
            try:
                facts = os.lstat(self._root / "/".join(parts[:length]))
            except OSError:
                return None
            if not stat.S_ISDIR(facts.st_mode):
                return None
        try:
            return _mode(os.lstat(self._root / path).st_mode)
        except OSError:
            return None

    def _is_repository(self, name: str, path: str) -> bool:
        """A folder with a repository of its own is, to Git, one gitlink; versions and examples are too many to ask."""
        return name not in (VERSIONS, EXAMPLES) and (self._root / path / ".git").exists()


def _mode(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return _LINK
    if stat.S_ISDIR(mode):
        return "directory"
    if not stat.S_ISREG(mode):
        return _NO_FILE
    return "100755" if mode & stat.S_IXUSR else "100644"
