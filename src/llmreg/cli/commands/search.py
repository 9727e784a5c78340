"""`llmreg search`: find subjects by words."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from llmreg.cli.declare import Argument
from llmreg.cli.options import Output, OutputOption, RevisionOption

if TYPE_CHECKING:
    from llmreg.ops.search import Match

EXAMPLES = """Examples:

\b
  llmreg search citation                every word must occur somewhere in the subject
  llmreg search team-chat reply
  llmreg search customer_id -o json     {"query", "hits": [{"subject", "matches": [{"where", "text", "pointer"}]}], …}
"""
_SHOWN = 4
_WIDTH = 60


def run(
    words: Annotated[list[str], Argument(metavar="TEXT…", help="Words; letter case does not count.")],
    revision: RevisionOption = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """Search names, descriptions, tags, owners, and the field and type names of each latest version.

    Every word must occur, each anywhere; the output says where. Exit status: 0 found, 1 found nothing.
    """
    from llmreg.cli.console import progress
    from llmreg.cli.lists import emit_list, warn
    from llmreg.ops.search import search

    with progress("searching") as advance:
        found = search(Path.cwd(), os.environ, " ".join(words), revision, advance)
    rows = [
        {"subject": hit.subject, "version": hit.version, "kind": hit.kind, "matches": _places(hit.matches)}
        for hit in found.hits
    ]
    emit_list(found.to_json(), rows, output, f"nothing found in {found.searched} subjects")
    if output is Output.TEXT:
        for problem in found.problems:
            warn(f"not searched: {problem}")
    return 0 if found.hits else 1


def _places(matches: tuple[Match, ...]) -> str:
    """The first few places; --output json has all."""
    from llmreg.render.plain import clip

    shown = [f"{match.where} {clip(match.text, _WIDTH)}" for match in matches[:_SHOWN]]
    more = [f"{len(matches) - _SHOWN} more"] if len(matches) > _SHOWN else []
    return ", ".join(shown + more)
