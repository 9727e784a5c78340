"""`doctor`: find what a cut-off write or a merge left behind, and mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from llmreg.model.record import dataclass, replace
from llmreg.store import layout
from llmreg.store.git import GitReader
from llmreg.store.leftovers import Leftover, find_leftovers, mend
from llmreg.store.unstaged import find_conflicts, find_unstaged
from llmreg.store.write import Held, RegistryWriter

Advance = Callable[[int, int, str], None]
_STEPS = 3


@dataclass(frozen=True, slots=True)
class Ailment:
    """One file. `remedy` is what mends it: what `--fix` does, or what a person must do; `mended` whether it was done.
    `path` is relative to the registry's root."""

    path: str
    what: str
    remedy: str
    mended: bool = False

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was found, by path."""

    found: tuple[Ailment, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing is left to mend."""
        return all(ailment.mended for ailment in self.found)

    def to_json(self) -> dict[str, Any]:
        return {"healthy": self.healthy, "found": [ailment.to_json() for ailment in self.found]}


def doctor(start: Path, env: Mapping[str, str], advance: Advance | None = None, *, fix: bool = False) -> Diagnosis:
    """Temporary files, version files that no ledger names, registrations that are not staged, ledgers in conflict.

    `fix` removes or stages them, but for files that Git tracks and conflicts: those are a person's to decide. The write
    lock is held, so that the work of a running `register` is not taken for an accident. Raises LlmregError."""
    writer = RegistryWriter(layout.find_root(start), env)
    with writer.locked() as held, GitReader(writer.repository, env) as reader:
        tell = advance or _silent
        tell(0, _STEPS, "looking for leftovers")
        leftovers = find_leftovers(reader, writer.root)
        tell(1, _STEPS, "comparing with the index")
        unstaged = find_unstaged(reader, writer.root)
        tell(2, _STEPS, "mending" if fix else "sorting")
        mended = _mend(held, writer.root, leftovers, unstaged) if fix else frozenset()
        ailments = (*_ailments(leftovers, unstaged), *_conflicts(reader))
        found = sorted(ailments, key=lambda ailment: ailment.path)
        return Diagnosis(tuple(replace(ailment, mended=ailment.path in mended) for ailment in found))


def _silent(_done: int, _total: int, _what: str) -> None:
    """Nobody looks on."""


def _mend(held: Held, root: Path, leftovers: list[Leftover], unstaged: list[str]) -> frozenset[str]:
    removed = mend(root, leftovers)
    if unstaged:
        held.stage(unstaged)
    return frozenset((*removed, *unstaged))


def _conflicts(reader: GitReader) -> Iterator[Ailment]:
    for path in find_conflicts(reader):
        subject = layout.parse_path(path).subject
        yield Ailment(
            path, "a merge conflict is unresolved", f"merge the working file, then `llmreg resolve {subject}`"
        )


def _ailments(leftovers: list[Leftover], unstaged: list[str]) -> Iterator[Ailment]:
    for leftover in leftovers:
        remedy = "look at it; `git rm` it when it is of no use" if leftover.tracked else "remove it"
        yield Ailment(leftover.path, leftover.what, remedy)
    for path in unstaged:
        yield Ailment(path, "registered, but not staged for the next commit", "stage it")
