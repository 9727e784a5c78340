"""The regex engine: membership, syntax, shortest words and inclusion, each as a table."""

from __future__ import annotations

import time

import pytest

from llmreg.formats.json.regex import (
    Budget,
    BudgetError,
    PatternError,
    PatternUnsupported,
    Window,
    check_pattern,
    compile_pattern,
    included,
    word,
)

MATCHES = [
    # pattern, matched, not matched
    ("cat", ["cat", "concatenate", "cat\n"], ["ca", "CAT", ""]),
    ("^cat", ["cat", "cats"], ["a cat"]),
    ("cat$", ["cat", "a cat"], ["cats", "cat\n"]),
    ("^$", [""], ["a", "\n"]),
    ("^.$", ["a", "é", "😀"], ["", "ab", "\n", "\u2028"]),
    ("^[^]$", ["a", "\n"], [""]),
    ("[]", [], ["", "a"]),
    (r"^\d+$", ["0", "42"], ["", "٣", "4a"]),
    (r"^\w$", ["a", "_", "7"], ["é", "-"]),
    (r"^\s$", [" ", "\u00a0", "\ufeff"], ["a", ""]),
    (r"^\S\D\W$", ["aa-"], ["a1-", " a-"]),
    ("^(red|green)$", ["red", "green"], ["redgreen", "blue"]),
    ("^(?<tone>lo|hi)-fi$", ["lo-fi"], ["fi"]),
    ("^a{2}b{1,}c{0,2}$", ["aab", "aabbcc"], ["ab", "aabccc"]),
    ("^x{,3}$", ["x{,3}"], ["xx"]),
    ("^(?=.*[0-9])(?=.*[a-z]).{4}$", ["a1bc"], ["abcd", "1234", "a1b"]),
    ("^(?!tmp-)[a-z-]+$", ["data", "atmp-"], ["tmp-x", "tmp-"]),
    ("a(?!b)", ["ac", "aba"], ["ab", "b"]),
    ("(^|,)key(,|$)", ["key", "a,key", "key,b"], ["akey", "keys"]),
    ("^(?:ab?)+$", ["aab", "aba"], ["b", "abb"]),
    (r"^\u0041\x42\u{43}\cJ$", ["ABC\n"], ["abc\n"]),
    (r"^\uD83D\uDE00$", ["😀"], ["x"]),
    (r"^[\d\-x]+$", ["1-x"], ["a"]),
    (r"^[a\]b]$", ["]"], ["\\"]),
    (r"^\p{Lu}\P{L}$", ["Ä1"], ["ä1", "ÄA"]),
    (r"^\/\.\-$", ["/.-"], ["/a-"]),
    ("^(a|b$)?c*$", ["", "ac", "b", "cc"], ["bc"]),
]

SYNTAX_ERRORS = [
    "(",
    "a)",
    "[a",
    "*a",
    "a**",
    "a{2,1}",
    "[b-a]",
    "\\",
    r"\q",
    r"\u12",
    r"\p{L",
    "(?i)a",
    "^*",
    "a++",
    "(?P<n>a)",
]

UNSUPPORTED = [r"\bword\b", r"(a)\1", r"(?<n>a)\k<n>", "(?<=a)b", "(?<!a)b", r"^\p{Script=Greek}+$", "(^a|b)+"]

INCLUSIONS = [
    # left, right, left within right, right within left
    ("^ab*$", "^a", True, False),
    ("^[a-f]{3}$", "^[a-z]{2,4}$", True, False),
    ("a", "b", False, False),
    ("^a{0,3000}$", "^a{0,3001}$", True, False),
    ("^[a-z][a-z0-9]{0,62}$", "^[a-z0-9]{1,63}$", True, False),
    ("^(?!x).*$", "^[^x]|^$", True, False),
    ("", ".*", True, True),
    ("^(ab|cd)+$", "^([a-d]{2})*$", True, False),
]


@pytest.mark.parametrize(("pattern", "matched", "refused"), MATCHES, ids=[row[0] for row in MATCHES])
def test_membership(pattern: str, matched: list[str], refused: list[str]) -> None:
    language = compile_pattern(pattern)
    assert [text for text in matched if not language.matches(text)] == []
    assert [text for text in refused if language.matches(text)] == []


@pytest.mark.parametrize("pattern", SYNTAX_ERRORS)
def test_syntax_error_has_a_position(pattern: str) -> None:
    with pytest.raises(PatternError, match="at position"):
        check_pattern(pattern)
    with pytest.raises(PatternError):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", UNSUPPORTED)
def test_valid_but_not_regular(pattern: str) -> None:
    check_pattern(pattern)
    with pytest.raises(PatternUnsupported):
        compile_pattern(pattern)


@pytest.mark.parametrize(("left", "right", "forth", "back"), INCLUSIONS)
def test_inclusion(left: str, right: str, forth: bool, back: bool) -> None:
    first, second = compile_pattern(left), compile_pattern(right)
    assert included(first, second) is forth
    assert included(second, first) is back


@pytest.mark.parametrize("pattern", [row[0] for row in MATCHES if row[1]])
def test_the_shortest_word_is_a_word(pattern: str) -> None:
    language = compile_pattern(pattern)
    inside = word((language,))
    outside = word((), (language,))
    assert inside is not None
    assert language.matches(inside)
    assert outside is None or not language.matches(outside)


@pytest.mark.parametrize(
    ("pattern", "window", "exclude", "expected"),
    [
        ("^[a-z]+$", Window(), (), "a"),
        ("^[a-z]+$", Window(3, 5), (), "aaa"),
        ("^[a-z]$", Window(2), (), None),
        ("^(on|off)$", Window(), ("on",), "off"),
        ("^(on|off)$", Window(), ("on", "off"), None),
        ("x", Window(4), (), "xaaa"),
        ("^[\n_]$", Window(), (), "_"),
        ("^\n$", Window(), (), "\n"),
    ],
)
def test_words(pattern: str, window: Window, exclude: tuple[str, ...], expected: str | None) -> None:
    assert word((compile_pattern(pattern),), window=window, exclude=exclude) == expected


def test_word_between_long_counters_is_found_at_once() -> None:
    started = time.monotonic()
    found = word((compile_pattern("^[a-z]{1,5000}$"),), (compile_pattern("^[a-z]{1,4999}$"),))
    assert found == "a" * 5000
    assert time.monotonic() - started < 2


def test_the_budget_ends_a_search() -> None:
    bomb = compile_pattern("^(a|b)*a(a|b){18}$")
    with pytest.raises(BudgetError):
        word(
            (bomb,),
            (compile_pattern("^(a|b)*b(a|b){17}(a|b)$"), compile_pattern("^a")),
            budget=Budget(time.monotonic() + 1, 2_000),
        )
