"""Whatever people write into a registry is text on a page: nothing of it becomes markup, script or a link."""

from __future__ import annotations

import json
import re

from tests.unit.render.pages.conftest import MakeIndex, subject_row, version_row
from tests.unit.render.pages.hostile import ATTACK, events, rows
from tests.unit.render.pages.page_reader import Page

from llmreg.index.reader import Index
from llmreg.render.pages import page, paths

SEEN = ATTACK.replace("\u202e", "\\u202e")


def pages(index: Index) -> dict[str, bytes]:
    found = {path: page(index, path) for path in paths(index)}
    return {path: made[1] for path, made in found.items() if made and made[0].startswith("text/html")}


def test_no_page_holds_anything_active(make_index: MakeIndex) -> None:
    for path, content in pages(make_index(rows(), events())).items():
        read = Page(path, content)
        assert read.problems == []
        assert read.tags.count("script") == 1, path
        assert "img" not in read.tags, path
        assert "textarea" not in read.tags, path
        assert [script.rpartition("/")[2] for script in read.scripts] == ["pages.js"], path
        assert all(
            re.match(r"(\.\./)*(s/|assets/|[a-z]+\.html|#(def-\d|main))", link) for link in filter(None, read.links)
        ), path
        assert "\u202e" not in content.decode(), path


def test_the_attack_is_shown_as_it_was_written(make_index: MakeIndex) -> None:
    made = pages(make_index(rows(), events()))
    for path in ("index.html", "changes.html", "s/bad/one/-/index.html", "s/bad/one/-/1.0.0..2.0.0.html"):
        text = Page(path, made[path]).text
        assert SEEN.replace("`", "") in text.replace("`", ""), path
    text = Page("", made["s/bad/one/-/1.0.0.html"]).text
    for where in ("title", "enum value", "author"):
        assert text.count(SEEN) > 6, where


def test_every_text_of_a_finding_is_told(make_index: MakeIndex) -> None:
    text = Page("", pages(make_index(rows()))["s/bad/one/-/1.0.0..2.0.0.html"]).text
    for words in ("may write", "Confirmed by", "Instead", "Waived", "undecided", "Accepted.", "Why:", "0a 01"):
        assert words in text
    assert json.dumps({ATTACK: ATTACK}, ensure_ascii=False, indent=2).replace("\u202e", "\\u202e") in text


def test_the_search_file_holds_no_markup(make_index: MakeIndex) -> None:
    content_type, content = page(make_index(rows()), "/assets/search-0.js") or ("", b"")
    assert content_type.startswith("text/javascript")
    assert content.isascii()
    assert b"<" not in content
    found = json.loads(content.decode().removeprefix("llmregRows(").removesuffix(");\n"))
    assert found[0][6] == SEEN


def test_the_registered_bytes_are_served_as_text(make_index: MakeIndex) -> None:
    index = make_index(rows())
    assert page(index, "/s/bad/one/-/2.1.0.json") == ("text/plain; charset=utf-8", ATTACK.encode())


def test_a_version_that_cannot_be_read_still_has_a_page(make_index: MakeIndex) -> None:
    index = make_index(rows())
    _, content = page(index, "s/bad/one/-/2.1.0.html") or ("", b"")
    assert "cannot be read with today" in content.decode()
    _, step = page(index, "s/bad/one/-/2.0.0..2.1.0.html") or ("", b"")
    assert "No verdict could be made" in step.decode()


def test_a_hostile_name_stays_a_name(make_index: MakeIndex) -> None:
    name = "a\"><script>/';alert(1)</script>"
    index = make_index([subject_row(name, [version_row(1, "1.0.0", b"{}")])])
    for path in ("index.html", "graph.html", f"s/{name}/-/index.html", f"s/{name}/-/1.0.0.html"):
        _, content = page(index, path) or ("", b"")
        read = Page(path, content)
        assert read.problems == []
        assert read.tags.count("script") == 1
        assert not any("<" in link or '"' in link for link in read.links)


def test_bytes_that_are_no_text_are_shown(make_index: MakeIndex) -> None:
    index = make_index([subject_row("a", [version_row(1, "1.0.0", b"\xff\x00<b>"), version_row(2, "1.1.0", b"{}")])])
    _, content = page(index, "s/a/-/1.0.0.html") or ("", b"")
    assert "\\xff\\u0000&lt;b&gt;" in content.decode()
    assert page(index, "s/a/-/1.0.0..1.1.0.html") is not None
