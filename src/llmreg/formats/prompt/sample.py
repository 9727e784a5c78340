"""Plain data that has what a template asks for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from llmreg.formats.prompt.needs import Need, Step, StepKind

_LEAVES: Final[tuple[Any, ...]] = ("text", 1, True)
_MAX_INDEX: Final = 20
_Tree = dict[tuple[StepKind, str], Any]


def samples(needs: Iterable[Need]) -> Iterator[dict[str, Any]]:
    """One document for each kind of plain value at its ends."""
    needs = list(needs)
    for leaf in _LEAVES:
        root: _Tree = {}
        for need in needs:
            node = root
            for step in need.path:
                node = node.setdefault(_general(step), {})
            if need.use in ("iterate", "items"):
                node.setdefault((StepKind.EACH if need.use == "iterate" else StepKind.VALUE, ""), {})
        yield _built(root, leaf) if root else {}


def _general(step: Step) -> tuple[StepKind, str]:
    return step.same if step.kind in (StepKind.KEY, StepKind.INDEX) else (step.kind, "")


def _built(node: _Tree, leaf: Any) -> Any:
    """A mapping where a member is asked for, else a list where an element is, else a plain value."""
    members = {name: below for (kind, name), below in node.items() if kind is StepKind.KEY}
    values = [below for (kind, _), below in node.items() if kind in (StepKind.VALUE, StepKind.ANY)]
    if members or values:
        built = {name: _built(below, leaf) for name, below in members.items()}
        return built | ({"key": _built(values[0], leaf)} if values else {})
    if not node:
        return leaf
    merged: _Tree = {}
    for below in node.values():
        _merge(merged, below)
    longest = max((int(name) for kind, name in node if kind is StepKind.INDEX and name.isdigit()), default=0)
    return [_built(merged, leaf) for _ in range(min(longest, _MAX_INDEX) + 1)]


def _merge(into: _Tree, tree: _Tree) -> None:
    for key, below in tree.items():
        _merge(into.setdefault(key, {}), below)
