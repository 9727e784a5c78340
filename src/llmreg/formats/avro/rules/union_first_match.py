"""A reader takes the first branch that matches, and cannot read it, though a later branch would do.

Why it breaks:
    By the specification, and in fastavro, the first matching branch is final. Java and Python's checkers call the
    pair compatible, because some branch is.

Example:
    Writer `y.Reply` with a field `text`, reader `[x.Reply with text and model, y.Reply with text]`: the names
    match at `x.Reply`, whose field `model` is missing.

Instead:
    Put the branch that reads the data first, or do not use one short name twice in a union.

Reference:
    Avro 1.12 specification, "Schema Resolution"; `SchemaCompatibility.java` tries every branch.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from llmreg.formats.avro import isolate
from llmreg.formats.avro.clue import Clue, Context
from llmreg.formats.avro.types import Type, Union
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue per type of the writer for which the reader takes an unreadable branch before a readable one."""
    if not isinstance(reader, Union):
        return
    for edge, choice, rescue in context.shadows(writer, reader):
        datum = context.failure(edge.to)
        branch = choice.writer
        yield Clue(
            f"the reader takes {reader.branches[choice.taken].label()} for the writer's {branch.label()}, "
            f"and only {rescue.label()} at {rescue.pointer} reads it",
            branch,
            reader,
            context.in_branch(edge.step.branch if edge.step.kind == "branch" else None, datum),
            expected="readers that take the first matching branch refuse it",
            leaf=partial(isolate.whole, branch, reader, datum, logical=False),
        )


RULE = Rule(
    summary="the first branch that matches is not readable, a later one is",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"union"}),
)
