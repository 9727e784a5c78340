"""What a schema promises of each path that a template uses: an issue where it promises less than the template needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from llmreg.formats.prompt.engines._values import MAPPING_METHODS, STRING_METHODS
from llmreg.formats.prompt.needs import Need, Path, Step, StepKind
from llmreg.llm.prompts.documents import ABSENT, Aim
from llmreg.llm.prompts.shapes import Node, Shape, Shapes, bound, items, member, values

_MOST: Final = 48
_HOLDERS: Final = frozenset({"object", "array"})
_NO_LOOP: Final = frozenset({"integer", "number", "boolean", "null"})


class Kind(StrEnum):
    """What is wrong; each is told by a rule of `rules/`."""

    MISSING = "missing"
    MAY_BE_ABSENT = "may-be-absent"
    MISUSED = "misused"
    SHADOWED = "shadowed"
    UNUSED = "unused"


class Issue(NamedTuple):
    """`why` is the cause in words. `aims`: what a document must look like to show it. `need` is None, and `path` the
    property, where the schema is at fault. `required`: of an unused property."""

    kind: Kind
    path: Path
    why: str
    need: Need | None = None
    aims: tuple[Aim, ...] = ()
    required: bool = False
    harmless: bool = False  # the template has made sure, so that it cannot fail


class _Taken(NamedTuple):
    """One step into the alternatives of a value: what it leads to, and why some lead nowhere."""

    reached: list[Shape]
    lost: dict[str, Aim]  # why, and what a document must look like to show it


class Promise:
    """The paths of one variables schema. `reserved`: names that the engine keeps for itself."""

    def __init__(self, shapes: Shapes, reserved: frozenset[str]) -> None:
        self._shapes = shapes
        self._reserved = reserved

    def issues(self, needs: Iterable[Need]) -> Iterator[Issue]:
        """Each cause once: a path that is used often is told where it is used first."""
        needs = list(needs)
        seen: set[tuple[Kind, str, str]] = set()
        for need in needs:
            for issue in self._of(need):
                key = issue.kind, need.shown, issue.why if issue.kind is Kind.MISUSED else ""
                if key not in seen:
                    seen.add(key)
                    yield issue
        yield from self._of_properties(needs)

    def _of(self, need: Need) -> Iterator[Issue]:
        if need.instead:
            yield from self._of_several(need)
            return
        holders, taken = self._along(need.path, need.facts)
        if not holders:
            return  # what is wrong further out has been told by the need of that path
        if not taken.reached and not taken.lost:
            return
        if need.path[0].name in self._reserved and len(need.path) == 1 and not taken.reached:
            return  # a name of the template language
        lost = _unguarded(need, taken)
        aims = tuple(_with_path(need.path[:-1], aim) for aim in lost.values())
        if not taken.reached:
            aims = aims or (Aim(need.path[:-1]),)
            yield Issue(Kind.MISSING, need.path, "; ".join(taken.lost), need, aims, harmless=not lost)
        elif lost:
            yield Issue(Kind.MAY_BE_ABSENT, need.path, "; ".join(lost), need, aims)
        if taken.reached:
            yield from _of_use(need, taken.reached)

    def _of_several(self, need: Need) -> Iterator[Issue]:
        """Mustache looks a name up from the inside out: it is there where one of the places has it."""
        found = [self._along(path) for path in (need.path, *need.instead)]
        if any(taken.reached and not taken.lost for holders, taken in found if holders) or need.guarded:
            return
        reached = any(taken.reached for _, taken in found)
        why = dict.fromkeys(reason for holders, taken in found if holders for reason in taken.lost)
        aims = [
            Aim(path, ABSENT) for path, (holders, _) in zip((need.path, *need.instead), found, strict=True) if holders
        ]
        aims += [Aim(need.path[:-1])]
        yield Issue(Kind.MAY_BE_ABSENT if reached else Kind.MISSING, need.path, "; ".join(why), need, tuple(aims))

    def _along(self, path: Path, facts: tuple[str, ...] = ()) -> tuple[list[Shape], _Taken]:
        """(the alternatives before the last step, what the last step leads to). Behind a test of its type a value is
        taken for one that has members or elements, where it may be such."""
        shapes = self._shapes.of((self._shapes.root,))
        for number, step in enumerate(path[:-1]):
            shapes = self._step(shapes, step).reached
            if number < len(facts) and "y" in facts[number]:
                shapes = [shape for shape in shapes if _HOLDERS & set(shape.types)] or shapes
        return shapes, self._step(shapes, path[-1])

    def _step(self, shapes: list[Shape], step: Step) -> _Taken:
        reached: list[Shape] = []
        lost: dict[str, Aim] = {}
        for shape in shapes:
            for name in shape.types if not shape.free else ("",):
                nodes, why = _taken(shape, name, step)
                if nodes is not None:
                    reached += self._shapes.of(nodes)
                if why is not None:
                    lost.setdefault(why[0], why[1])
        return _Taken(reached[:_MOST], lost)

    def _of_properties(self, needs: list[Need]) -> Iterator[Issue]:
        """What the schema declares and the template does not use, or cannot reach under its name."""
        used = {need.path[0].name for need in needs if need.path[0].kind is StepKind.KEY}
        used |= {path[0].name for need in needs for path in need.instead}
        declared: dict[str, bool] = {}
        for shape in self._shapes.of((self._shapes.root,)):
            for listed, _ in shape.says("properties"):
                for name in listed:
                    declared[name] = declared.get(name, True) and member(shape, name).sure
        for name, required in declared.items():
            path = (Step(StepKind.KEY, name),)
            if name in self._reserved:
                yield Issue(Kind.SHADOWED, path, "the template language has something else of that name")
            elif name not in used:
                yield Issue(Kind.UNUSED, path, "", required=required)


def _unguarded(need: Need, taken: _Taken) -> dict[str, Aim]:
    """The causes that the template has not made sure of."""
    holder = need.facts[-2] if len(need.facts) > 1 else ""
    kept = {}
    for why, aim in taken.lost.items():
        if aim.path:  # the last step itself is absent
            if need.guarded:
                continue
        elif (aim.want == "null" and set(holder) & {"n", "t"}) or "y" in holder or (need.soft and aim.want != "null"):
            continue
        kept[why] = aim
    return kept


def _with_path(path: Path, aim: Aim) -> Aim:
    return Aim((*path, *aim.path), aim.want)


def _taken(shape: Shape, name: str, step: Step) -> tuple[tuple[Node, ...] | None, tuple[str, Aim] | None]:
    """(what a step leads to in a value of one type, why it may lead nowhere)."""
    if not name:
        return (Node(True, True),), ("the schema says nothing of it", Aim((step,), ABSENT))
    if step.kind is StepKind.KEY:
        return _member(shape, name, step)
    if step.kind in (StepKind.EACH, StepKind.SECTION, StepKind.INDEX):
        return _element(shape, name, step)
    if name == "object":
        found = (Node({"anyOf": [node.value for node in values(shape)]}, values(shape)[0].document),)
        return found, ("its key may not be there", Aim((step,), ABSENT)) if step.kind is StepKind.ANY else None
    if name == "array" and step.kind is StepKind.ANY:
        return items(shape), None
    return None, None


def _member(shape: Shape, name: str, step: Step) -> tuple[tuple[Node, ...] | None, tuple[str, Aim] | None]:
    if name != "object":
        return None, _lacking(name, "members")
    found = member(shape, step.name)
    if found.nodes is None:
        return None, ("the schema does not declare it", Aim((step,), ABSENT))
    if found.sure:
        return found.nodes, None
    return found.nodes, (
        "it is optional" if found.declared else "the schema allows it, but does not promise it",
        Aim((step,), ABSENT),
    )


def _element(shape: Shape, name: str, step: Step) -> tuple[tuple[Node, ...] | None, tuple[str, Aim] | None]:
    if step.kind is StepKind.SECTION and name == "object":
        return shape.parts, None
    if name == "object":
        return (
            ((Node({"type": "string"}, True),), None)
            if step.kind is StepKind.EACH
            else (None, _lacking(name, "elements"))
        )
    if name == "string" and step.kind is not StepKind.SECTION:
        return (Node({"type": "string"}, True),), None
    if name != "array":
        return None, _lacking(name, "elements") if step.kind is StepKind.INDEX else None
    if step.kind is not StepKind.INDEX:
        return items(shape), None
    index = int(step.name)
    place = abs(index + 1) if index < 0 else index
    enough = bound(shape, "minItems", 0) > place
    return items(shape, index), None if enough else (
        f"the array may have fewer than {place + 1} elements",
        Aim((step,), ABSENT),
    )


def _lacking(name: str, what: str) -> tuple[str, Aim]:
    """Why a value of this type leads nowhere, and what a document must look like to show it."""
    return ("it may be null" if name == "null" else f"{_a(name)} has no {what}"), Aim((), name)


def _a(name: str) -> str:
    """A type in words: `an integer`."""
    return "null" if name == "null" else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _of_use(need: Need, reached: list[Shape]) -> Iterator[Issue]:
    """What is done with a value of the wrong type."""
    last = need.facts[-1]
    types = {name for shape in reached if not shape.free for name in shape.types}
    if set(last) & {"n", "t"}:
        types.discard("null")
    if "y" in last or need.use == "defined" or need.soft:
        return
    step = need.path[-1]
    if step.dotted and step.name in MAPPING_METHODS:
        why = f"`.{step.name}` is a method of every mapping; write ['{step.name}']"
        yield Issue(Kind.SHADOWED, need.path, why, need, (Aim(need.path),))
        return
    for name, why in sorted(_misuses(need.use, types).items()):
        aims = () if need.use == "print" else (Aim(need.path, name),)  # printing never fails
        yield Issue(Kind.MISUSED, need.path, why, need, aims)


def _misuses(use: str, types: set[str]) -> dict[str, str]:
    """Types for which a use is wrong, and why."""
    if use == "print":
        wrong, what = types & {"object", "array", "null"}, "is printed as Python writes it; use tojson, join or default"
    elif use == "iterate":
        wrong, what = types & (_NO_LOOP | {"string"}), "is gone through as if it were a list"
    elif use == "items":
        wrong, what = types - {"object"}, "is gone through as if it were an object"
    elif use.startswith("method:"):
        method = use.removeprefix("method:")
        wrong, what = types - {"string"} if method in STRING_METHODS else set(), f"has no method {method}"
    elif use in ("filter:length", "filter:count"):
        wrong, what = types & _NO_LOOP, "has no length"
    else:
        return {}
    return {name: f"{_a(name)} {what}" for name in wrong}
