"""A snapshot held in memory: for tests, documentation and questions like "what if this were registered"."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from llmreg.errors import LimitError, NotFoundError
from llmreg.model.snapshot import Entry
from llmreg.store.layout import max_bytes
from llmreg.store.listing import Listing

_REGULAR = "100644"


def blob_id(data: bytes, object_format: str = "sha1") -> str:
    """The id that Git gives a blob of these bytes."""
    digest = hashlib.new(object_format, f"blob {len(data)}\0".encode(), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def below(path: str, prefix: str) -> bool:
    """Whether `path` is `prefix` or lies below it; everything lies below ""."""
    return not prefix or path == prefix or path.startswith(f"{prefix}/")


class MemorySnapshot:
    """Files as a mapping from path to bytes; `modes` overrides 100644."""

    def __init__(
        self, files: Mapping[str, bytes], *, label: str = "memory", modes: Mapping[str, str] | None = None
    ) -> None:
        self._listing = Listing(files)
        self._files = self._listing.files
        self._modes = dict(modes or {})
        self._label = label

    @property
    def label(self) -> str:
        return self._label

    def entries(self, prefix: str = "") -> Mapping[str, Entry]:
        return {
            path: Entry(self._modes.get(path, _REGULAR), blob_id(data))
            for path, data in self._listing.below(prefix).items()
        }

    def read(self, path: str) -> bytes:
        data = self._files.get(path)
        if data is None:
            raise NotFoundError(f"no file {path} in {self._label}")
        if len(data) > max_bytes(path):
            raise LimitError(f"{path}: {len(data)} bytes is more than the limit of {max_bytes(path)}")
        return data

    def read_many(self, paths: list[str]) -> Mapping[str, bytes]:
        return {path: self.read(path) for path in paths if path in self._files}

    def warm(self, prefixes: list[str]) -> None:
        """Nothing to prepare."""
