"""`deps` and `dependents`: which pinned versions a version refers to, and which refer to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from llmreg.compat.selector import matching, pick, split
from llmreg.model.record import dataclass
from llmreg.model.subject import VersionStatus
from llmreg.store.layout import Role
from llmreg.store.survey import Survey, SurveyedSubject
from llmreg.store.workspace import Workspace

Advance = Callable[[int, int, str], None]


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

    @property
    def status(self) -> str | None:
        """Everything out of the ordinary, in words."""
        words = [f"deprecated: {self.deprecated}"] if self.deprecated is not None else []
        words += [f"retired: {self.retired}"] if self.retired is not None else []
        return "missing" if self.missing else "; ".join(words) or None

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
        found = _walk([f"{name}@{version}"], lambda pin: _refs_of(survey, pin), everything=request.everything)
        return Graph(name, (version,), _linked(survey, found), _problems(survey, {_split(pin)[0] for pin in found}))


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
        users = survey.users()
        start = [f"{name}@{version}" for version in versions]
        found = _walk(start, lambda pin: users.get(pin, ()), everything=request.everything)
        return Graph(name, versions, _linked(survey, found), _problems(survey, survey.subjects))


def _walk(
    start: list[str], step: Callable[[str], tuple[str, ...]], *, everything: bool
) -> dict[str, tuple[int, list[str]]]:
    """(depth, the pins it is reached by) of every `subject@version` that `step` leads to; each once: circles end."""
    found: dict[str, tuple[int, list[str]]] = {}
    frontier, depth = start, 1
    while frontier:
        fresh: list[str] = []
        for through in frontier:
            for pin in step(through):
                if pin not in found:
                    found[pin] = (depth, [])
                    fresh.append(pin)
                if through not in found[pin][1]:
                    found[pin][1].append(through)
        frontier, depth = fresh if everything else [], depth + 1
    return found


def _refs_of(survey: Survey, pin: str) -> tuple[str, ...]:
    name, version = _split(pin)
    subject = survey.subjects.get(name)
    lines = subject.readable_ledger if subject else ()
    return next((line.refs for line in lines if str(line.version) == version), ())


def _linked(survey: Survey, found: Mapping[str, tuple[int, list[str]]]) -> tuple[Linked, ...]:
    """Nearest first, then by name, then by version."""
    ranked = []
    for pin, (depth, through) in found.items():
        name, version = _split(pin)
        subject = survey.subjects.get(name)
        lines = sorted(subject.readable_ledger if subject else (), key=lambda line: line.version)
        place = next((number for number, line in enumerate(lines) if str(line.version) == version), None)
        status = _status(subject, version)
        linked = Linked(
            subject=name,
            version=version,
            depth=depth,
            through=tuple(sorted(through)),
            latest=subject is not None and place is not None and lines[place] == subject.latest,
            deprecated=status.deprecated,
            retired=status.retired,
            missing=place is None,
        )
        ranked.append(((depth, name, -1 if place is None else place, version), linked))
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


def _split(pin: str) -> tuple[str, str]:
    subject, _, version = pin.partition("@")
    return subject, version
