"""A version file never changes: every version of the baseline is in the head, with the same bytes and file mode.

Why it breaks:
    Somebody generated code, cached a validator or wrote data under these very bytes. Measured on four real registries,
    20 to 85 % of the version files were edited after they had landed, most of them by tools that wrote them again.

Example:
    A formatter hook runs over `versions/` and re-indents 1.0.0.json; or a typo in 1.0.0.json is "just fixed".

Instead:
    Restore the file (`git restore --source=BASELINE -- PATH`) and register the change as a new version. Keep formatter
    hooks out with `exclude: /versions/`.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.store.invariant import Breach, Invariant
from llmreg.store.layout import Role, parse_path
from llmreg.store.registry import SubjectView

_FIX = "restore it from the baseline, and register the change as a new version"


def find(base: SubjectView | None, head: SubjectView | None) -> Iterator[Breach]:
    if base is None or head is None:
        return
    for path in base.entries:
        where = parse_path(path)
        if where.role is not Role.VERSION:
            continue
        what = f"the file of version {where.stem}"
        if path not in head.entries:
            yield Breach(f"{what} was removed", path, None, _FIX)
            continue
        old, new = base.entries[path], head.entries[path]
        if old.oid != new.oid:
            yield Breach(f"{what} was changed", path, 1, _FIX)
        elif old.mode != new.mode:
            yield Breach(f"{what} changed its file mode from {old.mode} to {new.mode}", path, None, _FIX)


INVARIANT = Invariant("every version file of the baseline is unchanged", find, needs_base=True)
