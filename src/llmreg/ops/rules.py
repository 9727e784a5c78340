"""`rules`: everything that a check can find, with the page that explains it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmreg.compat.pages import PAGES
from llmreg.errors import NotFoundError
from llmreg.formats import catalogue
from llmreg.formats.rule import Rule, rulebook
from llmreg.llm.profiles import catalogue as profiles
from llmreg.llm.profiles import pages
from llmreg.model.finding import ChangeClass, Severity
from llmreg.model.record import dataclass
from llmreg.store.invariant import invariants

REGISTRY = "registry"
BINDINGS = "bindings"
_ACROSS = {  # what a format's texts are judged by, beside themselves
    "json": ("llmreg.llm.profiles.rules",),
    "prompt": ("llmreg.llm.prompts.rules", "llmreg.llm.prompts.caller_rules"),
}
MCP = "mcp"
_BOOKS = {BINDINGS: "llmreg.llm.bindings.rules", MCP: "llmreg.llm.mcp.rules"}


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule or invariant. `scope` is a format's name, `bindings`, `mcp` or `registry`; `page` is plain text."""

    id: str
    scope: str
    cls: ChangeClass
    severity: Severity
    summary: str
    page: str
    aliases: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "scope": self.scope,
            "class": self.cls,
            "severity": self.severity,
            "summary": self.summary,
            "aliases": list(self.aliases),
            "page": self.page,
        }


def rules(scope: str | None = None) -> list[RuleEntry]:
    """Every rule, by scope and id; `scope` keeps one of them. Raises UsageError for an unknown format."""
    if scope is not None and scope not in (*_BOOKS, REGISTRY) and not _is_profile(scope):
        catalogue.get(scope)
    scopes = [scope] if scope is not None else [*catalogue.names(), *_BOOKS, *profiles.names(), REGISTRY]
    return [entry for name in scopes for entry in _of(name)]


def rule(identity: str) -> list[RuleEntry]:
    """The rules of this id, one for each scope that has it; a dash is an underscore. Raises NotFoundError."""
    wanted = identity.replace("-", "_")
    found = [entry for entry in rules() if wanted in {name.replace("-", "_") for name in (entry.id, *entry.aliases)}]
    if not found:
        from llmreg.store.values import nearest

        raise NotFoundError(f"no rule {identity!r}", hint=nearest(identity, [entry.id for entry in rules()]))
    return found


def _of(scope: str) -> list[RuleEntry]:
    if scope == REGISTRY:
        return _of_registry()
    if scope in _BOOKS:
        return _entries([rulebook(_BOOKS[scope])], scope)
    return _of_profile(scope) if _is_profile(scope) else _of_format(scope)


def _is_profile(scope: str) -> bool:
    return scope.partition("@")[0] in profiles.names()


def _of_profile(name: str) -> list[RuleEntry]:
    """The rules of one profile; without a date, of the newest."""
    profile = profiles.get(name)
    return [
        RuleEntry(
            item.id, profile.label, ChangeClass.INVALID, item.severity, pages.summary(item), pages.page(profile, item)
        )
        for item in profile.rules
    ]


def _of_format(name: str) -> list[RuleEntry]:
    """Rules and change rules: every folder of the format whose name ends in `rules`; and its named policies."""
    home = Path(catalogue.__file__).parent / name
    folders = [*sorted(home.glob("*rules")), *home.glob("policies")]
    books = [rulebook(f"llmreg.formats.{name}.{folder.name}") for folder in folders]
    return _entries([*books, *(rulebook(package) for package in _ACROSS.get(name, ()))], name)


def _entries(books: list[Mapping[str, Rule]], scope: str) -> list[RuleEntry]:
    return sorted(
        (
            RuleEntry(item.id, scope, item.cls, item.severity, item.summary, item.page.strip(), item.aliases)
            for book in books
            for item in book.values()
        ),
        key=lambda entry: entry.id,
    )


def _of_registry() -> list[RuleEntry]:
    pages = {code: (invariant.summary, invariant.page) for code, invariant in invariants().items()}
    pages |= {code: (page.split("\n")[0].rstrip("."), page) for code, page in PAGES.items()}
    severities = {"drift": Severity.INFO, "policy-loosened": Severity.WARN}
    return [
        RuleEntry(code, REGISTRY, ChangeClass.INTEGRITY, severities.get(code, Severity.ERROR), summary, page.strip())
        for code, (summary, page) in sorted(pages.items())
    ]
