"""The server lists a tool, or an output schema, that is not locked.

Why it breaks:
    Nothing that is called today breaks. A model is shown one more tool with a text that nobody has approved, and may
    call it.

Example:
    Locked: `search`
    Live: `search`, `search_all`

Instead:
    Read the tool's description, then lock the list again. `--fail-on added` makes it fail.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(what: str) -> Iterator[str]:
    """The message about `what`: the tool, or its output schema, for people."""
    yield f"{what} is listed by the server and not locked"


RULE = Rule(
    summary="The server lists a tool that is not locked",
    cls=ChangeClass.PROMPT_VISIBLE,
    severity=Severity.WARN,
    find=find,
)
