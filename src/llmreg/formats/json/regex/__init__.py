"""Regular languages of ECMA-262 patterns: membership, inclusion and shortest words by derivatives."""

from llmreg.formats.json.budget import Budget, BudgetError
from llmreg.formats.json.regex.language import (
    Language,
    check_pattern,
    compile_pattern,
    disjoint,
    included,
    matches,
    quick_word,
    word,
)
from llmreg.formats.json.regex.search import Window
from llmreg.formats.json.regex.syntax import PatternError, PatternUnsupported

__all__ = [
    "Budget",
    "BudgetError",
    "Language",
    "PatternError",
    "PatternUnsupported",
    "Window",
    "check_pattern",
    "compile_pattern",
    "disjoint",
    "included",
    "matches",
    "quick_word",
    "word",
]
