"""The subjects of an export, collected by several processes: what they answer is ready to be written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from llmreg.compat.schemas import Schemas
from llmreg.index.collect import Collector, Origins, told
from llmreg.index.packed import Packed, pack
from llmreg.index.rows import SubjectRow
from llmreg.store import layout
from llmreg.store.kept import KeptSnapshot
from llmreg.store.layout import Role
from llmreg.store.registry import RegistryView
from llmreg.store.workers import Workers, how_many
from llmreg.store.workspace import Workspace

WORTH_IT = 300  # subjects: below, collecting costs less than starting processes (benchmarks/export.py)
_TOGETHER = 16
_READ = (Role.CONFIG, Role.LEDGER, Role.VERSION)


class Order(NamedTuple):
    """What a process must know to read what its caller reads: the commit, and what the caller was told to call it."""

    start: Path
    environment: Mapping[str, str]
    commit: str
    revision: str


class Task(NamedTuple):
    """Some subjects, and where their versions came from."""

    names: tuple[str, ...]
    origins: Origins


class Collected(NamedTuple):
    """One subject: what is written of it, what events are told from, and what people should be told."""

    packed: Packed
    told: SubjectRow
    problems: tuple[str, ...] = ()


def collected(order: Order, names: Sequence[str], origins: Origins, jobs: int | None) -> Iterator[Collected]:
    """Every subject, in the order of the names. Raises LlmregError for the first that cannot be read."""
    by_subject: dict[str, Origins] = defaultdict(dict)
    for (subject, version), origin in origins.items():
        by_subject[subject] = {**by_subject[subject], (subject, version): origin}
    tasks = []
    for first in range(0, len(names), _TOGETHER):
        together = tuple(names[first : first + _TOGETHER])
        known = {key: origin for name in together for key, origin in by_subject[name].items()}
        tasks.append(Task(together, known))
    with Workers(how_many(jobs, len(tasks)), start, order) as workers:
        for found in workers.map(tasks):
            yield from found


def start(order: Order) -> Callable[[Task], list[Collected]]:
    """In a process of its own: open the same commit, and collect what comes."""
    workspace = Workspace.open(order.start, order.environment)
    seen = workspace.at(order.commit, order.revision)
    kept = KeptSnapshot(seen.snapshot)
    view = RegistryView(kept)
    collector = Collector(Schemas(view), view.config, {})

    def collect(task: Task) -> list[Collected]:
        collector.origins = task.origins
        view.warm(task.names)
        paths = [path for name in task.names for path in view.view(name).entries]
        kept.read_many([path for path in paths if layout.parse_path(path).role in _READ])
        return [_one(collector, view, name) for name in task.names]

    def done(task: Task) -> list[Collected]:
        try:
            return collect(task)
        finally:
            kept.forget()
            for name in task.names:
                view.forget(name)

    return done


def _one(collector: Collector, view: RegistryView, name: str) -> Collected:
    row = collector.subject(view.view(name))
    problems = tuple(collector.problems)
    collector.problems.clear()
    return Collected(pack(row), told(row), problems)
