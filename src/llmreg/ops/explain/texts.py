"""Finds the schemas that a report names: versions, working files, loose files, files at a revision."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any

from llmreg.compat.schemas import Schemas
from llmreg.compat.selector import select
from llmreg.errors import LlmregError
from llmreg.model.jsontext import MAX_DOCUMENT_BYTES, dumps, loads
from llmreg.model.pointer import lookup
from llmreg.model.record import dataclass
from llmreg.store import yamltext
from llmreg.store.git import GitReader
from llmreg.store.registry import RegistryView
from llmreg.store.revision import RevisionSnapshot
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Text:
    """A schema's text: `name` for people, `target` as `llmreg validate` takes it, `fetch` what must run before."""

    name: str
    data: bytes
    target: str
    path: str
    fetch: str = ""

    def at(self, pointer: str, line: int | None) -> str | None:
        """The JSON value at the pointer, indented; of other texts the line."""
        with suppress(LlmregError, LookupError, ValueError):
            return dumps(lookup(loads(self.data, max_bytes=MAX_DOCUMENT_BYTES), pointer), indent=2)
        lines = self.data.decode("utf-8", "replace").split("\n")
        return lines[line - 1].strip() if line is not None and 0 < line <= len(lines) else None


class Texts:
    """The texts around `start`: a registry where there is one, files, and what Git knows of them."""

    def __init__(self, start: Path, environment: Mapping[str, str]) -> None:
        self._start = start
        self._environment = environment
        self._workspace: Workspace | None = None
        self._registry: RegistryView | None = None
        with suppress(LlmregError):  # in no registry, or in a bare one
            self._workspace = Workspace.open(start, environment)
            self._registry = self._workspace.worktree()

    def __enter__(self) -> Texts:
        return self

    def __exit__(self, *_: object) -> None:
        if self._workspace is not None:
            self._workspace.close()

    def resolve(self, format_name: str) -> Any:
        """Where pinned references lead; None outside a registry."""
        return Schemas(self._registry).resolve(format_name) if self._registry is not None else None

    def new(self, subject: Mapping[str, Any]) -> Text | None:
        """The judged side: a version, the working file, or what a `diff` or a loose check names."""
        name, version = subject.get("subject"), subject.get("version")
        if not isinstance(name, str):
            return None
        if self._registry is None or not self._registry.has(name):
            return self._named(str(subject.get("pending") or subject.get("file") or name))
        return self._named(f"{name}@{version}") if version else self._working(name)

    def old(self, subject: Mapping[str, Any], against: Any) -> Text | None:
        """The side that it was compared with."""
        name = subject.get("subject")
        if not isinstance(against, str) or not isinstance(name, str):
            return None
        if self._registry is not None and self._registry.has(name):
            return self._named(f"{name}@{against}")
        return self._named(against) or self._named(f"{against}:{subject.get('file') or name}")

    def _named(self, label: str) -> Text | None:
        """A file that exists, then `SUBJECT@VERSION`, then `REV:PATH`; None where it is none of them."""
        with suppress(LlmregError, OSError):
            for folder in (self._start, self._top()):
                if folder is not None and (folder / label).is_file():
                    return _loose(label, (folder / label).read_bytes(), self._path(folder / label))
            if self._registry is not None and "@" in label:
                subject, line = select(self._registry, label)
                path = subject.version_path(str(line.version))
                return Text(label, subject.version_bytes(str(line.version)), shlex.quote(label), path)
            revision, colon, path = label.partition(":")
            return self._at(revision, path) if colon else None
        return None

    def _working(self, name: str) -> Text | None:
        with suppress(LlmregError):
            view = self._registry.subject(name) if self._registry is not None else None
            if view is not None and view.working is not None and self._workspace is not None:
                path, data = view.working
                return Text(path, data, self._path((self._workspace.root or self._start) / path), path)
        return None

    def _path(self, file: Path) -> str:
        """A file for the shell, seen from where the person is."""
        return shlex.quote(os.path.relpath(file, self._start))

    def _top(self) -> Path | None:
        with suppress(LlmregError), GitReader.open(self._start, env=self._environment) as reader:
            return reader.repository.top_level
        return None

    def _at(self, revision: str, path: str) -> Text | None:
        with GitReader.open(self._start, env=self._environment) as reader:
            snapshot = RevisionSnapshot(reader, reader.resolve(revision), revision, "")
            copy = shlex.quote(f"old{PurePath(path).suffix}")
            fetch = f"git show {shlex.quote(f'{revision}:{path}')} > {copy} && "
            found = _loose(path, snapshot.read(path), copy)
            return Text(f"{revision}:{path}", found.data, copy, path, fetch)


def _loose(label: str, data: bytes, target: str) -> Text:
    is_yaml = label.endswith((".yaml", ".yml"))
    return Text(label, yamltext.to_json(data, label) if is_yaml else data, target, label)
