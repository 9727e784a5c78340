"""Readers by the specification and Java's reader take different branches of the reader's union.

Why it breaks:
    By the specification the first matching branch is taken, with promotions; Java looks for the same type first.
    The same bytes become a float here and an int there, or bytes here and text there.

Example:
    Writer `"int"`, reader `["float", "int"]`: 0 (`00`) is a float for fastavro and an int for Java.

Instead:
    Put the narrower type first: `["int", "float"]`.

Reference:
    Avro 1.12 specification, "Schema Resolution"; `Resolver.java`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from llmreg.formats.avro import isolate
from llmreg.formats.avro.clue import Clue, Context, Expect
from llmreg.formats.avro.matching import choose_as_java, matches
from llmreg.formats.avro.types import Type, Union
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue per type of the writer that ends in two branches, both of them readable."""
    if not isinstance(reader, Union):
        return
    by_number = context.by_number(writer, reader)
    for index, branch, taken in context.taken(writer, reader):
        java = index if by_number else choose_as_java(branch, reader)
        if java is None or java == taken or not matches(branch, reader.branches[taken]):
            continue
        datum = context.datum(branch)
        yield Clue(
            f"of the reader's union, readers by the specification take {reader.branches[taken].label()} for the "
            f"writer's {branch.label()}, Java's takes {reader.branches[java].label()}",
            branch,
            reader,
            context.in_branch(index, datum),
            expect=Expect.BRANCH,
            expected=f"branch {taken} by the specification, branch {java} in Java",
            leaf=partial(isolate.whole, branch, reader, datum),
        )


RULE = Rule(
    summary="readers take different branches of a union for the same data",
    cls=ChangeClass.WIDENING,
    severity=Severity.WARN,
    find=find,
    reads=frozenset({"union"}),
)
