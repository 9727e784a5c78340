"""Whether everything that a release contained is still there, byte for byte: two trees are compared, nothing else."""

from __future__ import annotations

from collections.abc import Callable

from llmreg.errors import GitError
from llmreg.model.finding import Finding
from llmreg.model.record import dataclass
from llmreg.model.snapshot import Snapshot
from llmreg.store import layout
from llmreg.store.changed import subjects_in, touched
from llmreg.store.git import GitReader
from llmreg.store.invariant import invariants
from llmreg.store.layout import Role
from llmreg.store.porcelain import Porcelain
from llmreg.store.registry import RegistryView
from llmreg.store.revision import RevisionSnapshot

Advance = Callable[[int, int, str], None]
_CODES = ("ledger-prefix", "immutable", "removed")


@dataclass(frozen=True, slots=True)
class Verification:
    """`versions` were registered at the release; `findings` says which of them are not what they were. `signature` is
    Git's word on the tag's signature (None: not asked, or not a signed tag)."""

    revision: str
    commit: str
    versions: int
    findings: tuple[Finding, ...]
    signature: str | None = None


def verify(
    reader: GitReader, revision: str, head: Snapshot, advance: Advance | None = None, *, signature: bool = False
) -> Verification:
    """Compare the registry at `revision` with `head`. Raises GitError for an unknown revision or a bad signature."""
    commit = reader.resolve(revision)
    words = _signature(reader, revision) if signature else None
    old = RegistryView(RevisionSnapshot(reader, commit, revision))
    new = RegistryView(head)
    differing = sorted(touched(old.snapshot, new.snapshot) & subjects_in(old.snapshot.entries(layout.SUBJECTS)))
    findings: list[Finding] = []
    for done, name in enumerate(differing, start=1):
        for code in _CODES:
            findings += invariants()[code].check(old.view(name), new.view(name))
        if advance is not None:
            advance(done, len(differing), name)
    paths = old.snapshot.entries(layout.SUBJECTS)
    versions = sum(layout.parse_path(path).role is Role.VERSION for path in paths)
    return Verification(revision, commit, versions, tuple(findings), words)


def _signature(reader: GitReader, revision: str) -> str | None:
    """Git's word on a signed tag; None where `revision` is no tag or carries no signature."""
    name = revision.removeprefix("refs/tags/")
    if name not in reader.annotated_tags():
        return None
    try:
        return Porcelain(reader.repository).verify_tag(name)
    except GitError as error:
        if error.message == "error: no signature found":  # Git's word; GnuPG says it of a broken one, with more
            return None
        raise
