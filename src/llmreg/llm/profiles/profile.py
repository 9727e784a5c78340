"""The nouns: a profile, one of its rules, and how a data file is read into them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from llmreg.errors import RegistryError
from llmreg.model.finding import Severity

TIERS = {
    "doc": "official text of the provider",
    "api": "error text seen by users, with an issue",
    "sdk": "the provider's own package raises or rewrites",
    "decoder": "compiled and run here",
    "reported": "a claim of users, not confirmed: never above a warning",
}
EFFECTS = {
    "refused": "the request is refused",
    "not-enforced": "accepted and silently ignored",
    "rewritten": "an SDK changes the schema",
    "budget": "counts against a limit of the whole request",
}
ORDERS = {
    "schema": "properties come as the schema lists them",
    "required-first": "required properties come first, then the others, both as the schema lists them",
    "listed": "properties come as `propertyOrdering` lists them, without it as the schema does",
    "listed-only": "properties come as `propertyOrdering` lists them; without it no order is promised",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidenced:
    """What somebody said: `tier` is a key of `TIERS`, `seen` the day on which the source said so."""

    tier: str
    source_url: str
    seen: str

    @property
    def evidence(self) -> str:
        """Tier, day and source on one line."""
        return f"{self.tier}, seen {self.seen}, {self.source_url}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRule(Evidenced):
    """One rule. `test` names a predicate of the engine, `args` are what the file says for it.

    `id` is the rule's whole id: the profile's, then the file's (`openai_strict_root`). `message` and `fix` are
    templates over the values that the predicate gives, always with `{place}`, the field or pointer in words.
    `exported`: `llmreg export-tool` repairs it. `scope`: `schema`, or `request` for what is summed over all schemas of
    one request."""

    id: str
    test: str
    severity: Severity
    effect: str
    message: str
    fix: str
    exported: bool = False
    scope: str = "schema"
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation(Evidenced):
    """In which order the models of a provider generate the properties of an object: `order` is a key of `ORDERS`.

    `models` says for which of them this holds, empty for all."""

    order: str
    models: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one provider takes, as of a date. `provider` is whose `export-tool` writes schemas for it. `generation`:
    nothing where the order of an answer is not constrained."""

    id: str
    date: str
    title: str
    about: str
    provider: str
    strict: bool
    rules: tuple[ProfileRule, ...]
    generation: tuple[Generation, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.id}@{self.date}"


def read(text: str, identity: str, date: str, base: Callable[[str], Profile]) -> Profile:
    """The profile of a data file. `base` gives the profile that `extends` names; its rules come first, and a rule of
    the same id stands instead of it, as does `generation`. Raises RegistryError for a file that is none."""
    try:
        data = tomllib.loads(text)
        extended = base(data["extends"]) if "extends" in data else None
        inherited = extended.rules if extended is not None else ()
        dropped = {f"{_prefix(identity)}{name}" for name in data.get("drop", ())}
        parent = _prefix(data["extends"].partition("@")[0]) if "extends" in data else ""
        rules = {}
        for rule in inherited:
            name = _prefix(identity) + rule.id.removeprefix(parent)
            if name not in dropped:
                rules[name] = replace(rule, id=name)
        for entry in data.get("rules", ()):
            rule = _rule(entry, identity, data)
            rules[rule.id] = rule
        return Profile(
            id=identity,
            date=date,
            title=data["title"],
            about=data["about"],
            provider=data["provider"],
            strict=data.get("strict", False),
            rules=tuple(rules.values()),
            generation=tuple(_generation(entry, data) for entry in data.get("generation", ()))
            or (extended.generation if extended is not None else ()),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise RegistryError(f"the profile {identity}@{date} cannot be read: {error!r}") from None


def _prefix(identity: str) -> str:
    return identity.replace("-", "_") + "_"


def _usual(data: Mapping[str, Any]) -> dict[str, Any]:
    """Where an entry's word comes from, unless the entry says it itself."""
    return {"tier": "doc", "source_url": data.get("source_url"), "seen": data.get("seen")}


def _generation(entry: Mapping[str, Any], data: Mapping[str, Any]) -> Generation:
    found = Generation(**{**_usual(data), **entry})
    if found.tier not in TIERS or found.order not in ORDERS:
        raise ValueError(f"generation: unknown tier {found.tier!r} or order {found.order!r}")
    return found


def _rule(entry: Mapping[str, Any], identity: str, data: Mapping[str, Any]) -> ProfileRule:
    known = {item.name for item in fields(ProfileRule)} - {"args"}
    values = {**_usual(data), "effect": "refused"}
    values |= {key: value for key, value in entry.items() if key in known}
    values["severity"] = Severity(values.get("severity", "error"))
    values["id"] = _prefix(identity) + values["id"]
    values["args"] = {key: value for key, value in entry.items() if key not in known}
    rule = ProfileRule(**values)
    if rule.tier not in TIERS or rule.effect not in EFFECTS:
        raise ValueError(f"{rule.id}: unknown tier {rule.tier!r} or effect {rule.effect!r}")
    if rule.tier == "reported" and rule.severity is Severity.ERROR:
        raise ValueError(f"{rule.id}: what is only reported is never above a warning")
    return rule
