"""References are pinned, exist at the head, are not retired, and are what the ledger says (`refs`).

Why it breaks:
    A version's meaning may never change. It would if a reference could point at another version tomorrow, at a version
    that is withdrawn, or at something that the ledger does not know of.

Example:
    `"$ref": "llmreg:chat/message@^1"` is a range; `"$ref": "llmreg:chat/message@1.0.0"` is pinned.

Instead:
    Pin every reference to one registered version, and register what you refer to first.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.compat.schemas import Schemas, Subject
from llmreg.errors import LlmregError
from llmreg.formats.interface import Schema
from llmreg.model.finding import ChangeClass, Finding, Place, Severity
from llmreg.model.subject import LedgerLine
from llmreg.model.version import Version


def pin_findings(subject: Subject, schemas: Schemas, schema: Schema, line: LedgerLine | None) -> Iterator[Finding]:
    """What is wrong with a schema's references; `line` is its ledger line, None for a working file.

    That they are pinned, exist and are acyclic is what parsing demands; here is what parsing does not see."""
    if line is not None:
        text = tuple(sorted({str(reference) for reference in schema.references}))
        if text != line.refs:
            said, has = ", ".join(line.refs) or "none", ", ".join(text) or "none"
            yield _finding(f"{line.version}: the ledger records the references {said}, the text has {has}")
    for reference in schema.references:
        try:
            target = schemas.subject(reference.subject)
        except LlmregError:
            continue  # a registered version that is read leniently; `refs` above has told of it
        status = target.config.status.get(str(Version.parse(reference.version)))
        if status and status.retired is not None:
            yield _finding(f"refers to {reference}, which is retired: {status.retired}", reference.pointer)
        elif status and status.deprecated is not None:
            yield _finding(
                f"refers to {reference}, which is deprecated: {status.deprecated}", reference.pointer, Severity.WARN
            )
    if any(reference.subject == subject.name for reference in schema.references) and line is None:
        yield _finding("refers to a version of itself; use a local reference instead", severity=Severity.WARN)


def _finding(message: str, pointer: str | None = None, severity: Severity = Severity.ERROR) -> Finding:
    place = Place(pointer) if pointer else None
    return Finding(rule="refs", cls=ChangeClass.INTEGRITY, severity=severity, message=message, reader=place)
