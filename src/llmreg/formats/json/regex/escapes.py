"""What a backslash means in an ECMA-262 pattern."""

from __future__ import annotations

from typing import Final

from llmreg.formats.json.regex import charset
from llmreg.formats.json.regex.charset import Ranges
from llmreg.formats.json.regex.syntax import Chars, Foreign, PatternError, Tree

_CONTROL: Final = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}
_SETS: Final = {
    "d": charset.DIGIT, "D": charset.invert(charset.DIGIT),
    "w": charset.WORD, "W": charset.invert(charset.WORD),
    "s": charset.SPACE, "S": charset.invert(charset.SPACE),
}  # fmt: skip


class Escapes:
    """Reads one escape at a time; `foreign` remembers a property that has no table here."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.foreign = ""

    def outside_class(self, at: int) -> tuple[Tree, int]:
        """The tree of the escape whose backslash stands before `at`, and where it ends."""
        char = self._char(at)
        if char in "bB":
            return Foreign("word boundary"), at + 1
        if char in "123456789":
            end = at
            while self.text[end : end + 1].isdigit():
                end += 1
            return Foreign("back reference"), end
        if char == "k" and self.text[at + 1 : at + 2] == "<":
            return Foreign("back reference"), self.text.find(">", at) + 1 or len(self.text)
        ranges, _, end = self.inside_class(at)
        if self.foreign:
            return Foreign(self.foreign), end
        return Chars(charset.normal(list(ranges))), end

    def inside_class(self, at: int) -> tuple[Ranges, int | None, int]:
        """Ranges, the single code point if it is one, and where the escape ends."""
        char = self._char(at)
        if char in _SETS:
            return _SETS[char], None, at + 1
        if char in "pP":
            return self._property(at)
        point, end = self._point(at, char)
        return ((point, point),), point, end

    def _char(self, at: int) -> str:
        if at >= len(self.text):
            raise PatternError("backslash at the end", at - 1)
        return self.text[at]

    def _point(self, at: int, char: str) -> tuple[int, int]:
        if char in _CONTROL:
            return _CONTROL[char], at + 1
        if char == "b":
            return 0x08, at + 1
        if char == "0" and not self.text[at + 1 : at + 2].isdigit():
            return 0, at + 1
        if char == "c":
            letter = self.text[at + 1 : at + 2]
            if not (letter.isascii() and letter.isalpha()):
                raise PatternError("bad control escape", at - 1)
            return ord(letter) % 32, at + 2
        if char == "x":
            return self._hex(at + 1, 2), at + 3
        if char == "u":
            return self._unicode(at + 1)
        if char.isascii() and char.isalnum():
            raise PatternError(f"unknown escape \\{char}", at - 1)
        return ord(char), at + 1

    def _hex(self, at: int, length: int) -> int:
        digits = self.text[at : at + length]
        if len(digits) < length or any(char not in "0123456789abcdefABCDEF" for char in digits):
            raise PatternError("bad hexadecimal escape", at)
        return int(digits, 16)

    def _unicode(self, at: int) -> tuple[int, int]:
        if self.text[at : at + 1] == "{":
            end = self.text.find("}", at)
            point = self._hex(at + 1, end - at - 1) if end > at + 1 else charset.LAST + 1
            if point > charset.LAST:
                raise PatternError("bad code point escape", at)
            return point, end + 1
        high = self._hex(at, 4)
        if 0xD800 <= high <= 0xDBFF and self.text.startswith("\\u", at + 4):
            low = self._hex(at + 6, 4)
            if 0xDC00 <= low <= 0xDFFF:
                return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), at + 10
        return high, at + 4

    def _property(self, at: int) -> tuple[Ranges, int | None, int]:
        end = self.text.find("}", at)
        if self.text[at + 1 : at + 2] != "{" or end < 0:
            raise PatternError("bad property escape", at - 1)
        ranges = charset.category(self.text[at + 2 : end])
        if ranges is None:
            self.foreign = f"property {self.text[at + 2 : end]}"
            ranges = ()
        return charset.invert(ranges) if self.text[at] == "P" else ranges, None, end + 1
