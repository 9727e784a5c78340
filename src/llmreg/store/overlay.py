"""A snapshot with a few files replaced or gone: how things will be, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from llmreg.errors import NotFoundError
from llmreg.model.snapshot import Entry, Snapshot
from llmreg.store import atomic
from llmreg.store.memory import blob_id

_REGULAR = "100644"


class OverlaySnapshot:
    """`changes` maps a path to its new bytes, or to None where the file is gone."""

    def __init__(self, under: Snapshot, changes: Mapping[str, bytes | None]) -> None:
        self._under = under
        self._changes = dict(changes)

    @property
    def label(self) -> str:
        return self._under.label

    def entries(self, prefix: str = "") -> Mapping[str, Entry]:
        """Hashes every file below `prefix`: meant for one subject, not for the whole registry."""
        found = {path: entry for path, entry in self._under.entries(prefix).items() if path not in self._changes}
        for path, data in self._changes.items():
            if data is not None and (not prefix or path == prefix or path.startswith(f"{prefix}/")):
                found[path] = Entry(_REGULAR, blob_id(data))
        return dict(sorted(found.items()))

    def read(self, path: str) -> bytes:
        if path not in self._changes:
            return self._under.read(path)
        data = self._changes[path]
        if data is None:
            raise NotFoundError(f"no file {path} in {self.label}")
        return data

    def read_many(self, paths: list[str]) -> Mapping[str, bytes]:
        found = dict(self._under.read_many([path for path in paths if path not in self._changes]))
        found.update({path: data for path in paths if (data := self._changes.get(path)) is not None})
        return {path: found[path] for path in paths if path in found}


def put(root: Path, changes: Mapping[str, bytes | None], *, last: str) -> None:
    """Make the files below `root` what the overlay shows: all others, then the file `last`, then what is gone."""
    files = {path: data for path, data in changes.items() if data is not None}
    for path in files:
        atomic.make_folder(root, path.rpartition("/")[0])
    for chosen in ([path for path in files if path != last], [path for path in files if path == last]):
        atomic.replace_all({root / path: files[path] for path in chosen})
    for path in changes.keys() - files.keys():
        (root / path).unlink(missing_ok=True)
