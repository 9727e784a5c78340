"""A schema as a readable tree of named parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from llmreg.errors import LlmregError
from llmreg.formats.interface import Symbol
from llmreg.model.jsontext import loads
from llmreg.render.pages.tree.avro import avro_tree
from llmreg.render.pages.tree.json_schema import json_tree
from llmreg.render.pages.tree.node import Limits, Node
from llmreg.render.pages.tree.symbols import symbol_tree

__all__ = ["Limits", "Node", "tree_of"]


def tree_of(
    format_name: str, data: bytes, outline: Callable[[], Iterable[Symbol]], references: Mapping[str, str]
) -> tuple[Node | None, bool]:
    """The tree, and whether parts are left out; None for text that cannot be read.

    JSON Schema and Avro are shown from the text itself, any other format from its `outline`. `references`: a name
    used in the text → the link to that version."""
    limits = Limits()
    try:
        if format_name == "json":
            root = json_tree(loads(data), references, limits)
        elif format_name == "avro":
            root = avro_tree(loads(data), references, limits)
        else:
            root = symbol_tree(outline(), limits)
    except LlmregError:
        return None, False
    return root, limits.cut
