"""The page of who refers to whom: a picture, and the same as a list. Subjects without references are not in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote

from llmreg.render.pages.engine import render
from llmreg.render.pages.layout import HEIGHT, Box, Drawing, draw
from llmreg.render.pages.links import GRAPH, OVERVIEW, Here
from llmreg.render.pages.site import Site
from llmreg.render.pages.words import day, moment

_MAX_NODES = 150
_MAX_LABEL = 34
_MAX_LIST = 500
_MARGIN = 4


class Shape(NamedTuple):
    """A node of the picture. `group`: it stands for several subjects."""

    name: str
    label: str
    link: str
    title: str
    box: Box
    group: bool


class Curve(NamedTuple):
    path: str
    title: str


class Entry(NamedTuple):
    """One subject in the list, as (name, link) pairs."""

    name: str
    link: str
    refers: list[tuple[str, str]]
    used: list[tuple[str, str]]


class Grouping(NamedTuple):
    """Which node of the picture a subject belongs to; `depth` is how many segments of names are kept, 0: all."""

    node_of: Mapping[str, str]
    depth: int
    left_out: int


def graph_page(site: Site) -> bytes:
    here = Here(GRAPH)
    present = {line.name for line in site.lines}
    pairs = Counter((item.subject, item.target) for item in site.references if item.there)
    names = sorted({name for pair in pairs for name in pair})
    grouping = _group(names, pairs)
    shapes, curves, drawing = _picture(here, grouping, pairs)
    info = site.index.info
    return render(
        "graph.html",
        here=here,
        shapes=shapes,
        curves=curves,
        width=round(drawing.width + 2 * _MARGIN),
        height=round(drawing.height + 2 * _MARGIN),
        margin=_MARGIN,
        node_height=HEIGHT,
        grouping=grouping,
        connected=len(names),
        alone=len(present) - len(names),
        entries=_entries(here, names[:_MAX_LIST], pairs),
        more=max(len(names) - _MAX_LIST, 0),
        info=info,
        day=day(info.time),
        moment=moment(info.time),
    )


def _group(names: list[str], pairs: Iterable[tuple[str, str]]) -> Grouping:
    """Few enough nodes to look at: subjects, else the longest common folders that are few enough, else the folders
    with the most references."""
    if len(names) <= _MAX_NODES:
        return Grouping({name: name for name in names}, 0, 0)
    folders: dict[str, str] = {}
    for depth in (5, 4, 3, 2, 1):
        folders = {name: "/".join(name.split("/")[:depth]) for name in names}
        if len(set(folders.values())) <= _MAX_NODES:
            return Grouping(folders, depth, 0)
    weights = Counter(folders[name] for pair in pairs for name in pair)
    kept = {folder for folder, _ in sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:_MAX_NODES]}
    inside = {name: folder for name, folder in folders.items() if folder in kept}
    return Grouping(inside, 1, len(set(folders.values())) - len(kept))


def _picture(
    here: Here, grouping: Grouping, pairs: Mapping[tuple[str, str], int]
) -> tuple[list[Shape], list[Curve], Drawing]:
    node_of = grouping.node_of
    members = Counter(node_of.values())
    weights: Counter[tuple[str, str]] = Counter()
    for (user, used), count in pairs.items():
        if user in node_of and used in node_of and node_of[user] != node_of[used]:
            weights[node_of[user], node_of[used]] += count
    labels = {node: _label(node, members[node], node_of) for node in sorted(members)}
    drawing = draw(labels, weights)
    shapes = [
        Shape(
            name=node,
            label=label,
            link=here.subject(node) if node in node_of and members[node] == 1 else _folder(here, node),
            title=node if members[node] == 1 else f"{node}: {members[node]} subjects",
            box=drawing.boxes[node],
            group=members[node] > 1 or node not in node_of,
        )
        for node, label in labels.items()
    ]
    curves = [
        Curve(_curve(drawing.boxes[user], drawing.boxes[used]), f"{user} refers to {used}")
        for user, used in sorted(weights)
    ]
    return shapes, curves, drawing


def _label(node: str, members: int, node_of: Mapping[str, str]) -> str:
    """The end of a name says more than its start."""
    text = node if len(node) <= _MAX_LABEL else f"…{node[-_MAX_LABEL + 1 :]}"
    return text if members == 1 and node in node_of else f"{text}/ ({members})"


def _folder(here: Here, node: str) -> str:
    return f"{here.root}{OVERVIEW}#q={quote(node + '/', safe='')}"


def _curve(user: Box, used: Box) -> str:
    """From the right edge of who refers to the left edge of what is referred to."""
    start, end = user.x + user.width, used.x
    if end <= start:  # a circle was broken here: it leads back
        start, end = user.x, used.x + used.width
    bend = (end - start) / 2
    points = (start + bend, user.middle, end - bend, used.middle, end, used.middle)
    return f"M{start:g} {user.middle:g}C{' '.join(f'{point:g}' for point in points)}"


def _entries(here: Here, names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[Entry]:
    refers: dict[str, list[str]] = {}
    used: dict[str, list[str]] = {}
    for user, target in sorted(pairs):
        refers.setdefault(user, []).append(target)
        used.setdefault(target, []).append(user)

    def linked(found: list[str]) -> list[tuple[str, str]]:
        return [(name, here.subject(name)) for name in found]

    return [Entry(name, here.subject(name), linked(refers.get(name, [])), linked(used.get(name, []))) for name in names]
