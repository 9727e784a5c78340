"""What a check is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from llmreg.model.mode import Mode
from llmreg.model.record import dataclass, field
from llmreg.model.report import Report

Advance = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What to check. `targets`: subjects, or paths and globs of files. `head`: a revision instead of the work tree.

    `import_roots`: folders that the imports of loose files count from, first match wins. `everything`: every version
    of every subject, all that needs no baseline. `environment` is the process's. `jobs`: how many processes share the
    work; None: as many as there are CPUs where that pays."""

    start: Path
    targets: tuple[str, ...] = ()
    against: str | None = None
    against_tags: str | None = None
    head: str | None = None
    staged: bool = False
    everything: bool = False
    mode: Mode | None = None
    writer: str | None = None
    policy: str | None = None
    import_roots: tuple[str, ...] = ()
    allow_undecided: bool = False
    jobs: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The report, and the way from the repository's top to the registry that its file names count from."""

    report: Report
    root_prefix: str = ""
