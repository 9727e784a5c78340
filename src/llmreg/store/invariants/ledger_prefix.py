"""The ledger only grows: what the baseline's ledger says, the head's says too, first and byte for byte.

Why it breaks:
    The ledger is the registry's memory. A line that is changed, dropped or moved gives versions other numbers, other
    digests, or no existence at all, and clients that hold an id get another schema for it.

Example:
    The baseline ends with version 1.1.0. A merge conflict is resolved as "ours first": 1.2.0 now stands before 1.1.0.

Instead:
    Keep the baseline's lines first and add new ones below. After a merge conflict run `llmreg resolve SUBJECT`. To take
    a version out of use, retire it: `llmreg retire SUBJECT@VERSION --reason …`. Do not revert a registration.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.store.invariant import Breach, Invariant
from llmreg.store.layout import ledger_path
from llmreg.store.registry import SubjectView

_FIX = "restore the baseline's lines and add new ones below them: `llmreg resolve {}`"


def find(base: SubjectView | None, head: SubjectView | None) -> Iterator[Breach]:
    if base is None or head is None:
        return
    old, new = base.ledger_bytes, head.ledger_bytes
    if new.startswith(old):
        return
    path, fix = ledger_path(head.name), _FIX.format(head.name)
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for number, line in enumerate(old_lines, start=1):
        if number > len(new_lines):
            lost = len(old_lines) - len(new_lines)
            yield Breach(f"the last {lost} of the baseline's {len(old_lines)} lines are gone", path, None, fix)
            return
        if line != new_lines[number - 1]:
            what = "moved" if line in new_lines else "changed or removed"
            yield Breach(f"line {number} of the baseline's ledger was {what}", path, number, fix)
            return


INVARIANT = Invariant("the baseline's ledger is a byte prefix of the head's", find, needs_base=True)
