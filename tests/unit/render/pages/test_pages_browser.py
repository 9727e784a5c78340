"""The site in a real browser: search, filters, keyboard, dark mode, and a policy that nothing on a page breaks."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.unit.render.pages import hostile
from tests.unit.render.pages.conftest import subject_row, version_row

from llmreg.index.codec import registry_to_text
from llmreg.index.reader import Index
from llmreg.index.writer import IndexWriter
from llmreg.model.subject import RegistryConfig
from llmreg.render.pages import CSP, write

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install 'llmreg[test]'")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium: apt-get install chromium")
MANY = 10_000


class Handler(SimpleHTTPRequestHandler):
    """A static server that says what the real one says: the policy, and nothing to the terminal."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def log_message(self, *args: Any) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def sites(example: Index, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Name → URL of a site: `example`, `hostile`, `many` (10,000 subjects); below a path of its own each."""
    root = tmp_path_factory.mktemp("sites")
    write(example, root / "example")
    for name, rows, events in (("hostile", hostile.rows(), hostile.events()), ("many", _many(), [])):
        with IndexWriter(root / f"{name}.sqlite") as writer:
            for row in rows:
                writer.put(row)
            writer.add_events(events)
            facts = {"generation": "1", "commit": "c0ffee" * 6, "time": "1767225600", "program": "1", "registry": "a"}
            writer.finish({**facts, "config": registry_to_text(RegistryConfig())})
        with Index(root / f"{name}.sqlite") as index:
            _write_shallow(index, root / name) if name == "many" else write(index, root / name)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(root)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield {name: f"http://127.0.0.1:{server.server_port}/{name}/" for name in ("example", "hostile", "many")} | {
            "folder": (root / "example").as_uri() + "/"
        }
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _many() -> list[Any]:
    data = version_row(1, "1.0.0", b"{}")
    return [
        subject_row(
            f"team{at % 50:02d}/area{at % 7}/subject{at:05d}",
            [data],
            owner=f"team{at % 50:02d}",
            kind="tool-input" if at % 3 else "data",
            tags=(f"tag{at % 5}",),
            description=f"What subject {at} is for, in one sentence of the usual length.",
            fields=tuple(f"field_{number}" for number in range(20)),
        )
        for at in range(MANY)
    ]


def _write_shallow(index: Index, directory: Path) -> None:
    """The pages of the whole registry without those of its subjects, which would take long and are not looked at."""
    from llmreg.render.pages.routes import general_page, general_paths
    from llmreg.render.pages.site import Site

    site = Site(index)
    for path in general_paths(site):
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(general_page(site, path) or b"")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    """A page whose console, errors and dialogs must stay empty."""
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: (heard.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("response", lambda answer: heard.append(answer.url) if answer.status >= 400 else None)
    yield page
    context.close()
    assert heard == []


def names(tab: Any) -> list[str]:
    return tab.locator("#subjects .row-name").all_inner_texts()


def status(tab: Any, text: str) -> None:
    sync_api.expect(tab.locator("#count")).to_have_text(text)


def test_search_narrows_as_one_types(tab: Any, sites: dict[str, str]) -> None:
    tab.goto(sites["example"])
    status(tab, "16 subjects")
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.id") == "q"
    tab.keyboard.type("ticket")
    status(tab, "2 of 16 subjects")
    assert names(tab) == ["tools/create-ticket", "tools/ticket"]
    tab.keyboard.type(" nothing-like-it")
    status(tab, "0 of 16 subjects")
    assert tab.locator("#none").is_visible()
    tab.get_by_role("button", name="Clear all filters").click()
    status(tab, "16 subjects")
    assert len(names(tab)) == 16


def test_search_finds_by_field_name_and_by_owner(tab: Any, sites: dict[str, str]) -> None:
    tab.goto(sites["example"])
    for text, found in (("client_ip", []), ("QUEUE", ["tools/create-ticket"]), ("team-platform", ["usage/tokens"])):
        tab.locator("#q").fill(text)
        status(tab, f"{len(found)} of 16 subjects")
        assert names(tab) == found


def test_filters_join_and_say_how_many_each_would_leave(tab: Any, sites: dict[str, str]) -> None:
    tab.goto(sites["example"])
    tab.get_by_role("checkbox", name="avro").check()
    status(tab, "4 of 16 subjects")
    tab.get_by_role("checkbox", name="protobuf").check()
    status(tab, "7 of 16 subjects")
    tab.get_by_role("checkbox", name="FULL", exact=False).first.check()
    assert tab.locator("label", has_text="json").locator(".tally").inner_text() == "2"
    assert "format=avro" in tab.url


def test_what_is_asked_for_stands_in_the_address(tab: Any, sites: dict[str, str]) -> None:
    tab.goto(sites["example"] + "index.html#q=chat&format=json")
    status(tab, "2 of 16 subjects")
    assert tab.locator("#q").input_value() == "chat"
    tab.goto(sites["example"] + "s/chat/reply/-/index.html")
    tab.get_by_role("link", name="team-assistant").click()
    status(tab, "7 of 16 subjects")
    tab.goto(sites["example"] + "changes.html")
    tab.locator("#q").fill("a&b=c#d+e")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/index.html#*")
    status(tab, "0 of 16 subjects")
    assert tab.locator("#q").input_value() == "a&b=c#d+e"


def test_a_row_made_by_the_script_is_the_row_of_the_page(tab: Any, sites: dict[str, str]) -> None:
    tab.goto(sites["example"])
    plain = "row.outerHTML.replace(/\\s+/g, ' ').replace(/ </g, '<')"
    read = f"[...document.querySelectorAll('#subjects li')].map((row) => {plain})"
    written = tab.evaluate(read)
    tab.locator("#q").focus()
    sync_api.expect(tab.locator("script[src*=search-0]")).to_have_count(1)
    tab.wait_for_timeout(200)
    assert tab.evaluate(read) == written


def test_the_keyboard_reaches_everything_and_focus_is_seen(tab: Any, sites: dict[str, str]) -> None:
    tab.goto(sites["example"])
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.locator(".skip").bounding_box()["y"] >= 0
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    tab.locator("#q").fill("chat/reply")
    status(tab, "1 of 16 subjects")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/s/chat/reply/-/index.html")


def test_a_screen_reader_hears_landmarks_headings_and_the_count(tab: Any, sites: dict[str, str]) -> None:
    tab.goto(sites["example"])
    heard = tab.locator("body").aria_snapshot()
    for words in ("banner:", "navigation", "search:", "main:", "contentinfo:", 'heading "Subjects" [level=1]'):
        assert words in heard, words
    assert 'group "Format"' in heard
    assert "status: 16 subjects" in heard
    tab.goto(sites["example"] + "s/tools/create-ticket/-/1.2.0..2.0.0.html")
    heard = tab.locator("main").aria_snapshot()
    assert "The writer, 1.2.0, may write" in heard
    assert "The reader, 2.0.0, refuses it" in heard


def test_dark_mode_follows_the_system(chromium: Any, sites: dict[str, str]) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        context = chromium.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(sites["example"])
        grounds[scheme] = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        context.close()
    assert grounds == {"light": "rgb(247, 248, 250)", "dark": "rgb(19, 22, 27)"}


@pytest.mark.parametrize("width", [340, 800, 1400])
def test_no_page_is_wider_than_the_window(tab: Any, sites: dict[str, str], width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 700})
    for site, path in (
        ("example", "index.html"),
        ("example", "graph.html"),
        ("example", "changes.html"),
        ("example", "s/chat/reply/-/index.html"),
        ("example", "s/rag/document/-/1.1.0.html"),
        ("example", "s/tools/create-ticket/-/1.2.0..2.0.0.html"),
        ("hostile", "s/bad/one/-/1.0.0..2.0.0.html"),
        ("hostile", "s/bad/one/-/1.0.0.html"),
    ):
        tab.goto(sites[site] + path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_hostile_registry_runs_nothing(tab: Any, sites: dict[str, str]) -> None:
    for path in ("index.html", "changes.html", "graph.html", "s/bad/one/-/index.html", "s/bad/one/-/1.0.0.html"):
        tab.goto(sites["hostile"] + path)
    tab.goto(sites["hostile"] + "s/bad/one/-/1.0.0..2.0.0.html")
    tab.goto(sites["hostile"])
    tab.locator("#q").fill("script")
    status(tab, "1 of 2 subjects")
    assert tab.locator("#subjects script, #subjects img").count() == 0
    tab.locator("#facets input[name=owner]").check()
    status(tab, "1 of 2 subjects")
    tab.reload()
    status(tab, "1 of 2 subjects")


def test_ten_thousand_subjects_are_searched_at_once(tab: Any, sites: dict[str, str]) -> None:
    tab.goto(sites["many"])
    assert len(names(tab)) == 100
    tab.locator("#q").fill("team07 subject field_3")
    status(tab, "200 of 10,000 subjects")
    tab.locator("#q").fill("subject04321")
    assert names(tab) == ["team21/area2/subject04321"]
    tab.locator("#q").fill("")
    status(tab, "10,000 subjects")
    tab.get_by_role("button", name="Show more").click()
    assert len(names(tab)) == 200


def test_the_site_works_from_a_folder(tab: Any, sites: dict[str, str]) -> None:
    tab.goto(sites["folder"] + "index.html")
    tab.locator("#q").fill("ticket")
    status(tab, "2 of 16 subjects")
    tab.get_by_role("link", name="tools/ticket", exact=True).click()
    tab.wait_for_url("**/s/tools/ticket/-/index.html")
    assert tab.locator("h1").inner_text() == "tools/ticket"
    assert tab.evaluate("getComputedStyle(document.querySelector('.top')).position") == "sticky"
    tab.locator("#q").fill("usage")
    tab.keyboard.press("Enter")
    status(tab, "1 of 16 subjects")
