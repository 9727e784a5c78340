"""Versions grow: a new line's version is above every earlier one of its major, and no number is used twice.

Why it breaks:
    Ranges such as ^1.2 pick the highest version. One that is added below an existing version is never seen by those
    who hold a later one; one that is used twice means two things.

Example:
    1.3.0 stands in the ledger and 1.2.1 is added below it; or 1.0.1, which was retired, is registered again.

Instead:
    Register under the next free version: `llmreg register` proposes it, `llmreg resolve SUBJECT` gives it to a line
    that a merge brought in. Patches to an older major are fine.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.model.version import Version
from llmreg.store.invariant import Breach, Invariant, readable_ledger
from llmreg.store.layout import ledger_path
from llmreg.store.registry import SubjectView


def find(base: SubjectView | None, head: SubjectView | None) -> Iterator[Breach]:
    del base
    if head is None:
        return
    highest: dict[int, Version] = {}
    seen: set[str] = set()
    for number, line in enumerate(readable_ledger(head), start=1):
        version, top = line.version, highest.get(line.version.major)
        if str(version) in seen:
            message = f"version {version} is registered twice"
        elif top is not None and version <= top:
            message = f"version {version} comes after {top}, but is not above it"
        else:
            message = ""
        if message:
            yield Breach(message, ledger_path(head.name), number, f"`llmreg resolve {head.name}`")
        seen.add(str(version))
        highest[version.major] = version if top is None else max(top, version)


INVARIANT = Invariant("versions grow within their major, and none is used twice", find)
