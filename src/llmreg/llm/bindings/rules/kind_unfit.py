"""The subject's kind does not fit the role that the binding gives it.

Why it breaks:
    The kind decides who writes and who reads, and so what a new version may change. A tool's input bound as an answer
    is kept compatible in the wrong direction.

Example:
    `output: tools/search-docs@^1`: arguments of a tool, promised to old callers and not to old consumers.

Instead:
    Bind a subject of a fitting kind: `prompt-variables` as input, `structured-output` as output, `tool-input` as a
    tool, `prompt` as prompt; `data` and `agent-message` fit input and output.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.resolve import Case, Hit
from llmreg.model.finding import ChangeClass, Severity

_FITTING = {
    "input": ("prompt-variables", "data", "agent-message", "rag-document", "tool-output"),
    "output": ("structured-output", "data", "agent-message", "eval-record"),
    "prompt": ("prompt",),
    "tools": ("tool-input",),
}


def find(case: Case) -> Iterator[Hit]:
    for bound in case.bound:
        fitting = _FITTING[bound.role.partition("/")[0]]
        kind = bound.subject.config.kind
        if kind not in fitting:
            message = f"`{bound.role}`: `{bound.subject.name}` is of kind {kind}; here fits {' or '.join(fitting)}"
            yield Hit(f"/{bound.role}", message)


RULE = Rule("A subject's kind does not fit its role.", ChangeClass.INTEGRITY, Severity.ERROR, find)
