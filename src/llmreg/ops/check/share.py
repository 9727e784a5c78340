"""The subjects of a check, judged in this process or shared among several: the answers are the same, in one order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from llmreg.compat.schemas import Schemas
from llmreg.compat.subject import Overrides
from llmreg.errors import LlmregError
from llmreg.model.report import SubjectReport
from llmreg.model.subject import RegistryConfig
from llmreg.ops.check.request import Advance, CheckRequest
from llmreg.ops.check.subject import Sides, check_subject
from llmreg.store.kept import KeptSnapshot
from llmreg.store.registry import RegistryView, SubjectView
from llmreg.store.workspace import Workspace

_TOGETHER = 16  # subjects in one task: few enough that no process waits long for the last one
_WORTH_IT = 400  # subjects: below, judging costs less than starting processes (benchmarks/check_all.py)


class Order(NamedTuple):
    """What a process must know to see what its caller sees. `head`: (object id, name) of a revision that is judged
    instead of index or work tree; `base`: the same of the baseline; `asked`: the subjects that somebody named."""

    request: CheckRequest
    head: tuple[str, str] | None
    base: tuple[str, str] | None
    everything: bool
    asked: frozenset[str]


class Judged(NamedTuple):
    """The reports on one subject. `prompts`: it is a prompt, or variables that one may use."""

    reports: list[SubjectReport]
    prompts: bool


def judged(order: Order, sides: Sides, names: Sequence[str], advance: Advance | None) -> Iterator[Judged]:
    """What is to be said of every subject, in the order of the names."""
    jobs = order.request.jobs
    if jobs == 1 or (jobs is None and len(names) < _WORTH_IT):
        yield from _told(map(partial(_judge, order, sides), ([name] for name in names)), names, advance)
        return
    from llmreg.store.workers import Workers, how_many  # the hook does not wait for it

    tasks = [tuple(names[start : start + _TOGETHER]) for start in range(0, len(names), _TOGETHER)]
    with Workers(how_many(jobs, len(tasks)), start, order) as workers:
        yield from _told(workers.map(tasks), names, advance)


def start(order: Order) -> Callable[[Sequence[str]], list[Judged]]:
    """In a process of its own: open the same registry, and judge what comes."""
    request = order.request
    workspace = Workspace.open(request.start, request.environment)
    head = view_of(request, workspace, order.head)
    base = workspace.at(*order.base) if order.base is not None else None
    sides = sides_of(request, head, base, everything=order.everything)

    def judge(names: Sequence[str]) -> list[Judged]:
        head.warm(names)
        return _judge(order, sides, names)

    return judge


def view_of(request: CheckRequest, workspace: Workspace, revision: tuple[str, str] | None) -> RegistryView:
    """The registry that is judged; each of its files is read once."""
    if revision is not None:
        seen = workspace.at(*revision)
    else:
        seen = workspace.staged() if request.staged else workspace.worktree()
    return RegistryView(KeptSnapshot(seen.snapshot))


def sides_of(request: CheckRequest, head: RegistryView, base: RegistryView | None, *, everything: bool) -> Sides:
    """Head and baseline, ready to be judged."""
    return Sides(
        head=head,
        base=base,
        schemas=Schemas(head),
        base_config=_base_config(base),
        overrides=Overrides(request.mode, request.writer, request.policy),
        everything=everything,
    )


def _base_config(base: RegistryView | None) -> RegistryConfig | None:
    if base is None or not base.has_config:
        return None
    try:
        return base.config
    except LlmregError:
        return None  # the baseline's own file is broken; mending it must be possible


def _told(found: Iterator[list[Judged]], names: Sequence[str], advance: Advance | None) -> Iterator[Judged]:
    done = 0
    for together in found:
        for one in together:
            done += 1
            yield one
        if advance is not None:
            advance(done, len(names), names[done - 1])


def _judge(order: Order, sides: Sides, names: Sequence[str]) -> list[Judged]:
    return [_judge_one(order, sides, name) for name in names]


def _judge_one(order: Order, sides: Sides, name: str) -> Judged:
    view = sides.head.view(name)
    reports = check_subject(sides, name, asked=name in order.asked)
    told = Judged(reports, any(reports) and _concerns_prompts(view))
    if order.everything:
        _let_go(sides, view)
    return told


def _let_go(sides: Sides, view: SubjectView) -> None:
    """Of a subject that is done: a registry of any size fits into memory."""
    with suppress(LlmregError):  # a ledger that cannot be read, which has been told: nothing was parsed
        sides.schemas.forget(view)
    sides.head.forget(view.name)
    if isinstance(view.snapshot, KeptSnapshot):
        view.snapshot.forget()


def _concerns_prompts(view: SubjectView) -> bool:
    try:
        return view.config.format == "prompt" or view.config.kind == "prompt-variables"
    except LlmregError:
        return False  # its settings are missing or broken, which has been told
