"""What a terminal gets: colour only when asked for, and without it no trace of rich."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from llmreg.model.finding import Witness
from llmreg.model.report import Report
from llmreg.render.options import RenderOptions
from llmreg.render.outputs import text
from llmreg.render.records import as_json, as_text
from llmreg.render.table import table
from llmreg.render.witness import folded, spaced_hex

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def test_colour_adds_nothing_but_colour(sample: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")  # the caller has already decided
    colored = text.render(sample, RenderOptions(color=True))
    assert ANSI.search(colored)
    assert ANSI.sub("", colored) == text.render(sample, RenderOptions())


def test_plain_text_does_not_load_rich() -> None:
    code = (
        "import sys; from llmreg.model.report import Report; from llmreg.render import catalogue, records;"
        "from llmreg.render.options import RenderOptions;"
        "[catalogue.get(name).render(Report(), RenderOptions()) for name in ('text', 'json', 'github')];"
        "records.as_text([{'a': 1}], RenderOptions());"
        "print(sorted({'rich', 'xml', 'llmreg.formats'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_witness_is_cut_to_the_width() -> None:
    assert folded({"a": 1}, 7, 3) == (['{"a":1}'], False)
    assert folded({"a": 1}, 6, 3) == (["{", '  "a"…', "}"], True)
    assert folded({"a": 1}, 6, 9) == (["{", '  "a"…', "}"], True)
    assert folded([1, 2, 3], 5, 2) == (["[", "  1,"], True)
    assert folded([1, 2, 3], 5, 5) == (["[", "  1,", "  2,", "  3", "]"], False)


def test_bytes_are_hex_and_no_bytes_are_words() -> None:
    assert spaced_hex("0a0161") == "0a 01 61"
    assert spaced_hex("") == "(none: the empty message)"
    assert Witness({}, bytes="").to_json()["bytes"] == ""


def test_a_table_is_aligned_by_columns_not_characters() -> None:
    rows = [["chat/reply", 12, True], ["日本", 3, None], ["e\u0301\x1b", None, False]]
    assert table(["subject", "versions", "pending"], rows, RenderOptions()) == (
        "subject     versions  pending\n"
        "chat/reply        12  yes\n"
        "日本               3\n"
        "e\u0301\\u001b               no\n"
    )
    assert table(["a"], [], RenderOptions()) == ""
    assert ANSI.sub("", table(["a"], [["b"]], RenderOptions(color=True))) == "a\nb\n"


def test_records_become_a_table_or_json() -> None:
    records = [{"version": "1.0.0", "refs": ["a@1.0.0", "b@2.0.0"]}, {"version": "1.1.0", "note": "x\ny"}]
    assert as_text(records, RenderOptions()) == (
        "version  refs              note\n1.0.0    a@1.0.0, b@2.0.0\n1.1.0                      x\\ny\n"
    )
    assert as_json([{"a": "\x7f"}]) == '[\n  {\n    "a": "\\u007f"\n  }\n]\n'
