"""The paths of pages, and relative links between them, so that a site works below any path and from a folder.

`-` stands between a subject's name and what belongs to it: no segment of a name may start with it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from llmreg.render.pages.visible import visible

OVERVIEW = "index.html"
GRAPH = "graph.html"
CHANGES = "changes.html"
ASSETS = "assets/"
_MARK = "/-/"
_BETWEEN = ".."
_END = ".html"


class SubjectPath(NamedTuple):
    """What a path below `s/` asks for: `kind` is `subject`, `version`, `diff` or `raw`."""

    subject: str
    kind: str
    version: str = ""
    old: str = ""


def subject_page(name: str) -> str:
    return f"s/{name}{_MARK}{OVERVIEW}"


def version_page(name: str, version: str) -> str:
    return f"s/{name}{_MARK}{version}{_END}"


def diff_page(name: str, old: str, new: str) -> str:
    return f"s/{name}{_MARK}{old}{_BETWEEN}{new}{_END}"


def raw_file(name: str, version: str, extension: str) -> str:
    """The registered bytes, as a file to download; `extension` has its dot."""
    return f"s/{name}{_MARK}{version}{extension}"


def parse(path: str) -> SubjectPath | None:
    """The reverse of the four above; None for any other path."""
    start, mark, leaf = path.rpartition(_MARK)
    if not mark or not start.startswith("s/"):
        return None
    name = start.removeprefix("s/")
    if leaf == OVERVIEW:
        return SubjectPath(name, "subject")
    if not leaf.endswith(_END):
        return SubjectPath(name, "raw", leaf)
    old, between, new = leaf.removesuffix(_END).partition(_BETWEEN)
    return SubjectPath(name, "diff", new, old) if between else SubjectPath(name, "version", old)


class Here:
    """The page that is being made: turns the path of another one into a link to it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.root = "../" * path.count("/")

    def to(self, path: str) -> str:
        """A relative URL, percent-encoded. `path` may end in a fragment of its own making."""
        page, mark, fragment = path.partition("#")
        return f"{self.root}{_quoted(page)}{mark}{fragment}"

    def subject(self, name: str) -> str:
        return self.to(subject_page(name))

    def version(self, name: str, version: str) -> str:
        return self.to(version_page(name, version))

    def facet(self, name: str, value: str) -> str:
        """The overview, narrowed to one value of a facet."""
        return f"{self.root}{OVERVIEW}#{name}={quote(visible(value), safe='')}"


@lru_cache(maxsize=1024)
def _quoted(path: str) -> str:
    """The links of one page, and those in every page's frame, come again and again."""
    return quote(path)
