"""The provider is sent a JSON Schema, and the bound subject is of another format.

Why it breaks:
    Tools and structured answers are described to a provider in JSON Schema. An Avro or Protobuf schema cannot be sent.

Example:
    `output: agents/turn@^1` with `profiles: [openai-strict]`, where `agents/turn` is Protobuf.

Instead:
    Register the shape as JSON Schema too, and bind that subject; or leave out `profiles` where no provider is involved.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.resolve import Case, Hit
from llmreg.model.finding import ChangeClass, Severity


def find(case: Case) -> Iterator[Hit]:
    for bound in (case.role("output"), *case.tools):
        if bound is None or bound.document is not None:
            continue
        if case.profiles or bound.role != "output":
            message = f"`{bound.role}`: `{bound.name}` is {bound.schema.format}; a provider takes JSON Schema"
            yield Hit(f"/{bound.role}", message)


RULE = Rule("A schema that a provider is sent is not JSON Schema.", ChangeClass.INTEGRITY, Severity.ERROR, find)
