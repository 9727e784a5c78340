"""Rules as files: a rule's id is its file name, its docstring is its documentation page, and no list names it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from llmreg.model import folder
from llmreg.model.finding import ChangeClass, Finding, Severity


class Rule(NamedTuple):
    """One rule. `find` is a pure generator over what the format's comparison hands it, always writer before reader.

    `severity` is the default, policy may change it. `reads` lists the keywords or attributes that the rule looks at.
    `aliases` are the names that other tools give the same finding. `id` and `page` are filled in from the file."""

    summary: str
    cls: ChangeClass
    severity: Severity
    find: Callable[..., Iterable[Any]]
    reads: frozenset[str] = frozenset()
    aliases: tuple[str, ...] = ()
    since: str = "0.1"
    id: str = ""
    page: str = ""

    def finding(self, message: str, **fields: Any) -> Finding:
        """A finding of this rule, with its class, its default severity, and the page's advice unless `fix` is given."""
        if fields.get("fix") is None:
            fields["fix"] = self.instead
        return Finding(rule=self.id, cls=self.cls, severity=self.severity, message=message, **fields)

    @property
    def instead(self) -> str | None:
        """What the page says under `Instead:`, its first paragraph on one line."""
        return _instead(self.page)


@cache
def _instead(page: str) -> str | None:
    _, found, rest = page.partition("\nInstead:\n")
    return " ".join(rest.split("\n\n")[0].split()) if found else None


@cache
def rulebook(package: str) -> Mapping[str, Rule]:
    """Every rule in the folder of `package` (`llmreg.formats.avro.rules`), by id, sorted."""
    rules = {}
    for name in folder.modules(import_module(package).__path__):
        if not name.startswith("_"):
            home = import_module(f"{package}.{name}")
            rules[name] = home.RULE._replace(id=name, page=home.__doc__ or "")
    return rules
