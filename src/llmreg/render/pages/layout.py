"""Layered drawing of a small directed graph: who refers stands left of what it refers to.

The steps are Sugiyama's: break circles, put nodes into layers by longest path, order each layer by the mean place of
its neighbours, give every node a place. Connected parts are drawn apart and set on shelves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from llmreg.model.record import dataclass

HEIGHT = 26
_LETTER = 7.3
_PADDING = 18
_GAP = 12
_LAYER_GAP = 64
_PART_GAP = 34
_SHELF = 1120
_SWEEPS = 6

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Box:
    """A node's place: left upper corner and width, in pixels."""

    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        return self.y + HEIGHT / 2


@dataclass(frozen=True, slots=True)
class Drawing:
    boxes: Mapping[str, Box]
    width: float
    height: float


def draw(labels: Mapping[str, str], edges: Iterable[Edge]) -> Drawing:
    """`labels`: node → its text. Deterministic; edges between unknown nodes and from a node to itself are no matter."""
    known = sorted({(a, b) for a, b in edges if a != b and a in labels and b in labels})
    boxes: dict[str, Box] = {}
    shelf_x = shelf_y = shelf_height = width = 0.0
    for part in _parts(sorted(labels), known):
        drawing = _draw_part(part, {node: labels[node] for node in part}, known)
        if shelf_x and shelf_x + drawing.width > _SHELF:
            shelf_x, shelf_y, shelf_height = 0.0, shelf_y + shelf_height + _PART_GAP, 0.0
        for node, box in drawing.boxes.items():
            boxes[node] = Box(box.x + shelf_x, box.y + shelf_y, box.width)
        shelf_x += drawing.width + _PART_GAP
        shelf_height = max(shelf_height, drawing.height)
        width = max(width, shelf_x - _PART_GAP)
    return Drawing(boxes, width, shelf_y + shelf_height)


def _parts(nodes: Sequence[str], edges: Sequence[Edge]) -> list[list[str]]:
    """Connected parts, the largest first."""
    above: dict[str, str] = {node: node for node in nodes}

    def top(node: str) -> str:
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for a, b in edges:
        above[max(top(a), top(b))] = min(top(a), top(b))
    parts: dict[str, list[str]] = {}
    for node in nodes:
        parts.setdefault(top(node), []).append(node)
    return sorted(parts.values(), key=lambda part: (-len(part), part[0]))


def _draw_part(nodes: Sequence[str], labels: Mapping[str, str], edges: Sequence[Edge]) -> Drawing:
    inside = _without_circles(nodes, [edge for edge in edges if edge[0] in labels])
    layers = _order(_layers(nodes, inside), inside)
    widths = [max(_width(labels[node]) for node in layer) for layer in layers]
    height = max(len(layer) * (HEIGHT + _GAP) - _GAP for layer in layers)
    boxes: dict[str, Box] = {}
    x = 0.0
    for layer, width in zip(layers, widths, strict=True):
        y = (height - (len(layer) * (HEIGHT + _GAP) - _GAP)) / 2
        for node in layer:
            boxes[node] = Box(round(x, 1), round(y, 1), round(_width(labels[node]), 1))
            y += HEIGHT + _GAP
        x += width + _LAYER_GAP
    return Drawing(boxes, x - _LAYER_GAP, height)


def _width(label: str) -> float:
    return len(label) * _LETTER + _PADDING


def _without_circles(nodes: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """The edges without those that lead back into the path being walked."""
    targets: dict[str, list[str]] = {}
    for a, b in edges:
        targets.setdefault(a, []).append(b)
    kept: list[Edge] = []
    state: dict[str, int] = {}  # 1: on the path, 2: done
    for start in nodes:
        stack: list[tuple[str, int]] = [(start, 0)] if start not in state else []
        while stack:
            node, at = stack.pop()
            state[node] = 1
            below = targets.get(node, [])
            if at == len(below):
                state[node] = 2
                continue
            stack.append((node, at + 1))
            other = below[at]
            if state.get(other) != 1:
                kept.append((node, other))
            if other not in state:
                stack.append((other, 0))
    return sorted(kept)


def _layers(nodes: Sequence[str], edges: Sequence[Edge]) -> list[list[str]]:
    """By the longest path from a node that nothing refers to; such a node then moves next to what it refers to."""
    sources: dict[str, list[str]] = {node: [] for node in nodes}
    targets: dict[str, list[str]] = {node: [] for node in nodes}
    for a, b in edges:
        sources[b].append(a)
        targets[a].append(b)
    depth: dict[str, int] = {}
    waiting = {node: len(sources[node]) for node in nodes}
    ready = [node for node in nodes if not waiting[node]]
    for node in ready:
        depth[node] = max((depth[other] + 1 for other in sources[node]), default=0)
        for other in targets[node]:
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    for node in nodes:
        if not sources[node] and targets[node]:
            depth[node] = min(depth[other] for other in targets[node]) - 1
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for node in nodes:
        layers[depth[node]].append(node)
    return [layer for layer in layers if layer]


def _order(layers: list[list[str]], edges: Sequence[Edge]) -> list[list[str]]:
    """Sweep to and fro; each layer is sorted by the mean place of the neighbours that have one."""
    near: dict[str, list[str]] = {}
    for a, b in edges:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    place = {node: at - len(layer) / 2 for layer in layers for at, node in enumerate(layer)}
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 else reversed(layers):
            mean = {node: fmean(place[other] for other in near.get(node, [node])) for node in layer}
            layer.sort(key=lambda node: (mean[node], node))
            place.update({node: at - len(layer) / 2 for at, node in enumerate(layer)})
    return layers
