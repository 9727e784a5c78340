"""Nothing invisible gets through, and JSON text keeps its meaning."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmreg.render.plain import clip, printable, printable_lines

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, naïve, 日本語, 🙂", "plain, naïve, 日本語, 🙂"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[2J\x7f\x9b", "\\u001b[2J\\u007f\\u009b"),
        ("\u202eexe.txt\u2066\u200b\ufeff", "\\u202eexe.txt\\u2066\\u200b\\ufeff"),
        ("\u2028\u2029\u00a0", "\\u2028\\u2029\\u00a0"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_is_invisible_is_spelt_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.property
@given(ANY_TEXT)
def test_everything_shown_is_printable_and_json_reads_it_back(text: str) -> None:
    shown = printable(json.dumps(text, ensure_ascii=False))
    assert shown.isprintable()
    assert json.loads(shown) == text


def test_own_line_breaks_stay() -> None:
    assert printable_lines("a\nb\r\n") == "a\nb\\r\n"


@pytest.mark.parametrize(("limit", "shown"), [(5, "abcde"), (4, "abc…"), (1, "…")])
def test_a_cut_is_shown(limit: int, shown: str) -> None:
    assert clip("abcde", limit) == shown
