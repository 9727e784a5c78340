"""Foreign text in Markdown, judged by a CommonMark parser with GitHub's tables, strike-through and HTML."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from llmreg.model.report import Report
from llmreg.render.markdown_text import code, escaped, fence, prose
from llmreg.render.options import RenderOptions
from llmreg.render.outputs import markdown
from llmreg.render.plain import printable

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SPLITTER = "\u200b"
HARMLESS = {"text", "code_inline", "paragraph_open", "paragraph_close", "inline", "text_special"}
NASTY = st.text(st.sampled_from("`|\\<>*_~[]()#@!&;$-+=1. ab\n\"'/:{}"))


def tokens(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def words(text: str) -> str:
    """What a reader sees, without the zero-width spaces that keep mentions from being linked."""
    seen = "".join(token.content for token in tokens(text) if token.type in ("text", "code_inline", "text_special"))
    return seen.replace(SPLITTER, "")


@pytest.mark.property
@given(NASTY)
def test_prose_is_nothing_but_text_and_code_spans(text: str) -> None:
    line = f"a {prose(text)} z"
    assert {token.type for token in tokens(line)} <= HARMLESS
    assert words(line).replace("`", "") == f"a {printable(text).replace('`', '')} z"


@pytest.mark.property
@given(NASTY)
def test_escaped_text_stays_in_its_table_cell(text: str) -> None:
    table = f"| x | y |\n| --- | --- |\n| {escaped(text)} | end |\n"
    cells = [token for token in tokens(table) if token.type == "td_open"]
    assert len(cells) == 2
    assert not {"html_inline", "link_open", "image", "code_inline", "em_open", "s_open"} & {
        t.type for t in tokens(table)
    }


@pytest.mark.property
@given(NASTY.filter(str.strip))
def test_a_code_span_holds_its_whole_text(text: str) -> None:
    spans = [token.content for token in tokens(f"a {code(text)} z") if token.type == "code_inline"]
    assert spans == [printable(text)]


@pytest.mark.property
@given(NASTY)
def test_a_fence_holds_its_whole_text(text: str) -> None:
    [block] = [token for token in tokens(fence(text, "json")) if token.type == "fence"]
    assert block.content == f"{text}\n"


@pytest.mark.parametrize("text", ["- a", "+ a", "= a", "1. a", "12) a", "> a", "# a", "    ", "***", "---", "1."])
def test_prose_at_the_start_of_a_line_opens_no_block(text: str) -> None:
    assert {token.type for token in PARSER.parse(prose(text))} <= HARMLESS


@pytest.mark.parametrize("text", ["@everyone", "a@b.example", "#12", "https://evil.example", "www.evil.example"])
def test_nothing_is_left_for_github_to_link(text: str) -> None:
    assert text not in escaped(text)
    assert words(escaped(text)) == text


def test_a_report_brings_in_no_html_but_its_own(sample: Report) -> None:
    text = markdown.render(sample, RenderOptions())
    assert not {"html_inline", "link_open", "image"} & {token.type for token in tokens(text)}
    blocks = [token.content for token in tokens(text) if token.type == "html_block"]
    assert all(block.startswith(("<details>", "<details open>", "</details>")) for block in blocks)
    assert "<script" not in "".join(blocks)
    assert text.count("\n<details") == text.count("\n</details>")
