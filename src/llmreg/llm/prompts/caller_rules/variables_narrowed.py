"""The reader's prompt selects variables that refuse what callers of the writer's prompt fill in.

Why it breaks:
    Where `subject.yaml` names the subject of the variables, applications fill in what that range allows. A version of
    the prompt whose range leads to other variables is rendered with the same data, which is refused, or renders
    nothing. Which variables a version was registered with stands in its ledger line. Callers of a version that named
    none filled in what its template reads: variables that take no such data break them, too.

Example:
    Writer: `variables: support/vars@^1`, where 1.0.0 requires `name`
    Reader: `variables: support/vars@^2`, where 2.0.0 requires `city`
    Witness: `{"name": ""}`

Instead:
    Register the prompt as a new major version (`--bump major`), so that `^1` stays with those who fill in the old
    variables; or let the new variables take the old documents.

Known limits:
    Versions whose ranges are the same text are not compared: that its variables stay compatible is checked where they
    change. A version that was registered before ledger lines named the variables is taken to have had those of
    `subject.yaml` at the baseline, or none. Of which types the data was that callers filled in without named variables
    nobody knows: where some of what the template reads fits, a note says so, and no finding.

Reference:
    docs/guides/prompts.md
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.prompts.callers import Refused
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(refused: Refused) -> Iterator[Finding]:
    message = f"`variables`: `{refused.reader}` refuses what `{refused.writer}` allows: {refused.cause.message}"
    yield RULE.finding(message)


RULE = Rule(
    summary="The reader's prompt selects variables that refuse what callers of the writer's prompt fill in",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
)
