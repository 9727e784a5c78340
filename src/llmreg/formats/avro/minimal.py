"""The cheapest datum of every type, and what it costs.

Costs by Knuth's generalisation of Dijkstra's algorithm: a scalar, an empty array, an empty map and an enum cost 1, a
union what its cheapest branch costs, a record 1 and the sum of its fields. A type without a cost has no finite datum
(a list without an end).
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from itertools import count
from typing import Any, Final

from llmreg.formats.avro.datum import Branch
from llmreg.formats.avro.types import Enum, Fixed, Record, Type, Union, walk

MAX_COST: Final = 20_000  # a larger witness explains nothing
MAX_DEPTH: Final = 100
UNINHABITED: Final = float("inf")
_OFF_SCALE = 1e9  # so that doubling records stay cheap to count
_NIL_UUID = "00000000-0000-0000-0000-000000000000"
_SCALARS: dict[str, Any] = {
    "null": None,
    "boolean": False,
    "int": 0,
    "long": 0,
    "float": 0.0,
    "double": 0.0,
    "bytes": b"",
    "string": "",
}


class Minimal:
    """The cheapest data of every type that a schema is made of."""

    def __init__(self, root: Type) -> None:
        self._cost: dict[Type, float] = {}
        self._depth: dict[Type, int] = {}
        self._cheapest: dict[Type, int] = {}
        self._solve(root)

    def cost(self, type_: Type) -> float:
        """UNINHABITED when there is no finite datum, or none of a size worth showing."""
        cost = self._cost.get(type_, UNINHABITED)
        return cost if cost <= MAX_COST and self._depth[type_] <= MAX_DEPTH else UNINHABITED

    def inhabited(self, type_: Type) -> bool:
        """Whether the type has a finite datum, of whatever size."""
        return type_ in self._cost

    def depth(self, type_: Type) -> int:
        return self._depth.get(type_, 0)

    def datum(self, type_: Type) -> Any:
        """The cheapest datum of a type that has a cost."""
        if isinstance(type_, Union):
            index = self._cheapest[type_]
            return Branch(index, self.datum(type_.branches[index]))
        if isinstance(type_, Record):
            return {field.name: self.datum(field.type) for field in type_.fields}
        return _scalar(type_)

    def _solve(self, root: Type) -> None:
        users: dict[Type, list[Type]] = defaultdict(list)
        waiting: dict[Type, int] = {}
        order = count()
        heap: list[tuple[float, int, Type]] = []
        for type_ in walk(root):
            if isinstance(type_, (Record, Union)):
                parts = tuple(type_.parts())
                waiting[type_] = len(parts)
                for part in parts:
                    users[part].append(type_)
                if parts or isinstance(type_, Union):
                    continue
            self._settle_alone(type_)
        ready = [(self._cost[part], user) for part in tuple(self._cost) for user in users.pop(part, ())]
        while ready or heap:
            for cost, user in ready:
                waiting[user] -= 1
                if isinstance(user, Union):
                    heapq.heappush(heap, (cost, next(order), user))
                elif waiting[user] == 0:
                    total = min(1 + sum([self._cost[part] for part in user.parts()]), _OFF_SCALE)
                    heapq.heappush(heap, (total, next(order), user))
            ready = []
            if heap:
                cost, _, type_ = heapq.heappop(heap)
                if type_ not in self._cost:
                    self._settle(type_, cost)
                    ready = [(cost, user) for user in users.pop(type_, ())]

    def _settle(self, type_: Type, cost: float) -> None:
        self._cost[type_] = cost
        if isinstance(type_, Union):
            index = min(range(len(type_.branches)), key=lambda at: self._cost.get(type_.branches[at], UNINHABITED))
            self._cheapest[type_] = index
            self._depth[type_] = self._depth[type_.branches[index]]
        elif isinstance(type_, Record):
            self._depth[type_] = 1 + max([self._depth[part] for part in type_.parts()], default=0)

    def _settle_alone(self, type_: Type) -> None:
        """A type that needs no other type's datum; an enum without symbols has none."""
        if not isinstance(type_, Enum) or type_.symbols:
            self._cost[type_] = 1 + type_.size // 16 if isinstance(type_, Fixed) else 1
            self._depth[type_] = 1 if isinstance(type_, Record) else 0


def _scalar(type_: Type) -> Any:
    if isinstance(type_, Fixed):
        return bytes(type_.size)
    if isinstance(type_, Enum):
        return type_.symbols[0]
    if type_.kind in ("array", "map"):
        return [] if type_.kind == "array" else {}
    if type_.kind == "string" and type_.logical is not None and type_.logical.name == "uuid":
        return _NIL_UUID  # the cheapest text that readers which check uuids accept
    return _SCALARS[type_.kind]
