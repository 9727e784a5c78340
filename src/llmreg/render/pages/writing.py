"""Writes a whole site into a directory, and brings an older one up to date by what changed.

`.pages.json` says what the directory holds: a digest per subject, over everything that its pages are made from. It is
written last, so that a run that was interrupted is completed by the next one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from llmreg.errors import InputError
from llmreg.index.overview import ReferenceLine
from llmreg.index.reader import Index
from llmreg.model.subject import name_problem
from llmreg.render.pages.engine import maker
from llmreg.render.pages.links import parse, subject_page
from llmreg.render.pages.routes import general_page, general_paths
from llmreg.render.pages.site import Site
from llmreg.render.pages.subject import SubjectPages

STATE = ".pages.json"
Advance = Callable[[int, int, str], None]


class Written(NamedTuple):
    """`subjects`: how many had their pages made; `files` were written, `removed` taken away."""

    subjects: int
    files: int
    removed: int


def write(
    index: Index, directory: Path, advance: Advance | None = None, changed: dict[str, str | None] | None = None
) -> Written:
    """Every page of `index` below `directory`, the same bytes as if it had been empty. Files of other makers stay.
    `changed` is told what was written, path → SHA-256, and what was removed, path → None.

    Raises InputError for a subject whose name is no path."""
    site = Site(index, whole=True)
    before = _before(directory)
    now = dict(_keys(site))
    writer = _Writer(directory, {} if changed is None else changed)
    stale = [name for name, key in now.items() if before.get(name) != key]
    for done, name in enumerate(stale, start=1):
        problem = name_problem(name)
        if problem:
            raise InputError(f"no pages for the subject {name!r}: {problem}")
        writer.subject(SubjectPages(site, index.subject(name)), name)
        if advance is not None and done % 50 == 0:
            advance(done, len(stale), "writing pages")
    for name in _gone(directory, before, now):
        writer.drop(name)
    for path in general_paths(site):
        writer.put(path, general_page(site, path) or b"")
    writer.trim_search(set(general_paths(site)))
    writer.put(STATE, json.dumps({"maker": maker(), "subjects": now}, separators=(",", ":")).encode())
    return Written(len(stale), writer.files, writer.removed)


def _keys(site: Site) -> Iterator[tuple[str, str]]:
    """Subject → digest of what its pages are made from: itself, who refers to it, which of its references are there."""
    for line in site.lines:
        near = [*map(_edge, site.refers_to(line.name)), "", *map(_edge, site.used_by(line.name))]
        text = "\n".join((line.digest, *near))
        yield line.name, hashlib.sha256(text.encode()).hexdigest()[:20]


def _edge(line: ReferenceLine) -> str:
    return f"{line.subject}@{line.version} {line.name} {line.target}@{line.target_version} {line.there}"


def _before(directory: Path) -> Mapping[str, str]:
    """What the directory holds by the word of its state file; nothing when another program made it."""
    try:
        state: Any = json.loads((directory / STATE).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(state, dict) or state.get("maker") != maker():
        return {}
    subjects = state.get("subjects")
    return subjects if isinstance(subjects, dict) else {}


def _gone(directory: Path, before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Subjects that have pages here and are no more; without a state file the folders say so."""
    if before:
        return [name for name in before if name not in now]
    root = directory / "s"
    found = (path.parent.relative_to(root).as_posix() for path in root.glob("**/-"))
    return sorted(name for name in found if name not in now)


class _Writer:
    def __init__(self, directory: Path, changed: dict[str, str | None]) -> None:
        self._directory = directory
        self._changed = changed
        self.files = 0
        self.removed = 0

    def subject(self, pages: SubjectPages, name: str) -> None:
        """All pages of one subject; what else lies in its folder is of a version that is no more."""
        folder = (self._directory / subject_page(name)).parent
        fresh = not folder.is_dir()
        folder.mkdir(parents=True, exist_ok=True)
        kept = set()
        for path in pages.paths():
            wanted = parse(path)
            content = pages.content(wanted) if wanted else None
            if content is not None:
                kept.add(path.rpartition("/")[2])
                self.put(path, content, fresh=fresh)
        for file in () if fresh else folder.iterdir():
            if file.name not in kept:
                self._remove(file)

    def drop(self, name: str) -> None:
        """The pages of a subject that is no more, and the folders that this leaves empty."""
        folder = (self._directory / subject_page(name)).parent
        if name_problem(name) or not folder.is_dir():
            return
        for file in list(folder.iterdir()):
            self._remove(file)
        folder.rmdir()
        with suppress(OSError):  # not empty: another subject lives below
            for parent in list(folder.parents)[: name.count("/") + 1]:
                parent.rmdir()

    def put(self, path: str, content: bytes, *, fresh: bool = False) -> None:
        """In one step, and only where the content differs. `fresh`: the folder is new, so that there is nothing to
        compare with and nothing to replace."""
        target = self._directory / path
        if fresh:
            target.write_bytes(content)
            self._wrote(path, content)
            return
        with suppress(FileNotFoundError):
            if target.read_bytes() == content:
                return
        beside = target.with_name(f".{target.name}.tmp")
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.replace(target)
        self._wrote(path, content)

    def trim_search(self, kept: set[str]) -> None:
        """Search files that a smaller registry no longer needs."""
        for file in sorted((self._directory / "assets").glob("search-*.js")):
            if f"assets/{file.name}" not in kept:
                self._remove(file)

    def _wrote(self, path: str, content: bytes) -> None:
        self.files += 1
        self._changed[path] = hashlib.sha256(content).hexdigest()

    def _remove(self, file: Path) -> None:
        file.unlink()
        self.removed += 1
        self._changed[file.relative_to(self._directory).as_posix()] = None
