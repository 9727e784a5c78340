"""What happened to a registry, commit by commit along the first parent: versions that came, statuses that changed.

The branch's own commits are numbered from 1, its root; that number is the index's generation. It needs the whole
history, so a shallow clone is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from llmreg.errors import GitError, LlmregError
from llmreg.model.record import dataclass
from llmreg.model.subject import VersionStatus
from llmreg.store import layout
from llmreg.store.config import read_subject
from llmreg.store.git import GitReader
from llmreg.store.gitparse import Change
from llmreg.store.history import Origin, first_parent_changes, origins
from llmreg.store.layout import Role


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A version of `subject` that became `deprecated` or `retired`, and the reason given."""

    subject: str
    version: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One commit of the branch that touched subjects. `generation` is its number along the first parent."""

    generation: int
    origin: Origin
    registered: tuple[tuple[str, str], ...]
    statuses: tuple[StatusChange, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """`generation` is the head's number; `moments` are oldest first."""

    generation: int
    moments: tuple[Moment, ...]


def timeline(reader: GitReader, head: str, since: str | None = None) -> Timeline:
    """What happened up to the commit `head`, after the commit `since` where one is given.

    Raises GitError in a shallow clone, and where `since` is not on the head's first-parent history."""
    if reader.is_shallow:
        raise GitError(
            "this clone is shallow: numbers and dates of older versions are unknown",
            hint="fetch the whole history: git fetch --unshallow (in CI: fetch-depth: 0)",
        )
    arguments = ("--first-parent", "--reverse", head, *([f"^{since}"] if since else []))
    commits = reader.rev_list(*arguments).decode().split()
    if since and commits and since not in reader.parents(commits[0])[:1]:
        raise GitError(f"{since[:12]} is not on the first-parent history of {head[:12]}")
    base = int(reader.rev_list("--first-parent", "--count", since)) if since else 0
    numbers = {oid: base + place for place, oid in enumerate(commits, start=1)}
    changes = _changes(reader, commits)
    facts = origins(reader, changes)
    statuses = _Statuses(reader)
    moments = []
    for oid in sorted(changes, key=lambda oid: numbers[oid]):
        registered, edited = changes[oid]
        moments.append(Moment(numbers[oid], facts[oid], tuple(sorted(registered)), tuple(statuses.of(edited))))
    return Timeline(base + len(commits), tuple(moments))


def registry_id(reader: GitReader, head: str) -> str:
    """What names a registry wherever it is cloned: the first commit of its branch, and its folder in the repository."""
    root = reader.rev_list("--first-parent", "--max-parents=0", head).decode().split()[-1]
    return f"{root}/{reader.repository.prefix}".rstrip("/")


def follows(reader: GitReader, earlier: str, head: str) -> bool:
    """Whether `earlier` is on the first-parent history of `head`."""
    if earlier == head:
        return True
    if reader.try_resolve(earlier) is None:
        return False
    commits = reader.rev_list("--first-parent", "--reverse", head, f"^{earlier}").decode().split()
    return bool(commits) and earlier in reader.parents(commits[0])[:1]


_Touched = tuple[list[tuple[str, str]], list[Change]]


def _changes(reader: GitReader, commits: Sequence[str]) -> dict[str, _Touched]:
    """(versions added, settings files changed) by commit, only commits that have either."""
    path = reader.repository.prefix + layout.SUBJECTS
    found: dict[str, _Touched] = {}
    for commit, change in first_parent_changes(reader, "".join(f"{oid}\n" for oid in commits).encode(), path):
        where = layout.parse_path(change.path)
        if where.role is Role.VERSION and change.status == "A" and where.subject and where.stem:
            found.setdefault(commit, ([], []))[0].append((where.subject, where.stem))
        elif where.role is Role.CONFIG and change.new is not None:
            found.setdefault(commit, ([], []))[1].append(change)
    return found


class _Statuses:
    """Reads settings files at two commits; a file that cannot be read says nothing about statuses."""

    def __init__(self, reader: GitReader) -> None:
        self._reader = reader

    def of(self, changes: Sequence[Change]) -> Iterator[StatusChange]:
        wanted = sorted({entry.oid for change in changes for entry in (change.old, change.new) if entry is not None})
        held = {oid: data for oid, data in self._reader.read_objects(wanted) if b"status" in data}
        for change in sorted(changes, key=lambda change: change.path):
            subject = layout.parse_path(change.path).subject or ""
            before, after = (
                _statuses(held.get(entry.oid) if entry else None, change.path) for entry in (change.old, change.new)
            )
            for version, status in after.items():
                earlier = before.get(version, VersionStatus())
                if status.deprecated is not None and earlier.deprecated is None:
                    yield StatusChange(subject, version, "deprecated", status.deprecated)
                if status.retired is not None and earlier.retired is None:
                    yield StatusChange(subject, version, "retired", status.retired)


def _statuses(data: bytes | None, path: str) -> Mapping[str, VersionStatus]:
    try:
        return {} if data is None else read_subject(data, path).status
    except LlmregError:
        return {}
