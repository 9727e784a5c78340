"""`deps` and `dependents`: which pinned versions a version refers to, and which refer to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmreg.model.subject import VersionStatus
from llmreg.store.layout import Role
from llmreg.store.selector import matching, pick, split
from llmreg.store.survey import Survey, SurveyedSubject
from llmreg.store.workspace import Workspace

Advance = Callable[[int, int, str], None]
Pin = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Linked:
    """One version in the graph. `depth` 1 is direct. `through` lists the pins that lead here, or from here, as
    `subject@version`; `latest`: no later version of its subject replaces it; `missing`: no ledger has it."""

    subject: str
    version: str
    depth: int
    through: tuple[str, ...]
    latest: bool = False
    deprecated: str | None = None
    retired: str | None = None
    missing: bool = False

    def to_json(self, through: str) -> dict[str, Any]:
        """`through` is what the pins are called: `required_by` or `refers_to`."""
        return {through if name == "through" else name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Graph:
    """What was asked (`versions` of `subject`) and what is linked to it, nearest first, then by name and version.
    `problems` tells of ledgers that could not be read."""

    subject: str
    versions: tuple[str, ...]
    linked: tuple[Linked, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphRequest:
    """`target` is SUBJECT@RANGE; `everything` follows the pins to the end; `revision` instead of the work tree."""

    start: Path
    environment: Mapping[str, str]
    target: str
    everything: bool = False
    revision: str | None = None


def deps(request: GraphRequest) -> Graph:
    """What the highest version in the range refers to. Raises NotFoundError."""
    with Workspace.open(request.start, request.environment) as workspace:
        view = workspace.head(request.revision)
        name, wanted = split(request.target)
        version = str(pick(view.subject(name), wanted).version)
        survey = Survey(view)
        found = _walk([(name, version)], lambda pins: _refs_of(survey, pins), everything=request.everything)
        return Graph(name, (version,), _linked(survey, found), _problems(survey, {subject for subject, _ in found}))


def dependents(request: GraphRequest, advance: Advance | None = None) -> Graph:
    """Which registered versions refer to any version in the range; without a range, to any version at all.

    Every ledger of the registry is read. Raises NotFoundError."""
    with Workspace.open(request.start, request.environment) as workspace:
        view = workspace.head(request.revision)
        name, wanted = split(request.target)
        versions = tuple(str(line.version) for line in matching(view.subject(name), wanted))
        survey = Survey(view)
        for done, total in survey.load((Role.LEDGER,)):
            if advance is not None:
                advance(done, total, "reading ledgers")
        users = _users(survey)
        found = _walk(
            [(name, version) for version in versions],
            lambda pins: [(user, pin) for pin in pins for user in users[pin]],
            everything=request.everything,
        )
        return Graph(name, versions, _linked(survey, found), _problems(survey, survey.subjects))


def _walk(
    start: list[Pin], step: Callable[[list[Pin]], Iterable[tuple[Pin, Pin]]], *, everything: bool
) -> dict[Pin, tuple[int, list[Pin]]]:
    """(depth, the pins it is reached by) of everything that `step` leads to; each once, so circles end."""
    found: dict[Pin, tuple[int, list[Pin]]] = {}
    frontier, depth = start, 1
    while frontier:
        fresh: list[Pin] = []
        for pin, through in step(frontier):
            if pin not in found and pin not in start:
                found[pin] = (depth, [])
                fresh.append(pin)
            if pin in found and through not in found[pin][1]:
                found[pin][1].append(through)
        frontier, depth = fresh if everything else [], depth + 1
    return found


def _refs_of(survey: Survey, pins: Iterable[Pin]) -> list[tuple[Pin, Pin]]:
    return [
        (_pin(ref), pin)
        for pin in pins
        if pin[0] in survey.subjects
        for line in survey.subjects[pin[0]].readable_ledger
        if str(line.version) == pin[1]
        for ref in line.refs
    ]


def _users(survey: Survey) -> Mapping[Pin, list[Pin]]:
    """Who pins what, over every ledger."""
    users: dict[Pin, list[Pin]] = defaultdict(list)
    for subject in survey.subjects.values():
        for line in subject.readable_ledger:
            for ref in line.refs:
                users[_pin(ref)].append((subject.name, str(line.version)))
    return users


def _linked(survey: Survey, found: Mapping[Pin, tuple[int, list[Pin]]]) -> tuple[Linked, ...]:
    """Nearest first, then by name, then by version."""
    ranked = []
    for pin, (depth, through) in found.items():
        subject = survey.subjects.get(pin[0])
        lines = sorted(subject.readable_ledger if subject else (), key=lambda line: line.version)
        place = next((number for number, line in enumerate(lines) if str(line.version) == pin[1]), None)
        status = _status(subject, pin[1])
        linked = Linked(
            subject=pin[0],
            version=pin[1],
            depth=depth,
            through=tuple(sorted(f"{name}@{version}" for name, version in through)),
            latest=subject is not None and place is not None and lines[place] == subject.latest,
            deprecated=status.deprecated,
            retired=status.retired,
            missing=place is None,
        )
        ranked.append(((depth, pin[0], -1 if place is None else place, pin[1]), linked))
    return tuple(linked for _, linked in sorted(ranked, key=lambda item: item[0]))


def _status(subject: SurveyedSubject | None, version: str) -> VersionStatus:
    config = subject.readable_config if subject else None
    return config.status.get(version, VersionStatus()) if config else VersionStatus()


def _problems(survey: Survey, names: Iterable[str]) -> tuple[str, ...]:
    problems = []
    for name in sorted(names):
        subject = survey.subjects.get(name)
        if subject is not None and subject.ledger_problem is not None:
            problems.append(subject.ledger_problem.message)
    return tuple(problems)


def _pin(ref: str) -> Pin:
    subject, _, version = ref.partition("@")
    return subject, version
