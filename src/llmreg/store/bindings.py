"""Read `bindings/<name>.yaml`: a model and what it is bound to, every defect placed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

from llmreg.errors import InputError, LlmregError, NotFoundError
from llmreg.model.binding import Binding, Target
from llmreg.model.record import dataclass, field, replace
from llmreg.model.snapshot import Snapshot
from llmreg.model.subject import Waiver, name_problem
from llmreg.store import layout
from llmreg.store.config import read_settings
from llmreg.store.settings import Setting
from llmreg.store.values import (
    Misfit,
    mapping,
    members,
    nearest,
    ranged,
    rule_id,
    severity,
    text,
    texts,
    waiver,
)

T = TypeVar("T")


def _target(value: Any) -> Target:
    subject, _, wanted = ranged(value).partition("@")
    return Target(subject, wanted.strip())


def _targets(value: Any) -> tuple[Target, ...]:
    return _each(_target, texts(value))


def _each(read: Callable[[Any], T], items: Sequence[Any]) -> tuple[T, ...]:
    found = []
    for number, item in enumerate(items):
        try:
            found.append(read(item))
        except Misfit as misfit:
            raise Misfit(misfit.message, pointer=f"/{number}{misfit.pointer}", hint=misfit.hint) from None
    return tuple(found)


def _profiles(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else texts(value)


def _waiver(value: Any) -> Waiver:
    """A subject's waiver with its last day: a version has an end, the next one; a binding goes on."""
    fields = dict(members(value))
    until = fields.pop("until", None)
    found = waiver(fields)
    if until is None:
        raise Misfit("the waiver of a binding has a last day", hint="write `until: 2027-03-31`")
    try:
        return replace(found, until=date.fromisoformat(text(until)).isoformat())
    except ValueError:
        raise Misfit(f"{until!r} is no day", pointer="/until", hint="write it as 2027-03-31") from None


def _waivers(value: Any) -> tuple[Waiver, ...]:
    if not isinstance(value, list):
        raise Misfit("expected a list of waivers", hint='write `- {allow: [RULE], reason: "…", until: 2027-03-31}`')
    return _each(_waiver, value)


BINDING: tuple[Setting, ...] = (
    Setting("model", text, "the model, in your words", "anthropic/claude-sonnet-5"),
    Setting("profiles", _profiles, "provider profiles that output and tools have to meet", "[openai-strict]"),
    Setting("input", _target, "what the application fills in", "support/answer-vars@^1"),
    Setting("output", _target, "what the model answers", "chat/reply@^2"),
    Setting("prompt", _target, "the prompt that is rendered with the input", "prompts/answer@^1"),
    Setting("tools", _targets, "the tools that the model may call", "[tools/search-docs@^1]"),
    Setting("environment", text, "where it runs", "production"),
    Setting("description", text, "for people", "Answers customers"),
    Setting("owner", text, "who to ask", "team-chat"),
    Setting("custom", members, "your own facts, kept as they are", "{cost_center: 42}"),
    Setting("policy", mapping(severity, rule_id), "severity by change class or rule id", "{kind_unfit: warn}"),
    Setting(
        "waivers",
        _waivers,
        "reviewed exemptions, each with its last day",
        '[{allow: [input_refused], reason: "…", until: 2027-03-31}]',
    ),
)


@dataclass(frozen=True, slots=True)
class BindingFile:
    """A binding and the text that it was read from. `path` counts from the registry's root."""

    binding: Binding
    path: str
    data: bytes = field(repr=False)

    @property
    def name(self) -> str:
        return self.binding.name

    def line(self, pointer: str) -> int | None:
        """The line of `/tools/0`; None for a place that the file does not have."""
        from llmreg.store import yamltext

        found = yamltext.locate(self.data, pointer)
        return found[0] if found else None


def read_binding(data: bytes, path: str) -> Binding:
    """One binding. Raises InputError with one placed Problem per defect."""
    values, _ = read_settings(data, path, BINDING, required="model")
    name = _name(path)
    problem = name_problem(name)
    if problem:
        raise InputError(f"{path}: {name!r} names no binding: {problem}", hint="rename the file")
    return Binding(name=name, **values)


def binding_names(snapshot: Snapshot) -> list[str]:
    """The bindings of a snapshot, sorted."""
    return [_name(path) for path in snapshot.entries(layout.BINDINGS) if path.endswith(".yaml")]


def load_binding(snapshot: Snapshot, name: str) -> BindingFile:
    """The binding called `name`. Raises NotFoundError with the nearest name, InputError for its defects."""
    path = binding_path(name)
    if path not in snapshot.entries(layout.BINDINGS):
        known = binding_names(snapshot)
        hint = nearest(name, known) or (f"there is {', '.join(known[:10])}" if known else "write bindings/NAME.yaml")
        raise NotFoundError(f"no binding {name!r} in {snapshot.label}", hint=hint)
    data = snapshot.read(path)
    return BindingFile(read_binding(data, path), path, data)


def load_bindings(snapshot: Snapshot) -> Iterator[tuple[str, BindingFile | LlmregError]]:
    """Every binding by name, sorted; the error where its file cannot be read."""
    for name in binding_names(snapshot):
        try:
            yield name, load_binding(snapshot, name)
        except LlmregError as error:
            yield name, error


def binding_path(name: str) -> str:
    return f"{layout.BINDINGS}/{name}.yaml"


def _name(path: str) -> str:
    return path.removeprefix(f"{layout.BINDINGS}/").removesuffix(".yaml")
