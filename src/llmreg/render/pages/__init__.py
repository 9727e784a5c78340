"""Pages for people: one URL at a time for the server, or a whole site that any web server or a folder can hold.

The paths are those of `links`; every link is relative, nothing comes from elsewhere, and no page needs a script to be
read. `CSP` is the policy that the pages keep, also said in each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from llmreg.index.reader import Index
from llmreg.render.pages.engine import CONTENT_TYPES, CSP, render
from llmreg.render.pages.links import OVERVIEW, Here, parse
from llmreg.render.pages.routes import general_page, general_paths
from llmreg.render.pages.site import Site
from llmreg.render.pages.subject import SubjectPages
from llmreg.render.pages.writing import Written, write

__all__ = ["CSP", "Written", "missing", "page", "paths", "write"]

_PLAIN = "text/plain; charset=utf-8"


def page(index: Index, path: str) -> tuple[str, bytes] | None:
    """(content type, body) of one path below the site's root, decoded, with or without a slash at its start; None
    where there is none. Registered bytes are plain text, so that no browser runs what is in them.

    Raises UsageError when Jinja2 is not installed."""
    path = path.removeprefix("/") or OVERVIEW
    site = Site(index)
    wanted = parse(path)
    if wanted is None:
        body = general_page(site, path)
    else:
        subject = site.subject(wanted.subject)
        body = SubjectPages(site, subject).content(wanted) if subject is not None else None
    if body is None:
        return None
    raw = wanted is not None and wanted.kind == "raw"
    return _PLAIN if raw else CONTENT_TYPES.get(PurePosixPath(path).suffix, _PLAIN), body


def missing(path: str) -> bytes:
    """The page that says that there is none; `path` as the browser sees it, so that its links lead back."""
    return render("missing.html", here=Here(path))


def paths(index: Index) -> Iterator[str]:
    """Every path of the site, subjects in order of name."""
    site = Site(index, whole=True)
    yield from general_paths(site)
    for subject in index.subjects():
        yield from SubjectPages(site, subject).paths()
