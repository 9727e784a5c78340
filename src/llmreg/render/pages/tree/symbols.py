"""The outline that every format gives, as a tree: a symbol stands below the one that its pointer starts with."""

from __future__ import annotations

from collections.abc import Iterable

from llmreg.formats.interface import Symbol
from llmreg.model.pointer import split
from llmreg.render.pages.tree.node import Limits, Node

_LABELS = {"field": "", "type": "type", "symbol": "value", "service": "service", "title": ""}


def symbol_tree(outline: Iterable[Symbol], limits: Limits) -> Node:
    """For formats whose text is no JSON."""
    root = Node("", "", "file")
    places: dict[tuple[str, ...], Node] = {(): root}
    for symbol in outline:
        path = split(symbol.pointer)
        if not limits.take(len(path)):
            continue
        node = Node(symbol.name, symbol.detail, _LABELS.get(symbol.kind, symbol.kind), text=symbol.text)
        above = next(places[path[:cut]] for cut in range(max(len(path) - 1, 0), -1, -1) if path[:cut] in places)
        above.children.append(node)
        places.setdefault(path, node)
    return root
