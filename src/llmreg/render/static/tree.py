"""Files below a directory: written only where they differ, each with a gzipped twin; removed when nobody wants them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from llmreg.model.jsontext import dumps
from llmreg.model.packing import gzip_member

INDEX = "_index"
_GZIP_FROM = 512  # bytes; as the server does


class Body(NamedTuple):
    """What a URL answers. `packed`: the same as one gzip member, where there is one already."""

    content: bytes
    ending: str = "json"
    packed: bytes | None = None


def json_body(value: Any) -> Body:
    """The same bytes as the server sends."""
    return Body(dumps(value).encode())


class Tree:
    """`changed`: path below the directory → SHA-256 of what was written, None for what was removed. `fresh`: nothing
    of ours is there yet, so that nothing has to be compared or replaced."""

    def __init__(self, directory: Path, changed: dict[str, str | None], *, fresh: bool) -> None:
        self._directory = directory
        self._changed = changed
        self._fresh = fresh
        self._folders: set[Path] = set()
        self.files = 0
        self.removed = 0

    def put(self, url: str, body: Body) -> None:
        """Write the answer of one URL."""
        name = f"{url}/{INDEX}.{body.ending}"
        packed = body.packed
        if packed is None and len(body.content) >= _GZIP_FROM:
            packed = gzip_member(body.content)
        if packed is not None and len(packed) >= len(body.content):
            packed = None
        if self._write(name, body.content) or packed is not None:
            self._twin(f"{name}.gz", packed)

    def unit(self, folders: Iterable[str], bodies: Mapping[str, Body]) -> None:
        """Write these URLs, and remove every other file below the folders, which belong to them alone."""
        for url, body in bodies.items():
            self.put(url, body)
        if self._fresh:
            return
        for folder in folders:
            for path in sorted((self._directory / folder).rglob("*"), reverse=True):
                inside = path.relative_to(self._directory).as_posix()
                if path.is_dir():
                    with suppress(OSError):  # not empty
                        path.rmdir()
                elif inside.rpartition("/")[0] not in bodies:
                    path.unlink()
                    self._gone(inside)

    def drop(self, folder: str) -> None:
        """Remove a folder that nothing wants, with all that is in it, and those above that this leaves empty."""
        root = self._directory / folder
        if not root.is_dir():
            return
        for path in root.rglob("*"):
            if path.is_file():
                self._gone(path.relative_to(self._directory).as_posix())
        shutil.rmtree(root)
        self._prune(root.parent)

    def note(self, name: str, content: bytes) -> None:
        """Write a file of our own."""
        self._write(name, content)

    def drop_index(self, url: str) -> None:
        """Remove the answer of one URL, and not what lies below it."""
        folder = self._directory / url
        for path in folder.glob(f"{INDEX}.*"):
            path.unlink()
            self._gone(path.relative_to(self._directory).as_posix())
        self._prune(folder)

    def _prune(self, folder: Path) -> None:
        with suppress(OSError):  # not empty
            while folder != self._directory:
                folder.rmdir()
                folder = folder.parent

    def _gone(self, path: str) -> None:
        self._changed[path] = None
        self.removed += 1

    def _twin(self, name: str, packed: bytes | None) -> None:
        if packed is not None:
            self._write(name, packed)
        elif not self._fresh and (self._directory / name).is_file():
            (self._directory / name).unlink()
            self._gone(name)

    def _write(self, name: str, content: bytes) -> bool:
        """In one step, and only where the content differs; whether it did."""
        target = self._directory / name
        if target.parent not in self._folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(target.parent)
        if self._fresh:
            target.write_bytes(content)
        else:
            with suppress(FileNotFoundError):
                if target.read_bytes() == content:
                    return False
            beside = target.with_name(f".{target.name}.tmp")
            beside.write_bytes(content)
            beside.replace(target)
        self._changed[name] = hashlib.sha256(content).hexdigest()
        self.files += 1
        return True
