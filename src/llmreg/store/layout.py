"""Where everything is: the only place that knows the registry's file and folder names."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from llmreg.errors import NotFoundError
from llmreg.model.jsontext import MAX_DOCUMENT_BYTES

REGISTRY_FILE = "llmreg.yaml"
ATTRIBUTES_FILE = ".gitattributes"
SUBJECTS = "subjects"
CONFIG_FILE = "subject.yaml"
LEDGER_FILE = "versions.jsonl"
VERSIONS = "versions"
EXAMPLES = "examples"
BINDINGS = "bindings"
EXTENSIONS = (".json", ".yaml", ".avsc", ".proto", ".jinja")
WORKING_FILES = tuple(f"schema{extension}" for extension in EXTENSIONS)
TEMPORARY_PREFIX = ".llmreg-"
LOCK_FILE = "llmreg.lock"
MAX_LEDGER_BYTES = 64 << 20

# With core.autocrlf=true and no attribute a checkout's bytes differ from the blob's, and every digest would break.
# The version files are folded in code review: people read the diff of the working file.
ATTRIBUTES = "* text=auto eol=lf\nsubjects/**/versions/** linguist-generated=true\n"


class Role(StrEnum):
    """What a path of the registry is for."""

    REGISTRY = "registry"
    CONFIG = "config"
    WORKING = "working"
    LEDGER = "ledger"
    VERSION = "version"
    EXAMPLE = "example"
    BINDING = "binding"
    STRAY = "stray"  # inside `versions/`, but no version file
    OTHER = "other"


class Location(NamedTuple):
    """What a path is: `subject` where it belongs to one, `stem` the version's text for version files."""

    role: Role
    subject: str | None = None
    stem: str | None = None
    extension: str = ""


def subject_dir(subject: str) -> str:
    """`chat/reply` is `subjects/chat/reply`."""
    return f"{SUBJECTS}/{subject}"


def config_path(subject: str) -> str:
    return f"{SUBJECTS}/{subject}/{CONFIG_FILE}"


def ledger_path(subject: str) -> str:
    return f"{SUBJECTS}/{subject}/{LEDGER_FILE}"


def working_path(subject: str, extension: str) -> str:
    return f"{SUBJECTS}/{subject}/schema{extension}"


def versions_dir(subject: str) -> str:
    return f"{SUBJECTS}/{subject}/{VERSIONS}"


def version_path(subject: str, version: object, extension: str) -> str:
    return f"{SUBJECTS}/{subject}/{VERSIONS}/{version}{extension}"


@lru_cache(maxsize=8192)
def parse_path(path: str) -> Location:
    """What the file at `path` (POSIX, relative to the registry's root) is; names are not judged here."""
    first, _, rest = path.partition("/")
    if first == SUBJECTS and rest:
        return _below_subjects(rest.split("/"))
    if path == REGISTRY_FILE:
        return Location(Role.REGISTRY)
    if first == BINDINGS and rest.endswith(".yaml"):
        return Location(Role.BINDING)
    return Location(Role.OTHER)


def subject_of_ledger(path: str) -> str:
    """What `parse_path` says of a path that ends as a ledger's does, for thousands: "" where it is none."""
    if f"/{VERSIONS}/" in path or f"/{EXAMPLES}/" in path:
        where = parse_path(path)
        return where.subject or "" if where.role is Role.LEDGER else ""
    return path[len(SUBJECTS) + 1 : -len(LEDGER_FILE) - 1]


def _below_subjects(parts: list[str]) -> Location:
    for index, part in enumerate(parts[:-1]):
        if index and part in (VERSIONS, EXAMPLES):
            subject = "/".join(parts[:index])
            if part == EXAMPLES:
                return Location(Role.EXAMPLE, subject)
            return _version_file(subject, parts[index + 1 :])
    subject, name = "/".join(parts[:-1]), parts[-1]
    if not subject:
        return Location(Role.OTHER)
    if name == CONFIG_FILE:
        return Location(Role.CONFIG, subject)
    if name == LEDGER_FILE:
        return Location(Role.LEDGER, subject)
    if name in WORKING_FILES:
        return Location(Role.WORKING, subject, extension=name.removeprefix("schema"))
    if name in (VERSIONS, EXAMPLES):  # a link, a submodule or a file where a folder belongs
        return Location(Role.STRAY, subject)
    return Location(Role.OTHER, subject)


def _version_file(subject: str, below: list[str]) -> Location:
    name = below[-1]
    for extension in EXTENSIONS:
        stem = name.removesuffix(extension)
        if len(below) == 1 and stem and stem != name:
            return Location(Role.VERSION, subject, stem, extension)
    return Location(Role.STRAY, subject)


def max_bytes(path: str) -> int:
    """The most that is ever read of the file at `path`; a schema's own, smaller limit is `max_schema_bytes`."""
    return MAX_LEDGER_BYTES if path.endswith(f"/{LEDGER_FILE}") else MAX_DOCUMENT_BYTES


def find_root(start: Path) -> Path:
    """The nearest directory at or above `start` that holds `llmreg.yaml`. Raises NotFoundError."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / REGISTRY_FILE).is_file():
            return folder
    raise NotFoundError(f"no {REGISTRY_FILE} in {here} or above: this is no registry", hint="create one: llmreg init")
