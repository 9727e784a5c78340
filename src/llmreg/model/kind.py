"""Kinds: what a schema is for, and the defaults that follow from it."""

from __future__ import annotations

from dataclasses import dataclass

from llmreg.model.mode import Mode


@dataclass(frozen=True, slots=True)
class Kind:
    """`model_reads`: a model sees the schema's text, so descriptions and order are part of its contract.
    `ignored_fails`: a property that the reader silently drops is an error, not a warning."""

    name: str
    mode: Mode
    model_reads: bool
    ignored_fails: bool = False


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("tool-input", Mode.BACKWARD, model_reads=True, ignored_fails=True),
        Kind("tool-output", Mode.FORWARD, model_reads=True),
        Kind("structured-output", Mode.FORWARD, model_reads=True),
        Kind("prompt-variables", Mode.BACKWARD, model_reads=True),
        Kind("agent-message", Mode.FULL, model_reads=True),
        Kind("eval-record", Mode.BACKWARD_TRANSITIVE, model_reads=False),
        Kind("rag-document", Mode.FULL_TRANSITIVE, model_reads=False),
        Kind("prompt", Mode.BACKWARD, model_reads=True),
        Kind("data", Mode.BACKWARD, model_reads=False),
    )
}
