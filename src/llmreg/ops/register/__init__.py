"""`register`: judge, then write version file, ledger and index under one lock; nothing is written unless all passes."""

from __future__ import annotations

import time

from llmreg.compat.affected import with_affected
from llmreg.compat.draft import DraftRegistry
from llmreg.compat.planner import Decision, Entry, Planner, Registered
from llmreg.errors import UsageError
from llmreg.model.record import replace
from llmreg.model.report import Report
from llmreg.model.version import Bump
from llmreg.ops.register.request import Advance, RegisterRequest, RegisterResult
from llmreg.store import layout
from llmreg.store.changed import INDEX, changed_paths
from llmreg.store.config import render_subject_yaml
from llmreg.store.edit import set_source
from llmreg.store.git import GitReader
from llmreg.store.invariants import drift
from llmreg.store.uninterrupted import uninterrupted
from llmreg.store.write import Held, RegistryWriter

__all__ = ["Advance", "Entry", "RegisterRequest", "RegisterResult", "Registered", "register"]


def register(request: RegisterRequest, advance: Advance | None = None) -> RegisterResult:
    """Register every entry, or none: the report says why. Raises LlmregError.

    Safe to repeat: an entry that is registered already, by a run that was cut off or by somebody with the same bytes,
    is completed and reported with `new` False.
    """
    if request.push and not request.branch:
        raise UsageError("--push needs --branch: it never pushes the branch you are on")
    began = time.monotonic()
    writer = RegistryWriter(layout.find_root(request.start), request.environment)
    with writer.locked() as held:
        entries = _pending(held, request.bump) if request.changed else request.entries
        decisions = _decide(held, entries, advance)
        report = Report(
            subjects=with_affected((decision.report for decision in decisions), held.view),
            checked=len(decisions),
            allow_undecided=request.allow_undecided,
            seconds=time.monotonic() - began,
        )
        if not report.ok:
            return RegisterResult(report)
        if request.branch:  # before anything is written, because a branch of that name may exist
            writer.git.switch_new(request.branch)
        people = _people(held, decisions)
        with uninterrupted():  # Ctrl-C leaves nothing or everything
            _write(held, decisions, advance)
            paths = tuple(dict.fromkeys((*held.written, *people)))
            held.stage(paths)
        commit = _commit(request, writer, paths, decisions)
    pushed = writer.git.push(request.branch) if request.push and request.branch else None
    return RegisterResult(report, tuple(decision.registered for decision in decisions), commit, pushed)


def _pending(held: Held, bump: str | None) -> tuple[Entry, ...]:
    """Every subject whose working file differs from its latest version, whatever severity drift has here."""
    return tuple(Entry(name, bump=bump) for name in held.view.names if drift.pending(held.view.view(name)) is not None)


def _decide(held: Held, entries: tuple[Entry, ...], advance: Advance | None) -> list[Decision]:
    """What all of them say of each other may ask for a major where one alone did not: `auto` takes it then, too."""
    decisions = _judged(held, entries, advance)
    raised = tuple(
        replace(entry, bump=Bump.MAJOR.value) if _wants_major(entry, decision) else entry
        for entry, decision in zip(entries, decisions, strict=True)
    )
    return decisions if raised == entries else _judged(held, raised, advance)


def _wants_major(entry: Entry, decision: Decision) -> bool:
    bump = decision.report.bump
    free = entry.bump == "auto" and entry.version is None and decision.registered.bump is not Bump.MAJOR
    return free and bump is not None and bump.declared is None and bump.computed is Bump.MAJOR


def _judged(held: Held, entries: tuple[Entry, ...], advance: Advance | None) -> list[Decision]:
    draft = DraftRegistry(held.view)
    planner = Planner(draft, held.view.ids())
    decisions = []
    for count, entry in enumerate(entries, start=1):
        decisions.append(planner.decide(_recorded(draft, entry)))
        if advance is not None:
            advance(count, len(entries), f"judging {entry.subject}")
    return _with_prompts(draft, decisions)


def _recorded(draft: DraftRegistry, entry: Entry) -> Entry:
    """A prompt's ledger line keeps which variables it was registered with."""
    if not draft.has(entry.subject) or draft.subject(entry.subject).config.format != "prompt":
        return entry
    from llmreg.ops.register.prompts import with_range

    return with_range(draft, entry)


def _with_prompts(draft: DraftRegistry, decisions: list[Decision]) -> list[Decision]:
    """Loaded where there is a prompt, or variables that one may use."""
    configs = [draft.subject(decision.registered.subject).config for decision in decisions]
    if not any(config.format == "prompt" or config.kind == "prompt-variables" for config in configs):
        return decisions
    from llmreg.ops.register.prompts import with_prompts

    return with_prompts(draft, decisions)


def _write(held: Held, decisions: list[Decision], advance: Advance | None) -> None:
    """People's files first, machines' ledgers last: a ledger line is what makes a version exist."""
    files: dict[str, bytes] = {}
    for decision in decisions:
        path = layout.config_path(decision.registered.subject)
        if decision.config is not None:
            files[path] = render_subject_yaml(decision.config)
        if decision.source is not None:
            files[path] = set_source(files.get(path) or held.view.snapshot.read(path), decision.source)
        if decision.working is not None:
            files[decision.working[0]] = decision.working[1]
    held.write_files(files)
    plans = [(decision.registered.subject, decision.plan) for decision in decisions]
    total = len(plans)

    def told(done: int) -> None:
        if advance is not None:
            advance(done, total, "writing")

    held.register_many(plans, told)


def _people(held: Held, decisions: list[Decision]) -> list[str]:
    """The working file and `subject.yaml` that each subject has already: a version without the file it came from is
    half a change. Those that are written here are staged as such."""
    views = [held.view.view(name) for name in dict.fromkeys(decision.registered.subject for decision in decisions)]
    working = [view.working_path for view in views if view.working_path is not None]
    return working + [path for view in views if (path := layout.config_path(view.name)) in view.entries]


def _commit(
    request: RegisterRequest, writer: RegistryWriter, paths: tuple[str, ...], decisions: list[Decision]
) -> str | None:
    """The commit's id; None where none was asked for, or where a run before has committed it all."""
    if not (request.commit or request.branch):
        return None
    prefix = writer.repository.prefix
    with GitReader(writer.repository) as reader:
        tip = reader.try_resolve("HEAD") or reader.empty_tree()
        staged = {change.path for change in changed_paths(reader, tip, INDEX)}
    if not staged & set(paths):
        return None
    message = request.message or _message(decisions)
    return writer.git.commit([prefix + path for path in paths], message)


def _message(decisions: list[Decision]) -> str:
    new = [decision.registered for decision in decisions if decision.registered.new]
    if len(new) == 1:
        return f"Register {new[0].subject} {new[0].version} ({new[0].bump})"
    listed = "\n".join(f"- {item.subject} {item.version} ({item.bump})" for item in new[:100])
    return f"Register {len(new)} schemas\n\n{listed}\n"
