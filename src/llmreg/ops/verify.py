"""`verify`: whether every version and ledger of a release is still what it was."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmreg.errors import GitError, NotFoundError
from llmreg.model.finding import Finding
from llmreg.model.record import dataclass
from llmreg.store import layout
from llmreg.store import verify as trees
from llmreg.store.layout import Role
from llmreg.store.registry import RegistryView
from llmreg.store.releases import newest_tag
from llmreg.store.verify import Advance, Verification
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Signature:
    """What Git said about a signed tag: `words` are those of GnuPG or ssh-keygen."""

    valid: bool
    words: str

    def to_json(self) -> dict[str, Any]:
        return {"valid": self.valid, "words": self.words}


@dataclass(frozen=True, slots=True)
class Verified:
    """`revision` with the reason why it was chosen, what was counted there, and what is not as it was in `head`.

    `signature` is None where `revision` is not a signed tag."""

    revision: str
    why: str
    commit: str
    head: str
    subjects: int
    ledgers: int
    versions: int
    findings: tuple[Finding, ...]
    signature: Signature | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing differs and a signature, if there is one, holds."""
        return not self.findings and (self.signature is None or self.signature.valid)

    def to_json(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in self.__slots__}
        return (
            {"ok": self.ok}
            | fields
            | {
                "findings": [finding.to_json() for finding in self.findings],
                "signature": self.signature.to_json() if self.signature else None,
            }
        )


def verify(
    start: Path, env: Mapping[str, str], revision: str | None = None, advance: Advance | None = None
) -> Verified:
    """Compare the registry at `revision` with the work tree (in a bare repository: with HEAD).

    Without `revision`: the newest tag that holds the registry, else HEAD. Raises GitError, NotFoundError."""
    with Workspace.open(start, env) as workspace:
        name, why = (revision, "asked for") if revision else _newest(workspace)
        old = workspace.revision(name)
        head = workspace.worktree() if workspace.root is not None else workspace.revision("HEAD")
        done, signature = _compare(workspace, name, head, advance)
        roles = [layout.parse_path(path).role for path in old.snapshot.entries(layout.SUBJECTS)]
        return Verified(
            revision=name.removeprefix("refs/tags/"),
            why=why,
            commit=done.commit,
            head=head.snapshot.label,
            subjects=len(old.names),
            ledgers=roles.count(Role.LEDGER),
            versions=done.versions,
            findings=done.findings,
            signature=signature,
        )


def _newest(workspace: Workspace) -> tuple[str, str]:
    reader = workspace.reader

    def holds(commit: str) -> bool:
        return workspace.at(commit).has_config

    tag = newest_tag(reader, holds)
    if tag is not None:
        return f"refs/tags/{tag}", "the newest tag"
    if reader.try_resolve("HEAD") is None:
        raise NotFoundError("there is neither a tag nor a commit to verify against", hint="commit the registry first")
    return "HEAD", "no tag holds this registry"


def _compare(
    workspace: Workspace, name: str, head: RegistryView, advance: Advance | None
) -> tuple[Verification, Signature | None]:
    """A signature that does not hold is an answer, not an error: the comparison goes on."""
    try:
        done = trees.verify(workspace.reader, name, head.snapshot, advance, signature=True)
    except GitError as error:
        return trees.verify(workspace.reader, name, head.snapshot, advance), Signature(False, error.message)
    return done, Signature(True, done.signature) if done.signature is not None else None
