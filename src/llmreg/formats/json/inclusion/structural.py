"""Cheap sufficient rules for inclusion: true is a proof, false says nothing."""

from __future__ import annotations

from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.nodes import Node
from llmreg.formats.json.regex import Budget


class Rules:
    def __init__(self, table: Atoms, budget: Budget, listed: int) -> None:
        self.table = table
        self.budget = budget
        self.listed = listed

    def includes(self, left: Node, right: Node) -> bool:
        return False
