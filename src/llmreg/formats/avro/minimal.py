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
        self._root: Type | None = root  # None once it is solved

    def cost(self, type_: Type) -> float:
        """UNINHABITED when there is no finite datum, or none of a size worth showing."""
        self._solve()
        cost = self._cost.get(type_, UNINHABITED)
        return cost if cost <= MAX_COST and self._depth[type_] <= MAX_DEPTH else UNINHABITED

    def inhabited(self, type_: Type) -> bool:
        """Whether the type has a finite datum, of whatever size."""
        self._solve()
        return type_ in self._cost

    def depth(self, type_: Type) -> int:
        self._solve()
        return self._depth.get(type_, 0)

    def datum(self, type_: Type) -> Any:
        """The cheapest datum of a type that has a cost."""
        self._solve()
        if isinstance(type_, Union):
            index = self._cheapest[type_]
            return Branch(index, self.datum(type_.branches[index]))
        if isinstance(type_, Record):
            return {field.name: self.datum(field.type) for field in type_.fields}
        return scalar(type_)

    def _solve(self) -> None:
        """Settle every type, when the first cost is asked for."""
        if self._root is None:
            return
        users = self._settle_leaves(self._root)
        self._root = None
        waiting: dict[Type, int] = {}
        order = count()
        heap: list[tuple[float, int, Type]] = []
        ready = list(self._cost)
        while ready:
            for type_ in ready:
                for user in users.pop(type_, ()):
                    waiting[user] = waiting.get(user, 1 if isinstance(user, Union) else len(user.fields)) - 1
                    if waiting[user] <= 0:
                        heapq.heappush(heap, (self._total(user, self._cost[type_]), next(order), user))
            while heap and heap[0][2] in self._cost:
                heapq.heappop(heap)
            ready = [heap[0][2]] if heap else []
            if heap:
                self._settle(heap[0][2], heap[0][0])

    def _total(self, type_: Record | Union, branch: float) -> float:
        """What a record costs whose fields are all settled, or a union one of whose branches is."""
        if isinstance(type_, Union):
            return branch
        return min(1 + sum([self._cost[part] for part in type_.parts()]), _OFF_SCALE)

    def _settle_leaves(self, root: Type) -> dict[Type, list[Record | Union]]:
        """Settle the types that need no other type's datum; the types that use each one."""
        users: dict[Type, list[Record | Union]] = defaultdict(list)
        for type_ in walk(root):
            if isinstance(type_, Union) or (isinstance(type_, Record) and type_.fields):
                for part in type_.parts():
                    users[part].append(type_)
            elif not isinstance(type_, Enum) or type_.symbols:  # an enum without symbols has no datum
                self._cost[type_] = 1 + type_.size // 16 if isinstance(type_, Fixed) else 1
                self._depth[type_] = 1 if isinstance(type_, Record) else 0
        return users

    def _settle(self, type_: Type, cost: float) -> None:
        self._cost[type_] = cost
        if isinstance(type_, Union):
            index = min(range(len(type_.branches)), key=lambda at: self._cost.get(type_.branches[at], UNINHABITED))
            self._cheapest[type_] = index
            self._depth[type_] = self._depth[type_.branches[index]]
        else:
            self._depth[type_] = 1 + max([self._depth[part] for part in type_.parts()], default=0)


def scalar(type_: Type) -> Any:
    """The cheapest datum of a type that is neither record nor union."""
    if isinstance(type_, Fixed):
        return bytes(type_.size)
    if isinstance(type_, Enum):
        return type_.symbols[0]
    if type_.kind in ("array", "map"):
        return [] if type_.kind == "array" else {}
    if type_.kind == "string" and type_.logical is not None and type_.logical.name == "uuid":
        return _NIL_UUID  # the cheapest text that readers which check uuids accept
    return _SCALARS[type_.kind]
