"""Walks the statements of a Jinja2 tree with their scopes: what is set, what is known, what runs at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from jinja2 import nodes

from llmreg.errors import LimitError
from llmreg.formats.prompt.engines._expressions import Expressions
from llmreg.formats.prompt.engines._facts import NOTHING, Facts, both
from llmreg.formats.prompt.engines._values import PAIRS, UNKNOWN, Ref, Value, elements, joined
from llmreg.formats.prompt.needs import Need, StepKind

_MAX_CALLS = 8  # macros that call macros
_MAX_EXPANDED = 200  # calls of macros that are walked for one template


def needs(tree: nodes.Template) -> Sequence[Need]:
    """Every use of a variable, in the order of the text, macros where they are called. Raises LimitError."""
    walk = _Statements(tree)
    try:
        walk.body(tree.body)
        walk.uncalled()
    except RecursionError:
        raise LimitError("the template nests too deeply to be read") from None
    return list(dict.fromkeys(walk.needs))


class _Statements(Expressions):
    """One walk over a template."""

    def __init__(self, tree: nodes.Template) -> None:
        super().__init__()
        self._macros = {macro.name: macro for macro in tree.find_all(nodes.Macro)}
        self._open: list[str] = []
        self._called: set[str] = set()
        self._expanded = 0

    def body(self, statements: Iterable[nodes.Node]) -> None:
        for statement in statements:
            self.statement = statement.lineno
            self.run(statement)

    def run(self, node: nodes.Node) -> None:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    self.statement = part.lineno
                    self.value(part, "print")
            case nodes.If():
                self.branches(node)
            case nodes.For():
                self.loop(node)
            case nodes.Assign():
                alias = isinstance(node.target, nodes.Name)  # giving an absent value a name does no harm yet
                self.bind(node.target, self.value(node.node, "alias" if alias else "iterate", soft=alias))
            case nodes.Macro():
                self.scope[node.name] = UNKNOWN
            case nodes.ExprStmt():
                self.value(node.node)
            case nodes.AssignBlock() | nodes.With() | nodes.CallBlock():
                self.block(node)
            case nodes.FilterBlock() | nodes.Block() | nodes.Scope() | nodes.ScopedEvalContextModifier():
                with self.scoped({}):
                    self.body(node.body)

    def block(self, node: nodes.AssignBlock | nodes.With | nodes.CallBlock) -> None:
        """A body with names or a call of its own."""
        if isinstance(node, nodes.With):
            self.block_with(node)
        elif isinstance(node, nodes.CallBlock):
            self.value(node.call)
            with self.scoped({name.name: UNKNOWN for name in node.args}):
                self.body(node.body)
        else:
            self.body(node.body)
            self.bind(node.target, UNKNOWN)

    def bind(self, target: nodes.Node, value: Value) -> None:
        """`set`; the parts of a tuple are not told apart."""
        if isinstance(target, nodes.Name):
            self.scope[target.name] = value
        elif isinstance(target, nodes.Tuple):
            for item in target.items:
                self.bind(item, UNKNOWN)

    def branches(self, node: nodes.If) -> None:
        """`if`, `elif`, `else`; what a branch sets is set afterwards, beside what was there before."""
        before, known = dict(self.scope), self.facts
        ends: list[dict[str, Value]] = []
        after: Facts = NOTHING
        for test, statements in _arms(node):
            self.scope = dict(before)
            yes: Facts = NOTHING
            no: Facts = NOTHING
            if test is not None:
                self.value(test, "test")
                yes, no = self.conditions(test)
            with self.knowing(yes):
                self.body(statements)
            ends.append(self.scope)
            if test is not None and not node.elif_ and not node.else_:
                after = {key: bits for key, bits in no.items() if key[0][1] in self.scope and key[0][1] not in before}
            self.facts = both(self.facts, no)
        self.facts = both(known, after)
        self.scope = {name: self.merged(name, before, ends) for end in ends for name in end}

    def merged(self, name: str, before: dict[str, Value], ends: list[dict[str, Value]]) -> Value:
        """A name after its branches: in one that does not set it, it is what it was, be it a variable of the data."""
        untouched = self.name_of(name) if name not in before else before[name]
        return joined(end.get(name, untouched) for end in ends)

    def name_of(self, name: str) -> Value:
        scope, self.scope = self.scope, {}
        value = self.quietly(nodes.Name(name, "load"))
        self.scope = scope
        return value

    def loop(self, node: nodes.For) -> None:
        source, pairs = _pairs_of(node.iter)
        over = self.value(source, "items" if pairs else "iterate")
        bound = {"loop": UNKNOWN, **self.targets(node.target, node.iter, over, pairs=pairs)}
        with self.scoped(bound):
            known = self.chosen(node.iter, bound, node.target)
            if node.test is not None:
                self.value(node.test, "test")
                known = both(known, self.conditions(node.test)[0])
            with self.knowing(known):
                self.body(node.body)
        with self.scoped({}):
            self.body(node.else_)

    def targets(self, target: nodes.Node, over: nodes.Node, value: Value, *, pairs: bool) -> dict[str, Value]:
        """The names of a loop and what they stand for."""
        if pairs:
            values = frozenset(Ref((*ref.path, self.each(StepKind.VALUE))) for ref in value)
            names = target.items if isinstance(target, nodes.Tuple) else [target]
            bound = {name.name: UNKNOWN for name in target.find_all(nodes.Name)}
            if len(names) == 2 and isinstance(names[1], nodes.Name):
                bound[names[1].name] = values
            return bound | ({target.name: UNKNOWN} if isinstance(target, nodes.Name) else {})
        if isinstance(target, nodes.Name):
            return {target.name: elements(value, self.each())}
        bound = {name.name: UNKNOWN for name in target.find_all(nodes.Name)}
        grouped = isinstance(over, nodes.Filter) and over.name == "groupby"
        if grouped and isinstance(target, nodes.Tuple) and isinstance(target.items[-1], nodes.Name):
            bound[target.items[-1].name] = elements(value, self.each())
        return bound

    def chosen(self, over: nodes.Node, bound: dict[str, Value], target: nodes.Node) -> Facts:
        """What `selectattr` makes sure of in every element."""
        known: Facts = NOTHING
        while isinstance(over, nodes.Filter):
            if over.name == "selectattr" and isinstance(target, nodes.Name) and over.args:
                first, test = over.args[0], over.args[1] if len(over.args) > 1 else None
                if isinstance(first, nodes.Const) and isinstance(first.value, str) and bound[target.name]:
                    place = self.place(nodes.Getattr(nodes.Name(target.name, "load"), first.value, "load"))
                    bits = "dnt" if test is None else "d" if getattr(test, "value", "") == "defined" else "dn"
                    known = both(known, {place: frozenset(bits)}) if place is not None else known
            over = over.node or nodes.Const(None)
        return known

    def block_with(self, node: nodes.With) -> None:
        values = [self.value(value, "alias", soft=True) for value in node.values]
        with self.scoped({}):
            for target, value in zip(node.targets, values, strict=True):
                self.bind(target, value)
            self.body(node.body)

    def call(self, node: nodes.Call, use: str) -> Value:
        """A macro is walked with the values that it is called with."""
        called = node.node
        macro = self._macros.get(called.name) if isinstance(called, nodes.Name) else None
        if macro is None or self._quiet:
            return super().call(node, use)
        values = [self.value(argument, "alias", soft=True) for argument in node.args]
        named = {pair.key: self.value(pair.value, "alias", soft=True) for pair in node.kwargs}
        self._called.add(macro.name)
        self._expanded += 1
        if macro.name not in self._open and len(self._open) < _MAX_CALLS and self._expanded <= _MAX_EXPANDED:
            names = [argument.name for argument in macro.args]
            self.expand(macro, dict(zip(names, values, strict=False)) | named)
        return UNKNOWN

    def expand(self, macro: nodes.Macro, given: dict[str, Value]) -> None:
        names = [argument.name for argument in macro.args]
        defaults = dict(zip(names[len(names) - len(macro.defaults) :], macro.defaults, strict=True))
        statement = self.statement
        self._open.append(macro.name)
        bound = {name: given[name] if name in given else self.value(defaults.get(name)) for name in names}
        with self.scoped({**bound, "caller": UNKNOWN, "varargs": UNKNOWN, "kwargs": UNKNOWN}):
            self.body(macro.body)
        self._open.pop()
        self.statement = statement

    def uncalled(self) -> None:
        """A macro that nothing calls asks for nothing; its variables are noted all the same."""
        self.dead = True
        for name, macro in self._macros.items():
            if name not in self._called:
                self.expand(macro, {argument.name: UNKNOWN for argument in macro.args})

    @contextmanager
    def scoped(self, bound: dict[str, Value]) -> Iterator[None]:
        """Names that end with a block; what is set inside does not reach the outside."""
        before, known = self.scope, self.facts
        self.scope = {**before, **bound}
        try:
            yield
        finally:
            self.scope, self.facts = before, known


def _arms(node: nodes.If) -> Iterator[tuple[nodes.Node | None, Sequence[nodes.Node]]]:
    yield node.test, node.body
    for other in node.elif_:
        yield other.test, other.body
    yield None, node.else_


def _pairs_of(node: nodes.Node) -> tuple[nodes.Node, bool]:
    """(the mapping, True) of `x.items()`, `x|items` and `x|dictsort`."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr) and node.node.attr == "items":
        return node.node.node, True
    if isinstance(node, nodes.Filter) and node.name in PAIRS and node.node is not None:
        return node.node, True
    return node, False
