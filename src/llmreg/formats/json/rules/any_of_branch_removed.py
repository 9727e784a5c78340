"""None of the reader's branches accepts what a branch of the writer writes.

Why it breaks:
    The writer writes a value that every branch of the reader's `anyOf` or `oneOf` refuses.

Example:
    Writer: `{"anyOf": [{"type": "string"}, {"type": "integer"}]}`
    Reader: `{"anyOf": [{"type": "string"}, {"type": "boolean"}]}`
    Witness: `0`

Instead:
    Keep the branch, and mark it as deprecated in its description.

Known limits:
    Where a branch of the reader surely corresponds to the writer's, the finding is that of the narrowed keyword in
    the branch.

Reference:
    JSON Schema Core 2020-12, §10.2.1.2 and §10.2.1.3
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    branches = site.refusal.branches
    if branches is None or branches.accepting:
        return
    message = (
        f"{site.field}: none of the reader's {len(branches)} branches accepts {shown(site.value)}, the writer writes it"
    )
    yield site.finding(
        RULE,
        message,
        "keep a branch that accepts the writer's values, or release a new major version",
        site.writer.innermost(),
    )


RULE = Rule(
    summary="None of the reader's branches accepts what a branch of the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"anyOf", "oneOf"}),
)
