"""Differences for people: every line is accounted for, and what was left out is said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llmreg.render.pages.textdiff import line_diff, word_diff

TEXTS = st.lists(st.sampled_from("abcde"), max_size=30).map("\n".join)


def told(old: str, new: str) -> list[str]:
    return [f"{line.sign}{line.old or ''}/{line.new or ''} {line.text}" for line in line_diff(old, new) or []]


def test_a_change_is_told_with_its_neighbours() -> None:
    old = "\n".join("abcdefghij")
    assert told(old, old.replace("f", "X")) == [
        "…/ ", " 3/3 c", " 4/4 d", " 5/5 e", "-6/ f", "+/6 X", " 7/7 g", " 8/8 h", " 9/9 i", "…/ ",
    ]  # fmt: skip


def test_equal_texts_have_no_difference() -> None:
    assert line_diff("a\nb", "a\nb") == []


def test_a_difference_too_long_to_look_at_is_none() -> None:
    old, new = ("\n".join(f"{side}{at}" for at in range(3000)) for side in "ab")
    assert line_diff(old, new) is None


@given(TEXTS, TEXTS)
def test_numbers_and_lines_fit_both_texts(old: str, new: str) -> None:
    before, after = old.split("\n"), new.split("\n")
    lines = line_diff(old, new) or []
    for line in lines:
        assert not line.old or before[line.old - 1] == line.text
        assert not line.new or after[line.new - 1] == line.text
        assert (line.old > 0, line.new > 0) == {"+": (False, True), "-": (True, False), " ": (True, True)}.get(
            line.sign, (False, False)
        )
    removed = sum(line.sign == "-" for line in lines)
    added = sum(line.sign == "+" for line in lines)
    assert len(before) - removed == len(after) - added


@given(st.text(max_size=60), st.text(max_size=60))
def test_words_make_both_texts_again(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    if (" ", "\n") in pieces:
        return
    assert "".join(text for sign, text in pieces if sign != "+") == old
    assert "".join(text for sign, text in pieces if sign != "-") == new


def test_one_changed_word_is_marked_and_another_sentence_is_shown_whole() -> None:
    assert word_diff("The old one is here.", "The new one is here.") == [
        (" ", "The "), ("-", "old"), ("+", "new"), (" ", " one is here."),
    ]  # fmt: skip
    assert word_diff("One thing.", "Quite another, at length") == [
        ("-", "One thing."), (" ", "\n"), ("+", "Quite another, at length"),
    ]  # fmt: skip
