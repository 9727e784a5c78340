"""Which places surely say the same in both versions, references included, so that nobody need look inside them."""

from __future__ import annotations

import re
from typing import Any, Final

from llmreg.formats.json.localise.references import Spot

# As Python writes them: quick, exact to the spelling of a number, and in the order of the text.
_REFERENCE: Final = re.compile(r"'\$(?:ref|dynamicRef|recursiveRef)'")
_TO_DEFINITION: Final = re.compile(r"'\$ref': ['\"]#/(?:\$defs|definitions)/")


class Still:
    """A text without references that is the same in both versions has not changed. Where the definitions are the same
    too, nor has a text that refers to nothing else."""

    def __init__(self, old: Spot, new: Spot) -> None:
        self._roots = old, new
        text = repr(_definitions(old.schema))
        self._defined = (
            all(node.pointer == "" for spot in self._roots for node in spot.index.resources.values())
            and text == repr(_definitions(new.schema))
            and _only_definitions(text)
        )

    def holds(self, old: Spot, new: Spot) -> bool:
        """Whether two places are surely the same; False says nothing."""
        text = repr(old.schema)
        if text != repr(new.schema):
            return False
        if not _REFERENCE.search(text):
            return True
        inside = old.index is self._roots[0].index and new.index is self._roots[1].index
        return self._defined and inside and _only_definitions(text)


def _definitions(document: Any) -> list[Any]:
    if not isinstance(document, dict):
        return []
    return [document.get("$defs"), document.get("definitions")]


def _only_definitions(text: str) -> bool:
    return len(_REFERENCE.findall(text)) == len(_TO_DEFINITION.findall(text))
