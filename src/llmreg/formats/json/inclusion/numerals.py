"""From the values of a search to JSON values: exact integers and decimals."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

from llmreg.formats.json.inclusion.answers import JsonValue
from llmreg.formats.json.inclusion.nodes import Pointed, Value


def written(value: Value) -> JsonValue:
    if isinstance(value, list):
        return [written(item) for item in value]
    if isinstance(value, dict):
        return {key: written(item) for key, item in value.items()}
    if isinstance(value, Pointed):
        return Decimal(f"{value.numerator}.0")
    return _decimal(value) if isinstance(value, Fraction) else value


def _decimal(value: Fraction) -> JsonValue:
    """Every number of the search stems from decimals by sums and products, so the digits end."""
    digits = 0
    while value.denominator != 1:
        value *= 10
        digits += 1
    whole = value.numerator
    return Decimal(whole).scaleb(-digits, Context(prec=len(str(abs(whole))) + 1)) if digits else whole
