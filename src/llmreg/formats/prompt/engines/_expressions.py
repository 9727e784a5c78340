"""Walks the expressions of a Jinja2 tree: every path that is read becomes a need, and a value is a set of places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from jinja2 import nodes

from llmreg.formats.prompt.engines._facts import NOTHING, Facts, Known, both, facts
from llmreg.formats.prompt.engines._filters import filtered
from llmreg.formats.prompt.engines._values import METHODS, UNKNOWN, Ref, Value, joined
from llmreg.formats.prompt.needs import Need, Path, Step, StepKind, alike

_MOST_NEEDS = 20_000


@dataclass
class Expressions:
    """`scope` holds the names that the template itself has set; any other name is a variable of the data."""

    scope: dict[str, Value] = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)
    needs: list[Need] = field(default_factory=list)
    statement: int = 1
    dead: bool = False  # what is walked is never run: a macro that nothing calls
    _quiet: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def each(self, kind: StepKind = StepKind.EACH) -> Step:
        """A step to every element, told from that of any other loop."""
        return Step(kind, str(next(self._numbers)))

    def value(self, node: nodes.Node | None, use: str = "read", *, soft: bool = False) -> Value:
        """The places that an expression stands for; `soft`: it may be absent without harm."""
        match node:
            case None | nodes.Const() | nodes.TemplateData():
                return UNKNOWN
            case nodes.Name():
                return self.name(node, use, soft=soft)
            case nodes.Getattr():
                return self.member(node.node, Step(StepKind.KEY, node.attr, dotted=True), (use, node.lineno), soft=soft)
            case nodes.Getitem():
                return self.item(node, use, soft=soft)
            case nodes.Filter():
                return filtered(self, node, use, soft=soft)
        return self.combined(node, use)

    def combined(self, node: nodes.Node, use: str) -> Value:
        """An expression that is made of others."""
        match node:
            case nodes.And() | nodes.Or():
                return self.logic(node, use)
            case nodes.CondExpr():
                return self.conditional(node, use)
            case nodes.Call():
                return self.call(node, use)
            case nodes.Test():
                self.test(node)
            case nodes.Compare():
                self.value(node.expr)
                self.all(operand.expr for operand in node.ops)
            case nodes.Not():
                self.value(node.node, "test")
            case _:
                self.all(node.iter_child_nodes())
        return UNKNOWN

    def all(self, several: Any) -> None:
        for node in several:
            self.value(node)

    def name(self, node: nodes.Name, use: str, *, soft: bool) -> Value:
        variable = frozenset({Ref((Step(StepKind.KEY, node.name),))})
        return self.used(self.scope.get(node.name, variable), (use, node.lineno), soft=soft)

    def member(self, holder: nodes.Node, step: Step, how: tuple[str, int], *, soft: bool = False) -> Value:
        base = self.value(holder, "member")
        return self.used(frozenset(Ref((*ref.path, step)) for ref in base if not ref.depth), how, soft=soft)

    def item(self, node: nodes.Getitem, use: str, *, soft: bool) -> Value:
        """`x[0]`, `x['k']`, `x[1:]`, `x[computed]`."""
        argument = node.arg
        if isinstance(argument, nodes.Slice):
            self.all(argument.iter_child_nodes())
            return self.value(node.node, "iterate" if use == "iterate" else "read")
        if isinstance(argument, nodes.Const) and isinstance(argument.value, (str, int)):
            negative = isinstance(argument.value, int)
            step = Step(StepKind.INDEX if negative else StepKind.KEY, str(argument.value))
            if negative and (inner := self.inner(node.node)):
                return inner
            return self.member(node.node, step, (use, node.lineno), soft=soft)
        if isinstance(argument, nodes.Neg):
            return self.member(node.node, Step(StepKind.INDEX, "-1"), (use, node.lineno), soft=soft)
        self.value(argument)
        return self.member(node.node, self.each(StepKind.ANY), (use, node.lineno), soft=soft)

    def inner(self, holder: nodes.Node) -> Value:
        """The elements of a list that the template has made; nothing where the list is the data's own."""
        base = self.quietly(holder)
        if not any(ref.depth for ref in base):
            return UNKNOWN
        self.value(holder, "member")
        return frozenset(Ref(ref.path, ref.depth - 1) for ref in base if ref.depth)

    def test(self, node: nodes.Test) -> None:
        asks = node.name in ("defined", "undefined")
        self.value(node.node, "defined" if asks else "read", soft=asks or node.name in ("none", "string", "mapping"))
        self.all([*node.args, *(pair.value for pair in node.kwargs)])

    def logic(self, node: nodes.And | nodes.Or, use: str) -> Value:
        left = self.value(node.left, "test")
        yes, no = self.conditions(node.left)
        with self.knowing(yes if isinstance(node, nodes.And) else no):
            right = self.value(node.right, use)
        return joined((left, right))

    def conditional(self, node: nodes.CondExpr, use: str) -> Value:
        self.value(node.test, "test")
        yes, no = self.conditions(node.test)
        with self.knowing(yes):
            left = self.value(node.expr1, use)
        with self.knowing(no):
            right = self.value(node.expr2, use)
        return joined((left, right))

    def call(self, node: nodes.Call, use: str) -> Value:
        """A method of a value, or a function."""
        arguments: Sequence[nodes.Node] = [*node.args, *(pair.value for pair in node.kwargs)]
        called = node.node
        if not isinstance(called, nodes.Getattr):
            self.value(called, "call")
            self.all(arguments)
            return UNKNOWN
        if called.attr == "get" and node.args and isinstance(node.args[0], nodes.Const):
            self.all(arguments)
            step = Step(StepKind.KEY, str(node.args[0].value))
            return self.member(called.node, step, (use, node.lineno), soft=True)
        if called.attr in ("items", "values", "keys", "get"):
            base = self.value(called.node, "items")
            self.all(arguments)
            kept = called.attr == "values"
            return frozenset(Ref((*ref.path, self.each(StepKind.VALUE)), 1) for ref in base) if kept else UNKNOWN
        if called.attr in METHODS:
            self.value(called.node, f"method:{called.attr}")
        else:
            self.value(called, "call")
        self.all(arguments)
        return UNKNOWN

    def used(self, value: Value, how: tuple[str, int], *, soft: bool) -> Value:
        """Note that the places are used, and give them back."""
        if not self._quiet and len(self.needs) < _MOST_NEEDS:
            for ref in sorted(value):
                if not ref.depth and ref.path:
                    known = self.known_of(ref.path)
                    use, line = how
                    self.needs.append(Need(ref.path, use, line, self.statement, known, soft or self.dead))
        return value

    def known_of(self, path: Path) -> tuple[str, ...]:
        key = alike(path)
        return tuple("".join(sorted(self.facts.get(key[:end], ""))) for end in range(1, len(key) + 1))

    def quietly(self, node: nodes.Node) -> Value:
        """The value, without noting a use."""
        self._quiet += 1
        try:
            return self.value(node)
        finally:
            self._quiet -= 1

    def place(self, node: nodes.Node) -> Known | None:
        """The one place that an expression surely stands for."""
        if not isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Call)):
            return None
        found = self.quietly(node)
        only = next(iter(found)) if len(found) == 1 else None
        return alike(only.path) if only is not None and not only.depth else None

    def conditions(self, node: nodes.Node) -> tuple[Facts, Facts]:
        return facts(node, self.place)

    @contextmanager
    def knowing(self, more: Facts = NOTHING) -> Iterator[None]:
        """For the time of a branch."""
        before = self.facts
        self.facts = both(before, more)
        try:
            yield
        finally:
            self.facts = before
