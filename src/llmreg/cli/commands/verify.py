"""`llmreg verify`: whether a release is still what it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from llmreg.cli.declare import Argument
from llmreg.cli.options import Output, OutputOption

if TYPE_CHECKING:
    from llmreg.ops.verify import Verified

EXAMPLES = """Examples:

\b
  llmreg verify                     the newest tag against the work tree
  llmreg verify registry/2026.10.1
  llmreg verify -o json             {"ok", "revision", "commit", "versions", "findings", "signature", …}
"""


def run(
    revision: Annotated[
        str | None, Argument(metavar="[REV]", help="A tag, commit or branch. None: the newest tag, else HEAD.")
    ] = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """Show that every version and ledger at REV is still there, byte for byte.

    New versions may have been added since. The signature of a signed tag is checked with your own GnuPG or SSH
    settings. Exit status: 0 unchanged, 1 a difference or a signature that does not hold, 2 no such revision.
    """
    from llmreg.cli.console import progress
    from llmreg.cli.lists import emit_object
    from llmreg.ops.verify import verify

    with progress("comparing") as advance:
        result = verify(Path.cwd(), os.environ, revision, advance)
    emit_object(result.to_json(), list(_lines(result)), output)
    return 0 if result.ok else 1


def _lines(result: Verified) -> Iterator[str]:
    counts = f"{_count(result.versions, 'version')} and {_count(result.ledgers, 'ledger')}"
    yield f"{result.revision} ({result.commit[:12]}; {result.why}): {counts}, compared with {result.head}"
    for finding in result.findings:
        place = ":".join(str(part) for part in (finding.file, finding.line) if part is not None)
        yield f"{place}: {finding.rule}: {finding.message}"
    if result.findings:
        yield _count(len(result.findings), "difference")
    else:
        yield "unchanged"
    if result.signature is None:
        yield "not a signed tag"
        return
    yield "signature verified" if result.signature.valid else "the signature does not hold:"
    yield from (f"  {line}" for line in result.signature.words.splitlines())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
