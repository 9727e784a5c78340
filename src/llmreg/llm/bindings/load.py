"""Judge the bindings of a snapshot by name, or those that a change touches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from llmreg.compat.schemas import Schemas
from llmreg.errors import LlmregError
from llmreg.llm.bindings.check import binding_findings, unreadable
from llmreg.llm.bindings.given import variables_target
from llmreg.llm.bindings.resolve import Candidates, Case, resolve
from llmreg.llm.bindings.terms import Policies
from llmreg.model.binding import Binding
from llmreg.model.finding import Finding
from llmreg.model.snapshot import Snapshot
from llmreg.store import layout
from llmreg.store.bindings import binding_names, binding_path, load_binding, load_bindings


class Checked(NamedTuple):
    """One binding and what was found; `case` is None where its file cannot be read."""

    name: str
    case: Case | None
    findings: list[Finding]


def check_bindings(
    snapshot: Snapshot,
    schemas: Schemas,
    policies: Policies,
    names: Iterable[str] = (),
    candidates: Candidates | None = None,
) -> Iterator[Checked]:
    """The bindings called `names`, all of them without a name. Raises NotFoundError for one that is not there."""
    wanted = tuple(names)
    for name in wanted:
        if name not in binding_names(snapshot):
            load_binding(snapshot, name)  # says which ones there are
    for name, found in load_bindings(snapshot):
        if wanted and name not in wanted:
            continue
        if isinstance(found, LlmregError):
            yield Checked(name, None, unreadable(name, found))
            continue
        case = resolve(found, schemas, candidates)
        yield Checked(name, case, [*policies.loosened(found), *binding_findings(case, policies)])


def touched_bindings(base: Snapshot | None, head: Snapshot, subjects: Collection[str], schemas: Schemas) -> list[str]:
    """The bindings whose file differs from the baseline's, or that name one of these subjects, also as the variables
    of their prompt. Without a baseline: all."""
    old = {} if base is None else base.entries(layout.BINDINGS)
    new = head.entries(layout.BINDINGS)
    found = []
    for name, file in load_bindings(head):
        path = binding_path(name)
        changed = path not in old or old[path] != new[path]
        if changed or isinstance(file, LlmregError) or not named(file.binding, schemas).isdisjoint(subjects):
            found.append(name)
    return found


def named(binding: Binding, schemas: Schemas) -> set[str]:
    """The subjects that a binding depends on."""
    subjects = {target.subject for _, target in binding.targets()}
    variables = variables_target(schemas, binding.prompt.subject) if binding.prompt is not None else None
    return subjects | ({variables.subject} if variables is not None else set())
