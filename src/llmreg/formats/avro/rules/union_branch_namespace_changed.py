"""An enum or fixed meets a union of the reader that holds it under another namespace.

Why it breaks:
    By the specification unqualified names match. Java's reader compares full names inside a union, unless the two
    unions are structurally equal, and refuses the data.

Example:
    Writer `{"type": "enum", "name": "n.Reason", …}`, reader `["null", {"type": "enum", "name": "m.Reason", …}]`:
    the first symbol (`00`) is read by fastavro and refused by Java.

Instead:
    Keep the namespace, or give the reader's type the writer's full name as an alias.

Known limits:
    No Java reader runs here: a model of its choice of branches confirms the finding.

Reference:
    Avro 1.12 specification, "Schema Resolution"; `Resolver.java`.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro.clue import Clue, Context, Expect
from llmreg.formats.avro.matching import choose_as_java, matches
from llmreg.formats.avro.types import Enum, Fixed, Type, Union
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue per enum or fixed of the writer that Java's reader does not find."""
    if not isinstance(reader, Union) or context.by_number(writer, reader):
        return
    for index, branch, taken in context.taken(writer, reader):
        if not isinstance(branch, (Enum, Fixed)) or not matches(branch, reader.branches[taken]):
            continue
        if choose_as_java(branch, reader) is None:
            yield Clue(
                f"the reader's union knows the writer's {branch.label()} only as {reader.branches[taken].label()}",
                branch,
                reader,
                context.in_branch(index, context.datum(branch)),
                expect=Expect.JAVA,
                expected="Java's reader refuses it, readers by the specification read it",
            )


RULE = Rule(
    summary="an enum or fixed in a union has another namespace, and Java refuses it",
    cls=ChangeClass.NARROWING,
    severity=Severity.WARN,
    find=find,
    reads=frozenset({"union"}),
)
