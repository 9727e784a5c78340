"""Reads a page strictly: nesting, ids, labels, headings, links, and that nothing is active."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

VOID = frozenset({"meta", "link", "input", "br", "wbr", "img", "hr"})
CLOSES_ITSELF = frozenset({"path", "rect"})
REFERRING = ("for", "aria-labelledby", "aria-describedby")


class Page(HTMLParser):
    """`problems` is empty for a good page; `text` is what stands between the tags."""

    def __init__(self, path: str, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.problems: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.scripts: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self._wanted: list[str] = []
        self._open: list[str] = []
        self._headings: list[int] = []
        self.feed(content.decode())
        self.close()
        self._finish()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self._say(f"<{tag}> has an attribute twice: {names}")
        for name, value in attributes:
            self._attribute(tag, name, value or "")
        if tag == "script" and "src" not in names:
            self._say("an inline script")
        if tag == "style":
            self._say("an inline style sheet")
        if tag[0] == "h" and tag[1:].isdigit():
            self._headings.append(int(tag[1:]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in CLOSES_ITSELF:
            self._say(f"<{tag}/> closes itself")
        for name, value in attributes:
            self._attribute(tag, name, value or "")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self._say(f"</{tag}> at {self.getpos()} closes nothing")

    def handle_data(self, data: str) -> None:
        self.text += data

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name == "style" or name.startswith("on"):
            self._say(f"<{tag}> has {name}")
        if name == "id":
            self.ids.append(value)
        if name in REFERRING:
            self._wanted += value.split()
        if name in ("href", "src", "action"):
            (self.scripts if tag == "script" else self.links).append(value)

    def _finish(self) -> None:
        if self._open:
            self._say(f"never closed: {self._open}")
        if len(self.ids) != len(set(self.ids)):
            self._say(f"an id twice: {sorted(self.ids)}")
        for wanted in self._wanted:
            if wanted not in self.ids:
                self._say(f"no element has the id {wanted}")
        if self._headings.count(1) != 1 or self._headings[0] != 1:
            self._say(f"headings {self._headings}")
        steps = zip(self._headings, self._headings[1:], strict=False)
        self.problems += [f"{self.path}: h{b} follows h{a}" for a, b in steps if b > a + 1]
        if self.tags.count("main") != 1:
            self._say("not one main")

    def _say(self, problem: str) -> None:
        self.problems.append(f"{self.path}: {problem}")


def broken_links(page: Page, root: Path) -> list[str]:
    """The links of a page that lead to no file of the site, or out of it."""
    broken = []
    for link in [*page.links, *page.scripts]:
        target, _, fragment = link.partition("#")
        if "://" in link or target.startswith("/"):
            broken.append(f"{page.path}: {link} leads out of the site")
            continue
        file = root / PurePosixPath(page.path).parent / unquote(target) if target else root / page.path
        if not file.resolve().is_file() or not file.resolve().is_relative_to(root.resolve()):
            broken.append(f"{page.path}: {link}")
        elif fragment and not target and fragment not in page.ids:
            broken.append(f"{page.path}: nothing is called {fragment}")
    return broken
