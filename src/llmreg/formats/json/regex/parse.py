"""Reads an ECMA-262 pattern in Unicode mode, lenient only where every validator in use is lenient too."""

from __future__ import annotations

from typing import Final

from llmreg.formats.json.regex import charset
from llmreg.formats.json.regex.charset import Ranges
from llmreg.formats.json.regex.escapes import Escapes
from llmreg.formats.json.regex.syntax import Chars, Choice, Edge, Foreign, Look, PatternError, Repeat, Sequence, Tree

_MAX_DEPTH: Final = 150
_OPENINGS: Final = ("?:", "?=", "?!", "?<=", "?<!", "?<")
_DOT: Final = charset.invert(charset.LINE_ENDS)


def parse(text: str) -> Tree:
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.escapes = Escapes(text)

    def whole(self) -> Tree:
        tree = self.choice()
        if self.at < len(self.text):
            raise PatternError("unmatched ')'", self.at)
        return tree

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def choice(self) -> Tree:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise PatternError("groups nested too deeply", self.at)
        branches = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.sequence())
        self.depth -= 1
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def sequence(self) -> Tree:
        parts: list[Tree] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeat(self.atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def repeat(self, atom: Tree) -> Tree:
        bounds = self.quantifier()
        if bounds is None:
            return atom
        if isinstance(atom, Edge | Look):
            raise PatternError("nothing to repeat", self.at)
        if self.peek() == "?":
            self.at += 1
        return Repeat(atom, *bounds)

    def quantifier(self) -> tuple[int, int | None] | None:
        char = self.peek()
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if char in simple:
            self.at += 1
            return simple[char]
        return self.counted() if char == "{" else None

    def counted(self) -> tuple[int, int | None] | None:
        """`{n}`, `{n,}` or `{n,m}`; anything else is a literal brace."""
        end = self.text.find("}", self.at)
        low, comma, high = self.text[self.at + 1 : end].partition(",")
        if end < 0 or not _is_number(low) or not (high == "" or _is_number(high)):
            return None
        start, self.at = self.at, end + 1
        if not comma:
            return int(low), int(low)
        if high and int(high) < int(low):
            raise PatternError("numbers out of order in {}", start)
        return int(low), int(high) if high else None

    def atom(self) -> Tree:
        start = self.at
        char = self.text[start]
        self.at += 1
        if char in "^$":
            return Edge(char == "$")
        if char == ".":
            return Chars(_DOT)
        if char == "(":
            return self.group(start)
        if char == "[":
            return self.char_class(start)
        if char == "\\":
            found, self.at = self.escapes.outside_class(self.at)
            return found
        if char in "*+?":
            raise PatternError("nothing to repeat", start)
        if char == "{":
            self.at = start
            if self.counted() is not None:
                raise PatternError("nothing to repeat", start)
            self.at = start + 1
        return Chars(((ord(char), ord(char)),))

    def group(self, start: int) -> Tree:
        opening = next((mark for mark in _OPENINGS if self.text.startswith(mark, self.at)), "")
        if not opening and self.peek() == "?":
            raise PatternError("unknown kind of group", start)
        self.at += len(opening)
        if opening == "?<":
            self.name(start)
        body = self.choice()
        if self.peek() != ")":
            raise PatternError("unterminated group", start)
        self.at += 1
        if opening in ("?=", "?!"):
            return Look(body, opening == "?!")
        return Foreign("look-behind") if opening in ("?<=", "?<!") else body

    def name(self, start: int) -> None:
        end = self.text.find(">", self.at)
        if end < 0 or not self.text[self.at : end].replace("$", "_").isidentifier():
            raise PatternError("bad group name", start)
        self.at = end + 1

    def char_class(self, start: int) -> Tree:
        negated = self.peek() == "^"
        self.at += negated
        ranges: list[tuple[int, int]] = []
        while self.peek() != "]":
            if not self.peek():
                raise PatternError("unterminated character class", start)
            low, low_point = self.class_item()
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                dash = self.at
                self.at += 1
                high, high_point = self.class_item()
                if low_point is None or high_point is None:
                    # A set at either end of a dash: the dash stands for itself.
                    ranges += [*low, (0x2D, 0x2D), *high]
                elif high_point < low_point:
                    raise PatternError("range out of order in character class", dash)
                else:
                    ranges.append((low_point, high_point))
            else:
                ranges += low
        self.at += 1
        if self.escapes.foreign:
            return Foreign(self.escapes.foreign)
        positive = charset.normal(ranges)
        return Chars(charset.invert(positive) if negated else positive)

    def class_item(self) -> tuple[Ranges, int | None]:
        if self.peek() == "\\":
            ranges, point, self.at = self.escapes.inside_class(self.at + 1)
            return ranges, point
        if not self.peek():
            raise PatternError("unterminated character class", self.at)
        point = ord(self.peek())
        self.at += 1
        return ((point, point),), point


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
