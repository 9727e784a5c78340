"""Sets of code points as sorted, disjoint, inclusive ranges."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import Final, TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]

LAST: Final = 0x10FFFF
NOTHING: Final[Ranges] = ()
# A JSON text cannot carry a lone surrogate safely, so no word may contain one.
EVERYTHING: Final[Ranges] = ((0, 0xD7FF), (0xE000, LAST))
DIGIT: Final[Ranges] = ((0x30, 0x39),)
WORD: Final[Ranges] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACE: Final[Ranges] = (
    (0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
    (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)  # fmt: skip
LINE_ENDS: Final[Ranges] = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))

# Readable characters first; line ends last, because engines disagree on `.` and `$` beside them.
_PREFERRED: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_. /:@,+=!#$%&*'()[]{}<>?;|~^`\"\\"
_RANK: Final = {ord(char): rank for rank, char in enumerate(_PREFERRED)}


def normal(ranges: list[tuple[int, int]]) -> Ranges:
    """Sort, merge and drop surrogates."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            if high > merged[-1][1]:
                merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return meet(tuple(merged), EVERYTHING)


def meet(left: Ranges, right: Ranges) -> Ranges:
    out: list[tuple[int, int]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        low = max(left[i][0], right[j][0])
        high = min(left[i][1], right[j][1])
        if low <= high:
            out.append((low, high))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(out)


def join(left: Ranges, right: Ranges) -> Ranges:
    return normal([*left, *right])


def invert(ranges: Ranges) -> Ranges:
    out: list[tuple[int, int]] = []
    start = 0
    for low, high in ranges:
        if low > start:
            out.append((start, low - 1))
        start = high + 1
    if start <= LAST:
        out.append((start, LAST))
    return meet(tuple(out), EVERYTHING)


def contains(ranges: Ranges, point: int) -> bool:
    index = bisect_right(ranges, (point, LAST)) - 1
    return index >= 0 and ranges[index][0] <= point <= ranges[index][1]


def is_line_end(point: int) -> bool:
    return point in (0x0A, 0x0D, 0x2028, 0x2029)


def rank(point: int) -> int:
    """The smaller, the more readable."""
    known = _RANK.get(point)
    if known is not None:
        return known
    if is_line_end(point):
        return 10_000_000
    if point < 0x20 or 0x7F <= point <= 0xA0:
        return 5_000_000 + point
    return 1_000 + point


def representative(ranges: Ranges) -> int:
    """The most readable member of a set that is not empty."""
    best = min((point for point in _RANK if contains(ranges, point)), key=_RANK.__getitem__, default=-1)
    if best >= 0:
        return best
    printable = [point for low, high in ranges[:64] for point in (max(low, 0xA1), high, low) if low <= point <= high]
    return min(printable, key=rank)


@cache
def _categories() -> dict[str, list[tuple[int, int]]]:
    """General categories of all code points; scanned once, and only when a pattern asks for one."""
    import unicodedata

    table: dict[str, list[tuple[int, int]]] = {}
    category = unicodedata.category
    previous, start = category("\0"), 0
    for point in range(1, LAST + 1):
        current = category(chr(point))
        if current != previous:
            table.setdefault(previous, []).append((start, point - 1))
            previous, start = current, point
    table.setdefault(previous, []).append((start, LAST))
    return table


_LONG_NAMES: Final = {
    "Letter": "L", "Lowercase_Letter": "Ll", "Uppercase_Letter": "Lu", "Titlecase_Letter": "Lt",
    "Cased_Letter": "LC", "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Combining_Mark": "M",
    "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc", "Enclosing_Mark": "Me", "Number": "N", "Decimal_Number": "Nd",
    "digit": "Nd", "Letter_Number": "Nl", "Other_Number": "No", "Punctuation": "P", "punct": "P",
    "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd", "Open_Punctuation": "Ps", "Close_Punctuation": "Pe",
    "Initial_Punctuation": "Pi", "Final_Punctuation": "Pf", "Other_Punctuation": "Po", "Symbol": "S",
    "Math_Symbol": "Sm", "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So", "Separator": "Z",
    "Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp", "Other": "C", "Control": "Cc",
    "cntrl": "Cc", "Format": "Cf", "Surrogate": "Cs", "Private_Use": "Co", "Unassigned": "Cn",
}  # fmt: skip
_SHORT_NAMES: Final = frozenset(_LONG_NAMES.values())


@cache
def category(name: str) -> Ranges | None:
    """The set behind `\\p{name}` for a general category; None for a property without a table here."""
    if name == "Any":
        return EVERYTHING
    if name == "ASCII":
        return ((0, 0x7F),)
    name = name.removeprefix("General_Category=").removeprefix("gc=")
    short = _LONG_NAMES.get(name, name)
    if short not in _SHORT_NAMES:
        return None
    wanted = ("Lu", "Ll", "Lt") if short == "LC" else (short,)
    return normal([pair for key, pairs in _categories().items() if key.startswith(wanted) for pair in pairs])
