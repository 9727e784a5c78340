"""Random documents made of what two schemas speak of: they try to refute a "compatible" without any solver."""

from __future__ import annotations

import copy
import random
from decimal import Decimal
from typing import Any

_ALWAYS: list[Any] = [None, True, False, 0, 1, -1, 2, 3, 0.5, 1.5, "", "a", "b", "ab", "c", "0", [], {}, [1], {"a": 1}]
_NAMES = ["a", "b", "c", "ab", "cc", "d", ""]


class Documents:
    """`names` are property names, `values` the vocabulary; one seed gives one stream."""

    def __init__(self, seed: str, *schemas: Any) -> None:
        self._random = random.Random(seed)
        self._names = list(_NAMES)
        self._values = list(_ALWAYS)
        for schema in schemas:
            self._learn(schema)

    def stream(self, count: int) -> list[Any]:
        """So many documents; half of the later ones are edits of earlier ones."""
        made = [self._made(3) for _ in range(count // 2)]
        made += [self._mutated(copy.deepcopy(self._random.choice(made))) for _ in range(count - len(made))]
        return made

    def _learn(self, schema: Any) -> None:
        if isinstance(schema, list):
            for part in schema:
                self._learn(part)
        if not isinstance(schema, dict):
            return
        for key, value in schema.items():
            if (
                key in ("properties", "dependencies", "dependentRequired", "dependentSchemas")
                and isinstance(value, dict)
            ) or (key == "required" and isinstance(value, list)):
                self._names += value
            elif key == "enum" and isinstance(value, list):
                self._values += value
            elif key == "const":
                self._values.append(value)
            elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
                self._near(key, value)
            self._learn(value)

    def _near(self, key: str, bound: Any) -> None:
        if key in ("minLength", "maxLength") and bound < 100:
            self._values += ["x" * max(0, int(bound) + step) for step in (-1, 0, 1)]
        elif key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
            self._values += [float(bound) + step if bound != int(bound) else int(bound) + step for step in (-1, 0, 1)]

    def _made(self, depth: int) -> Any:
        draw = self._random.random()
        if depth == 0 or draw < 0.45:
            return copy.deepcopy(self._random.choice(self._values))
        if draw < 0.65:
            return [self._made(depth - 1) for _ in range(self._random.randint(0, 4))]
        size = min(self._random.randint(0, 4), len(self._names))
        return {name: self._made(depth - 1) for name in self._random.sample(self._names, size)}

    def _mutated(self, value: Any) -> Any:
        if isinstance(value, dict) and value:
            name = self._random.choice(list(value))
            if self._random.random() < 0.4:
                del value[name]
            else:
                value[name] = self._mutated(value[name])
            return value
        if isinstance(value, list) and value:
            place = self._random.randrange(len(value))
            if self._random.random() < 0.3:
                value.append(copy.deepcopy(value[place]))
            else:
                value[place] = self._mutated(value[place])
            return value
        return self._made(1)
