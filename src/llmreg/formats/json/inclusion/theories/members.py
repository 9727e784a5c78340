"""The atoms of an object branch, sorted by what they say, and what they say about one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.evaluate import covers, evaluate
from llmreg.formats.json.inclusion.nodes import Node

if TYPE_CHECKING:
    from llmreg.formats.json.inclusion.atoms import Atoms


class Demand(NamedTuple):
    """Some key that `atom` speaks about (for `names`: that it refuses) must exist, with a value in `node`."""

    atom: Node
    node: Node


class Child(NamedTuple):
    """Everything the positive atoms say about the value of one key."""

    nodes: tuple[Node, ...]
    tainted: bool


class Members:
    def __init__(self, table: Atoms, atoms: tuple[Node, ...]) -> None:
        self.table = table
        self.low = 0
        self.high: int | None = None
        self.tainted = False
        # Keys that must be present, with what their values must satisfy besides.
        self.present: dict[str, tuple[Node, ...]] = {}
        self.known: dict[str, None] = {}
        self.properties: dict[str, list[Node]] = {}
        # `patternProperty` and `additional` atoms.
        self.spreading: list[Node] = []
        self.names: list[Node] = []
        self.demands: list[Demand] = []
        for atom in atoms:
            self._add(atom)

    def _add(self, atom: Node) -> None:
        inner = atom.kids[0] if atom.op == n.NOT else atom
        if inner.op == n.ADDITIONAL:
            self.known.update(dict.fromkeys(inner.args[0]))
        if atom is inner:
            self._add_positive(atom)
        elif inner.op == n.PROPERTY:
            self._require(inner.args[0], self.table.negate(inner.kids[0]))
        elif inner.op == n.NAMES:
            self.demands.append(Demand(inner, self.table.true))
        else:
            self._demand(inner)

    def _add_positive(self, atom: Node) -> None:
        op = atom.op
        if op == n.REQUIRED:
            self._require(atom.args[0])
        elif op == n.PROPERTY:
            self.known[atom.args[0]] = None
            self.properties.setdefault(atom.args[0], []).append(atom.kids[0])
        elif op == n.NAMES:
            self.names.append(atom.kids[0])
        elif op == n.MIN_PROPERTIES:
            self.low = max(self.low, atom.args[0])
        elif op == n.MAX_PROPERTIES:
            self.high = atom.args[0] if self.high is None else min(self.high, atom.args[0])
        else:
            self.spreading.append(atom)

    def _require(self, key: str, *nodes: Node) -> None:
        self.known[key] = None
        self.present[key] = (*self.present.get(key, ()), *nodes)

    def _demand(self, atom: Node) -> None:
        if any(self.table.language(pattern) is None for pattern in patterns_of(atom)):
            # Whether the key is meant cannot be told: keep only that there is some key.
            self.tainted = True
            self.low = max(self.low, 1)
        else:
            self.demands.append(Demand(atom, self.table.negate(atom.kids[0])))

    def child(self, key: str) -> Child | None:
        """None if the key itself is refused."""
        nodes = list(self.properties.get(key, ()))
        tainted = False
        for name in self.names:
            truth = evaluate(self.table, name, key)
            if truth is False:
                return None
            tainted |= truth is None
        for atom in self.spreading:
            truth = covers(self.table, atom, key)
            if truth:
                nodes.append(atom.kids[0])
            tainted |= truth is None
        return Child(tuple(nodes), tainted)

    def meets(self, demand: Demand, key: str) -> bool:
        """Could this key be the one that the demand asks for?"""
        if demand.atom.op == n.NAMES:
            return evaluate(self.table, demand.atom.kids[0], key) is not True
        return covers(self.table, demand.atom, key) is True


def patterns_of(atom: Node) -> tuple[str, ...]:
    """The patterns of a `patternProperty` or `additional` atom."""
    return (atom.args[0],) if atom.op == n.PATTERN_PROPERTY else tuple(atom.args[1])
