"""A locked tool, or a locked output schema, is no longer listed by the server.

Why it breaks:
    Whoever calls the tool from a cached list, an example or a saved workflow gets an error; a rename is a removal and
    an addition. Without its output schema, a result may be anything.

Example:
    Locked: `search`, `fetch`
    Live: `search`

Instead:
    Keep the old name beside the new one for a while. When the tool is gone for good, retire its versions:
    `llmreg retire NAME/fetch@1.0.0 --reason "removed by the server"`.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(what: str) -> Iterator[str]:
    """The message about `what`: the tool, or its output schema, for people."""
    yield f"{what} is locked and no longer listed by the server"


RULE = Rule(
    summary="A locked tool is no longer listed by the server",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
)
