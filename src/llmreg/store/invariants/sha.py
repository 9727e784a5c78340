"""The ledger and the version files agree: each line's digest is its file's, and each has the other.

Why it breaks:
    Without a baseline (a shallow clone, a tarball) this is what shows that a file was touched after registration. A
    line without a file cannot be served; a file without a line is no version, though it looks like one.

Example:
    versions/1.0.0.json was edited by hand: its SHA-256 is no longer the one in `versions.jsonl`.

Instead:
    Restore the file from Git. To change a schema edit the working file and run `llmreg register`. A version file that a
    crash left behind is adopted by the next `llmreg register`, or removed by `llmreg doctor`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from llmreg.errors import InputError, LimitError
from llmreg.store.invariant import Breach, Invariant
from llmreg.store.layout import ledger_path, versions_dir
from llmreg.store.registry import SubjectView


def find(base: SubjectView | None, head: SubjectView | None) -> Iterator[Breach]:
    del base  # needs no baseline, so that it holds at depth 1 and on a tarball
    if head is None:
        return
    ledger = ledger_path(head.name)
    try:
        lines = head.ledger
    except InputError as error:
        for problem in error.problems:
            yield Breach(f"the ledger cannot be read: {problem.message}", ledger, problem.line, error.hint)
        return
    known = {str(line.version) for line in lines}
    for stem, paths in head.version_paths.items():
        if stem not in known:
            yield Breach(
                f"{stem} has a file, but no line in the ledger", paths[0], None, f"`llmreg register {head.name}`"
            )
    yield from _digests(head, ledger)


def _digests(head: SubjectView, ledger: str) -> Iterator[Breach]:
    present = [str(line.version) for line in head.ledger if str(line.version) in head.version_paths]
    try:
        files = head.read_versions(present)
    except LimitError as error:
        yield Breach(error.message, versions_dir(head.name), None, error.hint)
        return
    for number, line in enumerate(head.ledger, start=1):
        data = files.get(str(line.version))
        if data is None:
            yield Breach(f"{line.version} has a line in the ledger, but no file", ledger, number, "restore it from Git")
        elif hashlib.sha256(data).hexdigest() != line.sha256:
            yield Breach(
                f"the bytes of version {line.version} are not the registered ones (ledger line {number})",
                head.version_path(str(line.version)),
                1,
                "restore the file from Git, and register the change as a new version",
            )


INVARIANT = Invariant("each ledger line equals its version file", find)
