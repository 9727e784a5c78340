"""Cheapest ways from the roots into a graph of pairs, and the datum at the end of one wrapped outwards."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from llmreg.formats.avro.datum import Branch
from llmreg.formats.avro.graph import Edge, Graph, Pair
from llmreg.formats.avro.minimal import UNINHABITED, Minimal
from llmreg.formats.avro.types import Field, Record, Type

MAP_KEY = "k"
Way = tuple[tuple[Pair, Edge], ...]


class Ways:
    """Dijkstra's algorithm from `start` over the edges that `passable` lets through."""

    def __init__(self, graph: Graph, minimal: Minimal, start: Pair, passable: Callable[[Edge], bool]) -> None:
        self.start = start
        self._minimal = minimal
        self._cost: dict[Pair, float] = {}
        self._by: dict[Pair, tuple[Pair, Edge]] = {}
        order = count()
        heap: list[tuple[float, int, Pair]] = [(0, next(order), start)]
        open_cost: dict[Pair, float] = {start: 0}
        while heap:
            cost, _, pair = heapq.heappop(heap)
            if pair in self._cost:
                continue
            self._cost[pair] = cost
            for edge in graph.edges[pair]:
                if not passable(edge):
                    continue
                total = cost + self._step_cost(pair[0], edge)
                if edge.to not in open_cost or total < open_cost[edge.to]:
                    open_cost[edge.to] = total
                    self._by[edge.to] = (pair, edge)
                    heapq.heappush(heap, (total, next(order), edge.to))

    def __contains__(self, pair: Pair) -> bool:
        """Whether there is a way at all, even one that no finite datum takes."""
        return pair in self._cost

    def cost(self, pair: Pair) -> float:
        """How much a datum costs that leads here, without what stands here; UNINHABITED when there is none."""
        return self._cost.get(pair, UNINHABITED)

    def way(self, pair: Pair) -> Way:
        """The pairs and edges from the start."""
        steps = []
        while pair != self.start:
            pair, edge = self._by[pair]
            steps.append((pair, edge))
        return tuple(reversed(steps))

    def wrap(self, pair: Pair, datum: Any) -> Any:
        """The smallest datum of the start's writer type that has `datum` at `pair`."""
        for parent, edge in reversed(self.way(pair)):
            datum = self._wrap(parent[0], edge, datum)
        return datum

    def _wrap(self, writer: Type, edge: Edge, datum: Any) -> Any:
        step = edge.step
        match step.kind:
            case "field":
                return record_with(writer, step.writer, datum, self._minimal)
            case "branch":
                return Branch(step.branch, datum)
            case "item":
                return [datum]
            case "value":
                return {MAP_KEY: datum}
        return datum

    def _step_cost(self, writer: Type, edge: Edge) -> float:
        if edge.step.kind in ("branch", "same"):
            return 0
        if isinstance(writer, Record):
            if self._minimal.cost(writer) == UNINHABITED:
                return UNINHABITED
            return self._minimal.cost(writer) - self._minimal.cost(edge.to[0])
        return 1


def record_with(writer: Type, field: Field | None, datum: Any, minimal: Minimal) -> dict[str, Any]:
    """The cheapest datum of a record in which one field holds `datum`."""
    fields: Iterable[Field] = writer.fields if isinstance(writer, Record) else ()
    return {each.name: datum if each is field else minimal.datum(each.type) for each in fields}
