"""The page of all subjects: the first hundred in the page itself, every one through the search file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from llmreg.index.overview import SubjectLine
from llmreg.render.pages.engine import render
from llmreg.render.pages.links import OVERVIEW, Here
from llmreg.render.pages.searchfile import file_names
from llmreg.render.pages.site import Site
from llmreg.render.pages.words import Badge, badge, day, moment

SHOWN = 100
_OPEN = 8
_MAX_VALUES = 60


class Facet(NamedTuple):
    """One way to narrow the list. `values` are (value, count), the frequent first; `rest` are behind a click."""

    name: str
    title: str
    values: list[tuple[str, int]]
    rest: list[tuple[str, int]]
    hidden: int


class Row(NamedTuple):
    line: SubjectLine
    badge: Badge


def overview_page(site: Site) -> bytes:
    here = Here(OVERVIEW)
    lines = site.lines
    info = site.index.info
    return render(
        "overview.html",
        here=here,
        info=info,
        day=day(info.time),
        moment=moment(info.time),
        total=len(lines),
        rows=[Row(line, badge(line.verdict, line.bump, first=line.versions == 1)) for line in lines[:SHOWN]],
        facets=list(_facets(lines)),
        search_files=[here.to(name) for name in file_names(len(lines))],
    )


def _facets(lines: Sequence[SubjectLine]) -> Iterator[Facet]:
    counts = {
        ("format", "Format"): Counter(line.format for line in lines),
        ("kind", "Kind"): Counter(line.kind for line in lines),
        ("mode", "Mode"): Counter(line.mode for line in lines),
        ("owner", "Owner"): Counter(line.owner for line in lines if line.owner),
        ("tag", "Tag"): Counter(tag for line in lines for tag in line.tags),
    }
    for (name, title), counter in counts.items():
        values = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
        if values:
            yield Facet(name, title, values[:_OPEN], values[_OPEN:_MAX_VALUES], max(len(values) - _MAX_VALUES, 0))
