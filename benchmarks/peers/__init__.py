"""llmreg and the checkers that the package index offers, side by side on the same pairs of schemas."""
