"""Kinds: what a schema is for, and the defaults that follow from it."""

from __future__ import annotations

from llmreg.model.mode import Mode
from llmreg.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`model_reads`: a model sees the schema's text, so descriptions and order are part of its contract.
    `ignored_fails`: a property that the reader silently drops is an error, not a warning.

    The rest says what a change means, in the words of those who use such a schema: a break `backward` (the old version
    writes) and `forward` (the new one writes), data that is `ignored`, text or order that a model sees (`seen`)."""

    name: str
    mode: Mode
    model_reads: bool
    ignored_fails: bool = False
    backward: str = ""
    forward: str = ""
    ignored: str = ""
    seen: str = ""


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "tool-input",
            Mode.BACKWARD,
            model_reads=True,
            ignored_fails=True,
            backward="callers with a cached tool list, saved calls and replayed traces will fail",
            forward="a tool that is not updated will refuse calls that follow the new schema",
            ignored="the argument is sent, and dropped without a word",
            seen="the model reads another tool definition and may call it differently: run its evals",
        ),
        Kind(
            "tool-output",
            Mode.FORWARD,
            model_reads=True,
            backward="clients on the new schema will refuse results of servers that are not updated",
            forward="clients, prompts and templates on the old schema will fail on the new results",
            ignored="readers do not see what the server sends",
            seen="the model reads another description of the result: run its evals",
        ),
        Kind(
            "structured-output",
            Mode.FORWARD,
            model_reads=True,
            backward="answers that are stored will be refused by the new consumers",
            forward="deployed consumers will refuse what the model answers from now on",
            ignored="consumers do not see a part of the answer",
            seen="the model reads another schema and may answer differently: run its evals",
        ),
        Kind(
            "prompt-variables",
            Mode.BACKWARD,
            model_reads=True,
            backward="applications that fill in the old variables will fail to render the prompt",
            forward="a prompt that is not updated will fail on the new variables",
            ignored="the application fills in what no prompt sees",
        ),
        Kind(
            "agent-message",
            Mode.FULL,
            model_reads=True,
            backward="agents that are updated will refuse messages of those that are not",
            forward="agents that are not updated will refuse the new messages",
            ignored="the receiving agent does not see a part of the message",
            seen="agents read another schema and may write differently: run their evals",
        ),
        Kind(
            "eval-record",
            Mode.BACKWARD_TRANSITIVE,
            model_reads=False,
            backward="yesterday's runs can no longer be scored with today's metrics",
            forward="metrics that are not updated will refuse the new runs",
            ignored="a part of the recorded run is not scored",
        ),
        Kind(
            "rag-document",
            Mode.FULL_TRANSITIVE,
            model_reads=False,
            backward="documents that are in the index will be refused until they are indexed anew",
            forward="retrievers and templates that are not updated will refuse newly indexed documents",
            ignored="retrievers do not see a part of the document",
        ),
        Kind(
            "prompt",
            Mode.BACKWARD,
            model_reads=True,
            backward="applications that fill in the old variables will fail to render the prompt",
            forward="the old prompt will fail on what the new one is given",
            seen="the model reads another prompt: run its evals",
        ),
        Kind("data", Mode.BACKWARD, model_reads=False),
    )
}
