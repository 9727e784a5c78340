"""`rules`: everything that a check can find, with the page that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmreg.compat.pages import PAGES
from llmreg.errors import NotFoundError
from llmreg.formats import catalogue
from llmreg.formats.rule import rulebook
from llmreg.model.finding import ChangeClass, Severity
from llmreg.store.invariant import invariants

REGISTRY = "registry"


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule or invariant. `scope` is a format's name, or `registry`; `page` is plain text with headings."""

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
    if scope is not None and scope != REGISTRY:
        catalogue.get(scope)
    scopes = [scope] if scope is not None else [*catalogue.names(), REGISTRY]
    return [entry for name in scopes for entry in (_of_registry() if name == REGISTRY else _of_format(name))]


def rule(identity: str) -> list[RuleEntry]:
    """The rules of this id, one for each scope that has it; a dash is an underscore. Raises NotFoundError."""
    wanted = identity.replace("-", "_")
    found = [entry for entry in rules() if wanted in {name.replace("-", "_") for name in (entry.id, *entry.aliases)}]
    if not found:
        from llmreg.store.settings import nearest

        raise NotFoundError(f"no rule {identity!r}", hint=nearest(identity, [entry.id for entry in rules()]))
    return found


def _of_format(name: str) -> list[RuleEntry]:
    """Rules and change rules: every folder of the format whose name ends in `rules`; and its named policies."""
    home = Path(catalogue.__file__).parent / name
    folders = [*sorted(home.glob("*rules")), *home.glob("policies")]
    books = [rulebook(f"llmreg.formats.{name}.{folder.name}") for folder in folders]
    return sorted(
        (
            RuleEntry(item.id, name, item.cls, item.severity, item.summary, item.page.strip(), item.aliases)
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
