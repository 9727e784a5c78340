"""No branch of the reader's union matches a type that the writer writes.

Why it breaks:
    A reader takes a union's branch by the writer's type. When none matches, by kind and name or by promotion, it
    refuses the data.

Example:
    Writer `["null", "string", "int"]`, reader `["null", "string"]`: the number 0 (`0400`) is refused.

Instead:
    Keep the branch, or add one that the type promotes to. For a renamed type, give the reader's branch an alias.

Reference:
    Avro 1.12 specification, "Schema Resolution".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from llmreg.formats.avro import isolate
from llmreg.formats.avro.clue import Clue, Context
from llmreg.formats.avro.matching import branches, choose
from llmreg.formats.avro.types import Type, Union
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue per branch of the writer (or its only type) that no branch of the reader takes."""
    if not isinstance(reader, Union):
        return
    for index, branch in branches(writer):
        if choose(branch, reader) is None:
            datum = context.datum(branch)
            known = ", ".join(each.label() for each in reader.branches)
            yield Clue(
                f"no branch of the reader's union ({known}) takes the writer's {branch.label()}",
                branch,
                reader,
                context.in_branch(index, datum),
                leaf=partial(isolate.types, branch, reader, datum),
            )


RULE = Rule(
    summary="the reader's union has no branch for a type that the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"union"}),
    aliases=("MISSING_UNION_BRANCH",),
)
