"""The working file differs from the latest version: a change that is not registered yet.

Why it breaks:
    Nothing is broken: this is how a change looks while it is reviewed, and `check` judges it as the next version. But
    what is not registered is not served, and a registry that must always be in step can make it an error.

Example:
    `schema.json` has a new property; the latest version file, 1.1.0.json, does not.

Instead:
    Run `llmreg register SUBJECT` when the change is meant. Set `drift: error` in `llmreg.yaml` to forbid merging what
    is not registered, or `drift: off` to hear nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmreg.errors import InputError, LimitError, NotFoundError
from llmreg.model.finding import Severity
from llmreg.model.subject import LedgerLine
from llmreg.model.version import Version
from llmreg.store.invariant import Breach, Invariant
from llmreg.store.registry import SubjectView


def find(base: SubjectView | None, head: SubjectView | None) -> Iterator[Breach]:
    del base
    severity = Severity.OFF if head is None else head.registry.config.drift
    if head is None or severity is Severity.OFF:
        return
    message = pending(head)
    if message is not None:
        fix = f"when it is meant: `llmreg register {head.name}`"
        yield Breach(message, head.working_path or "", None, fix, severity)


def pending(head: SubjectView) -> str | None:
    """How the working file is a change, in words; None where it is none, or cannot be read: that is told elsewhere."""
    try:
        working, newest = head.working, _newest(head, head.ledger)
        if working is None:
            return None
        if any(_same(working[1], version) for version in newest):
            return "refers to other versions than the latest does" if _refers_otherwise(head) else None
    except (InputError, LimitError, NotFoundError):
        return None
    return "differs from the latest version: a change that is not registered" if newest else "not registered yet"


def _newest(head: SubjectView, lines: Sequence[LedgerLine]) -> list[bytes]:
    """The highest version, and the one registered last: after a patch to an older major the file may equal either."""
    if not lines:
        return []
    top = max(lines, key=_rank)
    return list(head.read_versions({str(top.version), str(lines[-1].version)}).values())


def _refers_otherwise(head: SubjectView) -> bool:
    """Where references stand in `subject.yaml` the same text can mean another schema."""
    pins = set(head.config.references.values())
    lines = head.ledger
    return bool(pins) and all(set(line.refs) != pins for line in (max(lines, key=_rank), lines[-1]))


def _rank(line: LedgerLine) -> tuple[bool, Version]:
    return (not line.version.prerelease, line.version)


def _same(working: bytes, version: bytes) -> bool:
    """Apart from line ends and the final newline, which `register` sets."""
    left, right = (data.replace(b"\r\n", b"\n").rstrip(b"\n") for data in (working, version))
    return left == right


INVARIANT = Invariant("the working file equals the latest version", find)
