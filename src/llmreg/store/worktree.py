"""The snapshot of the work tree: files as they lie on disk, tracked or not; no link is followed, no filter runs."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from llmreg.errors import LimitError, NotFoundError
from llmreg.model.snapshot import Entry
from llmreg.store.indexfile import mode_of
from llmreg.store.layout import (
    ATTRIBUTES_FILE,
    BINDINGS,
    REGISTRY_FILE,
    SUBJECTS,
    TEMPORARY_PREFIX,
    max_bytes,
)
from llmreg.store.listing import Listing
from llmreg.store.memory import blob_id
from llmreg.store.openfolders import OpenFolders, content
from llmreg.store.statcache import Facts, IndexMatch, StatCache, look

_LINK = "120000"
_GITLINK = "160000"
_BELOW_SUBJECTS = f"{SUBJECTS}/"
_NO_FILE = "000000"  # a device, socket or pipe: no mode that Git knows


class LazyEntries(Mapping[str, Entry]):
    """Paths are known at once; a file is hashed only when its entry is asked for."""

    def __init__(self, files: Mapping[str, Facts], tree: WorktreeSnapshot) -> None:
        self._files = files
        self._tree = tree

    def __getitem__(self, path: str) -> Entry:
        return self._tree.entry(path, self._files[path])

    def mode(self, path: str) -> str:
        """The mode alone, for which nothing is hashed."""
        return _mode(self._files[path])

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, path: object) -> bool:
        return path in self._files


class WorktreeSnapshot:
    """The registry at `root`. Only the registry's own files are looked at: `llmreg.yaml`, `.gitattributes`,
    `subjects/`, `bindings/`. With a `cache` a file that was not touched since it was staged is not hashed again."""

    def __init__(self, root: Path, object_format: str = "sha1", cache: StatCache | None = None) -> None:
        self._root = root
        self._object_format = object_format
        self._cache = cache
        self._listed: dict[str, Listing[Facts]] = {}
        self._ids: dict[str, str] = {}
        self._match: IndexMatch | None = None

    @property
    def label(self) -> str:
        return "the work tree"

    def entries(self, prefix: str = "") -> Mapping[str, Entry]:
        whole = self._listed.get("") or (self._listed.get(SUBJECTS) if prefix.startswith(_BELOW_SUBJECTS) else None)
        if whole is not None:
            return LazyEntries(whole.below(prefix), self)
        if prefix not in self._listed:
            self._listed[prefix] = Listing(self._look(prefix))
        return LazyEntries(self._listed[prefix].files, self)

    def compare_index(self) -> IndexMatch | None:
        """How the files of all subjects stand to Git's index; None where there is none, or so few files that looking
        at each is faster."""
        if self._cache is not None and self._match is None:
            files = self._listed.get("") or self._listed.setdefault(SUBJECTS, Listing(self._look(SUBJECTS)))
            self._match = self._cache.compare(files.below(SUBJECTS), _BELOW_SUBJECTS)
        return self._match

    def entry(self, path: str, facts: Facts) -> Entry:
        """The entry of a listed path; the content of a regular file, the target of a link is hashed."""
        mode = _mode(facts)
        if path not in self._ids:
            known = self._cache.oid(path, facts) if self._cache is not None and facts is not None else None
            self._ids[path] = known or self._hash(path, mode)
        return Entry(mode, self._ids[path])

    def _hash(self, path: str, mode: str) -> str:
        if mode == _LINK:
            data = os.fsencode((self._root / path).readlink())
        elif mode in (_GITLINK, _NO_FILE):
            data = b""
        else:
            data = self.read(path)
        return blob_id(data, self._object_format)

    def read(self, path: str) -> bytes:
        with OpenFolders(self._root) as folders:
            return self._read(path, folders)

    def read_many(self, paths: list[str]) -> Mapping[str, bytes]:
        found = {}
        with OpenFolders(self._root) as folders:
            for path in paths:
                try:
                    found[path] = self._read(path, folders)
                except NotFoundError:
                    continue
        return found

    def _read(self, path: str, folders: OpenFolders) -> bytes:
        try:
            descriptor = folders.open(path)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR):
                raise NotFoundError(f"{path} is, or lies behind, a symbolic link; links are not followed") from None
            raise NotFoundError(f"no file {path} in {self.label}") from None
        try:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                raise NotFoundError(f"{path} is no regular file")
            limit = max_bytes(path)
            data = content(descriptor, facts.st_size, limit) if facts.st_size <= limit else None
            if data is None:
                raise LimitError(f"{path}: {facts.st_size} bytes is more than the limit of {limit}")
            return data
        finally:
            os.close(descriptor)

    def warm(self, prefixes: list[str]) -> None:
        """Nothing to prepare: a directory is listed when it is asked for."""

    def _look(self, prefix: str) -> dict[str, Facts]:
        """The facts of every file of the registry at or below `prefix`."""
        repositories: dict[str, Facts] = {}
        paths = list(self._scan(prefix, repositories))
        root = str(self._root)
        return repositories | (look(root, paths) if self._cache is None else self._cache.look(root, paths))

    def _scan(self, prefix: str, repositories: dict[str, Facts]) -> Iterator[str]:
        """Paths of files. A folder with a repository of its own is, to Git, one gitlink: it is told there instead."""
        pending = []
        for path in [prefix] if prefix else [REGISTRY_FILE, ATTRIBUTES_FILE, SUBJECTS, BINDINGS]:
            facts = self._facts_of(path)
            if facts is not None and stat.S_ISDIR(facts.st_mode):
                pending.append(path)
            elif facts is not None:
                yield path
        tops = frozenset(pending)
        while pending:
            folder = pending.pop()
            files, folders = _listed(f"{self._root}/{folder}", f"{folder}/")
            if folder not in tops and f"{folder}/.git" in (*files, *folders):
                repositories[folder] = None
            else:
                pending += folders
                yield from files

    def _facts_of(self, path: str) -> os.stat_result | None:
        """What is at a path whose every folder is a real one."""
        parts = path.split("/")
        try:
            for length in range(1, len(parts)):
                if not stat.S_ISDIR(os.lstat(self._root / "/".join(parts[:length])).st_mode):
                    return None
            return os.lstat(self._root / path)
        except OSError:
            return None


def _listed(folder: str, prefix: str) -> tuple[list[str], list[str]]:
    """(files, folders) in a folder, with the prefix; what a running write has not finished is left out."""
    files: list[str] = []
    folders: list[str] = []
    with os.scandir(folder) as listing:
        for item in listing:
            if not item.name.startswith(TEMPORARY_PREFIX):
                (folders if item.is_dir(follow_symlinks=False) else files).append(prefix + item.name)
    return files, folders


def _mode(facts: Facts) -> str:
    if facts is None:
        return _GITLINK
    if isinstance(facts, bytes):
        return mode_of(facts)
    if stat.S_ISLNK(facts.st_mode):
        return _LINK
    if not stat.S_ISREG(facts.st_mode):
        return _NO_FILE
    return "100755" if facts.st_mode & stat.S_IXUSR else "100644"
