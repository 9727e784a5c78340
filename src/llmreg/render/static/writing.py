"""Writes the tree of plain files, and brings an older one up to date by what changed.

`.static.json` says what the tree holds: a digest per subject, over everything that its answers are made from. It is
written last, so that a run that was stopped is completed by the next one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from llmreg.errors import InputError
from llmreg.index.confluent import MOST, SchemaRegistry
from llmreg.index.overview import reference_lines
from llmreg.index.past import digests
from llmreg.index.reader import Index
from llmreg.model.about import __version__
from llmreg.model.subject import name_problem
from llmreg.render.static import confluent, native
from llmreg.render.static.tree import INDEX, Body, Tree

STATE = ".static.json"
Advance = Callable[[int, int, str], None]
_STEP = 50


class Written(NamedTuple):
    """`subjects`: how many had their files made; `files` were written, `removed` taken away."""

    subjects: int
    files: int
    removed: int


class _Content(NamedTuple):
    """The three names of one content."""

    sha256: str
    schema_id: int
    guid: str


def write(index: Index, directory: Path, changed: dict[str, str | None], advance: Advance | None = None) -> Written:
    """Every answer of `index` below `directory`, the same files as if it had been empty. Files of other makers stay.
    `changed` is told what was written and removed.

    Raises InputError for a subject whose name is no path."""
    fresh = not (directory / "api").exists() and not (directory / "subjects").exists()
    directory.mkdir(parents=True, exist_ok=True)
    return _Site(index, directory, Tree(directory, changed, fresh=fresh)).write(advance)


class _Site:
    def __init__(self, index: Index, directory: Path, tree: Tree) -> None:
        self._index = index
        self._registry = SchemaRegistry(index)
        self._directory = directory
        self._tree = tree

    def write(self, advance: Advance | None) -> Written:
        before = self._before()
        now = _keys(self._index)
        stale = [name for name, key in now.items() if before.get(name) != key]
        contents: set[_Content] = set()
        for done, name in enumerate(stale, start=1):
            contents |= self._known(name)
            contents |= self._subject(name)
            if advance is not None and done % _STEP == 0:
                advance(done, len(stale), "writing plain files")
        gone = sorted(self._gone(before, now))
        for name in gone:
            contents |= self._known(name)
            self._drop(name)
        for content in sorted(contents):
            self._content(content)
        for url, body in (*native.general(self._index), *confluent.general(self._registry)):
            self._tree.put(url, body)
        if self._lists(*stale, *gone):
            self._tree.put(*confluent.listing(self._registry))
        state = {"maker": _maker(), "subjects": now}
        self._tree.note(STATE, json.dumps(state, separators=(",", ":")).encode())
        return Written(len(stale), self._tree.files, self._tree.removed)

    def _lists(self, *names: str) -> bool:
        """Whether the page of schemas that is there may hold one of these subjects, or should."""
        try:
            listed = json.loads((self._directory / "schemas" / f"{INDEX}.json").read_bytes())
            return len(listed) < MOST or any(name <= listed[-1]["subject"] for name in names)
        except (OSError, ValueError):
            return True

    def _before(self) -> Mapping[str, str]:
        """What the directory holds by the word of its state file; nothing when another program made it."""
        try:
            state: Any = json.loads((self._directory / STATE).read_bytes())
        except (OSError, ValueError):
            return {}
        if not isinstance(state, dict) or state.get("maker") != _maker():
            return {}
        subjects = state.get("subjects")
        return subjects if isinstance(subjects, dict) else {}

    def _known(self, name: str) -> set[_Content]:
        """The contents that a subject has on disk."""
        path = self._directory / native.subject_folder(name) / "versions" / f"{INDEX}.json"
        try:
            versions = json.loads(path.read_bytes())["versions"]
        except (OSError, ValueError):
            return set()
        return {_Content(item["sha256"], item["id"], item["guid"]) for item in versions}

    def _subject(self, name: str) -> set[_Content]:
        problem = name_problem(name)
        if problem:
            raise InputError(f"no files for the subject {name!r}: {problem}")
        subject = self._index.subject(name)
        bodies = dict(native.of_subject(self._index, subject))
        bodies |= confluent.of_subject(self._registry, subject)
        self._tree.unit((f"{folder(name)}/versions" for folder in _FOLDERS), bodies)
        return {_Content(item.sha256, item.schema_id, item.guid) for item in subject.versions}

    def _content(self, content: _Content) -> None:
        holders = self._index.by_sha256(content.sha256)
        bodies: dict[str, Body] = dict(native.of_content(self._index, holders)) if holders else {}
        self._tree.unit((native.content_folder(content.sha256),), bodies)
        others: dict[str, Body] = {}
        for found in (*self._index.by_schema_id(content.schema_id)[:1], *self._index.by_guid(content.guid)[:1]):
            others.update(confluent.of_content(self._registry, found))
        self._tree.unit((f"schemas/ids/{content.schema_id}", f"schemas/guids/{content.guid}"), others)

    def _drop(self, name: str) -> None:
        if name_problem(name):
            return
        for folder in _FOLDERS:
            self._tree.drop(f"{folder(name)}/versions")
            self._tree.drop_index(folder(name))
        self._tree.drop_index(f"config/{name}")
        self._tree.drop_index(f"mode/{name}")

    def _gone(self, before: Mapping[str, str], now: Mapping[str, str]) -> set[str]:
        """Subjects that have files here and are no more; without a state file the folders say so."""
        if before:
            return set(before) - set(now)
        root = self._directory / native.subject_folder("")
        found = (path.parent.relative_to(root).as_posix() for path in root.glob("**/versions"))
        return {name for name in found if name not in now}


_FOLDERS = (native.subject_folder, confluent.subject_folder)


def _maker() -> str:
    return f"llmreg {__version__} static 1"


def _keys(index: Index) -> dict[str, str]:
    """Subject → digest of what its answers are made from: itself, who refers to it, what it refers to."""
    own = digests(index)
    near: dict[str, set[str]] = {}
    for line in reference_lines(index):
        near.setdefault(line.subject, set()).add(line.target)
        near.setdefault(line.target, set()).add(line.subject)
    return {name: _key(digest, near.get(name, ()), own) for name, digest in own.items()}


def _key(digest: str, near: Iterable[str], own: Mapping[str, str]) -> str:
    parts: Iterator[str] = (f"{name} {own.get(name)}" for name in sorted(near))
    return hashlib.sha256("\n".join((digest, *parts)).encode()).hexdigest()[:20]
