"""A subject with versions stays: what was registered can be looked up for ever.

Why it breaks:
    References, bindings and stored data name the subject and its versions. A deleted or renamed directory leaves them
    pointing at nothing, and a later subject of that name would start its versions again.

Example:
    `subjects/chat/reply` is renamed to `subjects/chat/answer`.

Instead:
    Keep the directory as it is and retire its versions: `llmreg retire SUBJECT@VERSION --reason …`. To rename, make a
    new subject and say in the old one's `description` where it went. A draft without a version may be deleted.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.store.invariant import Breach, Invariant
from llmreg.store.layout import ledger_path
from llmreg.store.registry import SubjectView


def find(base: SubjectView | None, head: SubjectView | None) -> Iterator[Breach]:
    if base is None or not (base.ledger_bytes or base.version_paths):
        return
    if head is None or not head.exists:
        versions = base.ledger_bytes.count(b"\n")
        yield Breach(
            f"the subject {base.name} is gone, with {versions} registered version{'s' if versions != 1 else ''}",
            ledger_path(base.name),
            None,
            "restore it, and retire its versions instead",
        )


INVARIANT = Invariant("no subject with versions disappears", find, needs_base=True)
