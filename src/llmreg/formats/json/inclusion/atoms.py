"""Constructors of the guarded atoms, each in one normal form, and constants as structure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.nodes import ARRAY, OBJECT, STRING, Node, Number, Value, type_of
from llmreg.formats.json.inclusion.terms import Terms

if TYPE_CHECKING:
    from llmreg.formats.json.regex import Language


class Atoms(Terms):
    """The table with everything that a JSON Schema keyword can be turned into."""

    def __init__(self) -> None:
        super().__init__()
        self._languages: dict[str, Language | None] = {}
        # What each opaque node stands for: reason, message, pointer.
        self.obstacles: dict[object, tuple[str, str, str]] = {}

    def language(self, pattern: str) -> Language | None:
        """None for a pattern that the regex engine refuses."""
        if pattern not in self._languages:
            from llmreg.formats.json.regex import PatternError, PatternUnsupported, compile_pattern

            try:
                self._languages[pattern] = compile_pattern(pattern)
            except (PatternError, PatternUnsupported) as refused:
                self._languages[pattern] = None
                self.obstacles[("pattern", pattern)] = ("unsupported-pattern", f"{pattern!r}: {refused}", "")
        return self._languages[pattern]

    def guarded(self, mask: int, node: Node) -> Node:
        return self.any_of((self.types(n.ALL_TYPES ^ mask), node))

    def pattern(self, text: str) -> Node:
        language = self.language(text)
        if language is None:
            return self.guarded(STRING, self.opaque(("pattern", text)))
        return self.true if language.universal() else self.make(n.PATTERN, (text,))

    def least(self, value: Number, *, strict: bool) -> Node:
        return self.make(n.MIN, (value, strict))

    def greatest(self, value: Number, *, strict: bool) -> Node:
        return self.make(n.MAX, (value, strict))

    def multiple(self, value: Number) -> Node:
        return self.make(n.MULTIPLE, (abs(value),))

    def at_least_size(self, op: str, size: int) -> Node:
        """`minLength`, `minItems`, `minProperties`."""
        return self.make(op, (size,)) if size > 0 else self.true

    def at_most_size(self, op: str, size: int) -> Node:
        """`maxLength`, `maxItems`, `maxProperties`; a negative size is no value at all of the type."""
        return self.make(op, (size,)) if size >= 0 else self.types(n.ALL_TYPES ^ n.GUARDS[op])

    def item(self, index: int, node: Node) -> Node:
        if node.op == n.FALSE:
            return self.at_most_size(n.MAX_ITEMS, index)
        return node if node.op == n.TRUE else self.make(n.ITEM, (index,), (node,))

    def items(self, start: int, node: Node) -> Node:
        if node.op == n.FALSE:
            return self.at_most_size(n.MAX_ITEMS, start)
        return node if node.op == n.TRUE else self.make(n.ITEMS, (start,), (node,))

    def contains_least(self, count: int, node: Node) -> Node:
        if count <= 0:
            return self.true
        if node.op == n.TRUE:
            return self.at_least_size(n.MIN_ITEMS, count)
        if node.op == n.FALSE:
            return self.types(n.ALL_TYPES ^ ARRAY)
        return self.make(n.AT_LEAST, (count,), (node,))

    def contains_most(self, count: int, node: Node) -> Node:
        if count < 0:
            return self.types(n.ALL_TYPES ^ ARRAY)
        if node.op == n.TRUE:
            return self.at_most_size(n.MAX_ITEMS, count)
        if node.op == n.FALSE:
            return self.true
        if count == 0:
            return self.items(0, self.negate(node))
        return self.make(n.AT_MOST, (count,), (node,))

    def required(self, key: str) -> Node:
        return self.make(n.REQUIRED, (key,))

    def absent(self, key: str) -> Node:
        return self.make(n.PROPERTY, (key,), (self.false,))

    def property(self, key: str, node: Node) -> Node:
        return node if node.op == n.TRUE else self.make(n.PROPERTY, (key,), (node,))

    def pattern_property(self, pattern: str, node: Node) -> Node:
        if node.op == n.TRUE:
            return node
        language = self.language(pattern)
        if language is not None and language.universal():
            return self.additional((), (), node)
        return self.make(n.PATTERN_PROPERTY, (pattern,), (node,))

    def additional(self, names: Iterable[str], patterns: Iterable[str], node: Node) -> Node:
        """What holds for every key that is neither listed nor matched."""
        if node.op == n.TRUE:
            return node
        chosen = tuple(sorted(set(patterns)))
        languages = [self.language(pattern) for pattern in chosen]
        if any(language is not None and language.universal() for language in languages):
            return self.true
        keys = tuple(
            key for key in sorted(set(names)) if not any(language and language.matches(key) for language in languages)
        )
        if not keys and not chosen and node.op == n.FALSE:
            return self.at_most_size(n.MAX_PROPERTIES, 0)
        return self.make(n.ADDITIONAL, (keys, chosen), (node,))

    def names(self, node: Node) -> Node:
        if node.op == n.TRUE:
            return node
        if not self.possible_types(node) & STRING:
            return self.at_most_size(n.MAX_PROPERTIES, 0)
        return self.make(n.NAMES, (), (node,))

    def constant(self, value: Value) -> Node:
        """Exactly this value. Arrays and objects become structure, so negation needs no path of its own."""
        if isinstance(value, list):
            size = len(value)
            inner = [self.item(index, self.constant(item)) for index, item in enumerate(value)]
            ends = [self.at_least_size(n.MIN_ITEMS, size), self.at_most_size(n.MAX_ITEMS, size)]
            return self.all_of([self.types(ARRAY), *ends, *inner])
        if isinstance(value, dict):
            inner = [self.property(key, self.constant(item)) for key, item in value.items()]
            inner += [self.required(key) for key in value]
            return self.all_of([self.types(OBJECT), self.additional(value, (), self.false), *inner])
        return self.enum([(type_of(value), value)])
