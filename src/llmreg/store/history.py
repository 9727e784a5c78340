"""Where a version came from: commit, author, time and pull request, computed from the first-parent history.

Nothing of this is stored: squash and rebase merges change commit ids, and the answer is a matter of the branch that is
asked about.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping

from llmreg.model.record import dataclass
from llmreg.store import layout
from llmreg.store.git import GitReader
from llmreg.store.gitparse import Change, raw_change
from llmreg.store.layout import Role

_FIRST_PARENT = (
    "-m",
    "--first-parent",
    "-r",
    "--raw",
    "-z",
    "--no-renames",
    "--no-abbrev",
    "--no-ext-diff",
    "--root",
)
_PULL_REQUEST = re.compile(r"\(#([0-9]{1,10})\)|^Merge pull request #([0-9]{1,10}) ")
_PERSON = re.compile(r"(?P<name>.*?) ?<(?P<email>[^<>]*)> (?P<seconds>-?[0-9]+) [-+][0-9]{4}")


@dataclass(frozen=True, slots=True)
class Origin:
    """The commit on this branch that brought a version. `time` is the committer's, in seconds since 1970 (UTC).

    `pull_request` comes from `(#n)` in the commit's subject, or GitHub's merge subject."""

    commit: str
    author: str
    email: str
    time: int
    subject: str
    pull_request: int | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Origin by (subject, version text); None where a shallow clone hides it. `warning` says so."""

    origins: Mapping[tuple[str, str], Origin | None]
    warning: str | None = None


def provenance(reader: GitReader, head: str, subject: str | None = None) -> Provenance:
    """The origins of every version file present on the way to the commit `head`, of one subject or of all.

    One pass over the first-parent history; the newest commit that added a file counts.
    """
    inside = reader.repository.prefix
    path = inside + (layout.versions_dir(subject) if subject else layout.SUBJECTS)
    commits = reader.rev_list("--first-parent", head, "--", path)
    added = _additions(reader, commits, path)
    boundary = _boundary(reader, head)
    found = origins(reader, {commit for commit in added.values() if commit not in boundary})
    hidden = any(commit in boundary for commit in added.values())
    warning = "this clone is shallow: where older versions came from is unknown" if hidden else None
    return Provenance({version: found.get(commit) for version, commit in added.items()}, warning)


def _additions(reader: GitReader, commits: bytes, path: str) -> dict[tuple[str, str], str]:
    """The commit that added each (subject, version): the newest, which comes first."""
    found: dict[tuple[str, str], str] = {}
    for commit, change in first_parent_changes(reader, commits, path):
        where = layout.parse_path(change.path)
        if change.status == "A" and where.role is Role.VERSION and where.subject and where.stem:
            found.setdefault((where.subject, where.stem), commit)
    return found


def first_parent_changes(reader: GitReader, commits: bytes, path: str) -> Iterator[tuple[str, Change]]:
    """(commit, change) of everything that each commit, one id a line, did to `path`; places count from the registry."""
    cut = len(reader.repository.prefix)
    commit = ""
    fields = iter(os.fsdecode(reader.diff_tree_stdin(commits, _FIRST_PARENT, path)).split("\0"))
    for item in fields:
        if item.startswith(":"):
            yield commit, raw_change(item, next(fields)[cut:])
        else:
            commit = item.strip() or commit


def _boundary(reader: GitReader, head: str) -> frozenset[str]:
    """Commits whose parents this clone lacks: every file looks as if they had added it."""
    if not reader.is_shallow:
        return frozenset()
    roots = reader.rev_list("--first-parent", "--max-parents=0", head).decode().split()
    return frozenset(commit for commit in roots if reader.parents(commit))


def origins(reader: GitReader, commits: Iterable[str]) -> dict[str, Origin]:
    """Author, time and subject line by commit."""
    return {oid: _origin(oid, data) for oid, data in reader.read_objects(sorted(commits), kind="commit")}


def _origin(oid: str, data: bytes) -> Origin:
    header, _, message = data.decode("utf-8", "replace").partition("\n\n")
    fields: dict[str, str] = {}
    for line in header.split("\n"):
        key, _, value = line.partition(" ")
        fields.setdefault(key, value)
    author = _PERSON.fullmatch(fields.get("author", ""))
    committer = _PERSON.fullmatch(fields.get("committer", ""))
    subject = message.lstrip("\n").partition("\n")[0]
    numbers = [next(filter(None, match.groups())) for match in _PULL_REQUEST.finditer(subject)]
    return Origin(
        commit=oid,
        author=author["name"] if author else "",
        email=author["email"] if author else "",
        time=int(committer["seconds"]) if committer else 0,
        subject=subject,
        pull_request=int(numbers[-1]) if numbers else None,
    )
