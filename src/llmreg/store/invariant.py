"""What an invariant is, and where they are found: every file in `invariants/` is one, and no list names it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module  # noqa: TID251 -- this file lists a folder
from typing import NamedTuple

from llmreg.errors import InputError
from llmreg.model import folder
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.subject import LedgerLine
from llmreg.store.registry import RegistryView, SubjectView


class Breach(NamedTuple):
    """One place where an invariant does not hold; `file` is relative to the registry's root, `line` counts from 1."""

    message: str
    file: str
    line: int | None = None
    fix: str | None = None
    severity: Severity = Severity.ERROR


class Invariant(NamedTuple):
    """`find(base, head)` judges one subject (either side may be None: it does not exist there); `scan(registry)` what
    only the whole registry shows. `needs_base` says that without a baseline there is nothing to find."""

    summary: str
    find: Callable[[SubjectView | None, SubjectView | None], Iterator[Breach]] | None = None
    scan: Callable[[RegistryView], Iterator[Breach]] | None = None
    needs_base: bool = False
    id: str = ""
    page: str = ""

    def check(self, base: SubjectView | None, head: SubjectView | None) -> list[Finding]:
        """The findings of one subject."""
        return [self._finding(breach) for breach in self.find(base, head)] if self.find else []

    def check_all(self, registry: RegistryView) -> list[Finding]:
        """The findings that concern several subjects at once."""
        return [self._finding(breach) for breach in self.scan(registry)] if self.scan else []

    def _finding(self, breach: Breach) -> Finding:
        return Finding(
            rule=self.id,
            cls=ChangeClass.INTEGRITY,
            severity=breach.severity,
            message=breach.message,
            fix=breach.fix,
            file=breach.file,
            line=breach.line,
        )


@cache
def invariants() -> Mapping[str, Invariant]:
    """Every invariant by its code (`ledger-prefix`), sorted."""
    package = import_module("llmreg.store.invariants")
    found = {}
    for name in folder.modules(package.__path__):
        home = import_module(f"{package.__name__}.{name}")
        code = name.replace("_", "-")
        found[code] = home.INVARIANT._replace(id=code, page=home.__doc__ or "")
    return dict(sorted(found.items()))


def readable_ledger(subject: SubjectView | None) -> tuple[LedgerLine, ...]:
    """The ledger, or nothing where it cannot be read: `sha` reports that, once."""
    if subject is None:
        return ()
    try:
        return subject.ledger
    except InputError:
        return ()
