"""Names and files are plain: every system can check them out, and nothing in them points elsewhere.

Why it breaks:
    Two names that differ only in case are one file on a Mac. A symbolic link, a submodule or an LFS pointer is not the
    schema's text, and reading through it would show other bytes than those that are registered. Two files of one
    version are two truths.

Example:
    `subjects/chat/Reply` next to `subjects/chat/reply`; `versions/1.0.0.json` next to `versions/1.0.0.yaml`;
    `schema.json` as a link to `../../other/schema.json`.

Instead:
    Rename before the first registration. Replace links by files, run `git lfs pull` and keep `subjects/` out of LFS,
    save version files with LF line ends (`.gitattributes` from `llmreg init` sees to it).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from llmreg.errors import LimitError
from llmreg.model.snapshot import Entry
from llmreg.model.subject import name_problem
from llmreg.model.version import Version
from llmreg.store.invariant import Breach, Invariant
from llmreg.store.layout import CONFIG_FILE, SUBJECTS, Role, config_path, parse_path, subject_dir
from llmreg.store.registry import RegistryView, SubjectView

_DEVICE = r"(?!(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$))"
_SEGMENT = re.compile(_DEVICE + r"[A-Za-z0-9._][A-Za-z0-9._+-]{0,199}", re.ASCII)
_RESERVED = frozenset({".", "..", ".git"})
_LFS = b"version https://git-lfs.github.com/spec/"
_MODES = {"120000": "a symbolic link", "160000": "a submodule", "000000": "a device or a pipe"}
_READ = (Role.CONFIG, Role.WORKING, Role.LEDGER, Role.VERSION)


def find(base: SubjectView | None, head: SubjectView | None) -> Iterator[Breach]:
    del base
    if head is None or not head.exists:
        return
    problem = name_problem(head.name)
    if problem:
        yield Breach(f"{head.name!r} cannot name a subject: {problem}", subject_dir(head.name))
    if config_path(head.name) not in head.entries:
        yield Breach(f"{CONFIG_FILE} is missing", config_path(head.name), None, f"`llmreg new {head.name}`")
    yield from _paths(head)
    yield from _twins(head)
    yield from _contents(head)


def scan(registry: RegistryView) -> Iterator[Breach]:
    """Subjects whose names, or the names of folders above them, differ only in case; links in the place of folders."""
    for path, entry in _outside_subjects(registry):
        if entry.mode in _MODES:
            yield Breach(f"{_MODES[entry.mode]}: links are not followed", path, None, "put the files themselves there")
    spellings: dict[str, set[str]] = defaultdict(set)
    for name in registry.names:
        parts = name.split("/")
        for length in range(1, len(parts) + 1):
            folder = "/".join(parts[:length])
            spellings[folder.casefold()].add(folder)
    yield from _spelt_twice(spellings.values())


def _outside_subjects(registry: RegistryView) -> Iterator[tuple[str, Entry]]:
    names = frozenset(registry.names)
    entries = registry.snapshot.entries(SUBJECTS)
    for path in entries:
        where = parse_path(path)
        if where.role is Role.OTHER and where.subject not in names:
            yield path, entries[path]


def _paths(head: SubjectView) -> Iterator[Breach]:
    for path in head.entries:
        where = parse_path(path)
        parts = path.removeprefix(f"{subject_dir(head.name)}/").split("/")
        bad = [part for part in parts if not _SEGMENT.fullmatch(part) or part.casefold() in _RESERVED]
        if bad or path.endswith("."):
            yield Breach(f"{path!r} is not a name that every system can check out", path)
        elif where.role is Role.STRAY:
            yield Breach(
                "this is no version file", path, None, "versions/ holds VERSION.json and the like, nothing else"
            )
        elif where.role is Role.VERSION and _no_version(where.stem or ""):
            yield Breach(_no_version(where.stem or ""), path)


def _no_version(stem: str) -> str:
    try:
        Version.parse(stem)
    except ValueError as error:
        return str(error)
    return ""


def _twins(head: SubjectView) -> Iterator[Breach]:
    working = [path for path in head.entries if parse_path(path).role is Role.WORKING]
    if len(working) > 1:
        yield Breach(f"{len(working)} working files: which one is it?", working[1], None, "keep one")
    for stem, paths in head.version_paths.items():
        if len(paths) > 1:
            yield Breach(f"version {stem} has {len(paths)} files", paths[1], None, "keep the registered one")
    spellings: dict[str, set[str]] = defaultdict(set)
    for path in head.entries:
        spellings[path.casefold()].add(path.removeprefix(f"{SUBJECTS}/"))
    yield from _spelt_twice(spellings.values())


def _spelt_twice(groups: Iterable[set[str]]) -> Iterator[Breach]:
    for group in groups:
        if len(group) > 1:
            first, *others = sorted(group)
            for other in others:
                yield Breach(f"{other} and {first} differ only in case", f"{SUBJECTS}/{other}", None, "rename one")


def _contents(head: SubjectView) -> Iterator[Breach]:
    plain = []
    for path in head.entries:
        mode = head.entries.mode(path)
        if mode in _MODES:
            yield Breach(f"{_MODES[mode]}: links are not followed", path, None, "put the file itself there")
        elif parse_path(path).role in _READ:
            plain.append(path)
    for path, data in _read(head, plain):
        if data is None:
            yield Breach("larger than anything that belongs into a registry", path)
        elif data.startswith(_LFS):
            yield Breach("a Git LFS pointer, not the file", path, 1, "`git lfs pull`, and keep subjects/ out of LFS")
        elif b"\r" in data and parse_path(path).role in (Role.VERSION, Role.LEDGER):
            line = data.count(b"\n", 0, data.index(b"\r")) + 1
            yield Breach(
                "has carriage returns: line ends must be LF", path, line, "see .gitattributes of `llmreg init`"
            )


def _read(head: SubjectView, paths: list[str]) -> Iterator[tuple[str, bytes | None]]:
    try:
        yield from head.snapshot.read_many(paths).items()
        return
    except LimitError:
        pass
    for path in paths:
        try:
            yield path, head.snapshot.read(path)
        except LimitError:
            yield path, None


INVARIANT = Invariant("names and files are plain and unambiguous", find, scan)
