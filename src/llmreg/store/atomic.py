"""Put files in place so that a crash leaves the old state or the new one, never half of one."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from llmreg.errors import RegistryError
from llmreg.store.layout import TEMPORARY_PREFIX

_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS})
_FEW = 32  # up to here one fsync per file is cheaper than one for the whole system


def write_temporary(folder: Path, data: bytes) -> Path:
    """A new file `.llmreg-*` beside its later place, so that `link` and `rename` stay on one file system."""
    path = folder / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
    finally:
        os.close(descriptor)
    return path


def flush(paths: Iterable[Path]) -> None:
    """Bring the content of files, or the names in directories, to the disk."""
    wanted = list(dict.fromkeys(paths))
    if len(wanted) > _FEW:
        os.sync()
        return
    for path in wanted:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def publish_new(temporary: Path, final: Path) -> None:
    """Give the temporary file its name; raises FileExistsError when the name is taken. The caller holds the lock."""
    try:
        os.link(temporary, final)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(final):
            raise FileExistsError(errno.EEXIST, "exists", str(final)) from None
        temporary.rename(final)
        return
    temporary.unlink()


def replace_all(files: Mapping[Path, bytes]) -> None:
    """Give every file its new content with one rename each, after all of them are safely on the disk."""
    temporaries: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            temporaries[path] = write_temporary(path.parent, data)
        flush(temporaries.values())
        for path, temporary in temporaries.items():
            temporary.replace(path)
    except BaseException:
        for temporary in temporaries.values():
            temporary.unlink(missing_ok=True)
        raise
    flush(path.parent for path in files)


def make_folder(root: Path, relative: str) -> Path:
    """The folder `relative` below `root`, made where it is missing. Raises RegistryError behind a symbolic link."""
    return Folders(root).make(relative)


class Folders:
    """Folders below `root`, each looked at once: for whoever writes thousands of files and holds the lock."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, Path] = {}

    def make(self, relative: str) -> Path:
        """The folder `relative`, made where it is missing. Raises RegistryError behind a symbolic link."""
        if relative not in self._known:
            above, _, _ = relative.rpartition("/")
            if above:
                self.make(above)
            here = self._root / relative
            try:
                here.mkdir()
            except FileExistsError:
                if here.is_symlink() or not here.is_dir():
                    raise RegistryError(
                        f"{relative} is not a folder", hint="links below subjects/ are not followed"
                    ) from None
            self._known[relative] = here
        return self._known[relative]
