"""`bind check`, `bind list`, `bind show`: the bindings of a registry and the versions that they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from llmreg.compat.schemas import Schemas
from llmreg.errors import LlmregError
from llmreg.llm.bindings.load import check_bindings
from llmreg.llm.bindings.resolve import resolve
from llmreg.llm.bindings.show import Shown, facts, shown
from llmreg.llm.bindings.terms import Policies
from llmreg.model.record import dataclass, field
from llmreg.model.report import Report
from llmreg.store.bindings import load_binding, load_bindings
from llmreg.store.registry import RegistryView
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class BindRequest:
    """`names`: the bindings; none is all of them. `revision` instead of the work tree."""

    start: Path
    names: tuple[str, ...] = ()
    revision: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BindReport:
    """The report, and the way from the repository's top to the registry that its file names count from."""

    report: Report
    root_prefix: str = ""


def check(request: BindRequest) -> BindReport:
    """Judge bindings; what is wrong stands in the report with file and line. Raises NotFoundError for a name."""
    with _view(request) as (view, prefix):
        found = list(check_bindings(view.snapshot, Schemas(view), Policies(view.config), request.names))
        findings = tuple(finding for item in found for finding in item.findings)
        notes = () if found else ("no bindings: write bindings/NAME.yaml",)
        return BindReport(Report(general=findings, notes=notes, bindings=tuple(item.name for item in found)), prefix)


def listed(request: BindRequest) -> list[dict[str, Any]]:
    """Every binding with its facts; `problem` where its file cannot be read."""
    with _view(request) as (view, _):
        return [
            {"name": name, "problem": found.message} if isinstance(found, LlmregError) else facts(found.binding)
            for name, found in load_bindings(view.snapshot)
        ]


def show(request: BindRequest) -> Shown:
    """The one binding that is named, resolved. Raises NotFoundError, InputError."""
    with _view(request) as (view, _):
        return shown(resolve(load_binding(view.snapshot, request.names[0]), Schemas(view)))


@contextmanager
def _view(request: BindRequest) -> Iterator[tuple[RegistryView, str]]:
    with Workspace.open(request.start, request.environment) as workspace:
        yield workspace.head(request.revision), workspace.prefix
