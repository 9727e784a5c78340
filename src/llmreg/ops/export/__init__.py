"""`export`: one commit of a registry as a read model in one SQLite file, brought up to date by what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from llmreg.errors import InputError, LlmregError
from llmreg.index.manifest import INDEX, SUMS, Manifest, describe, write_manifest
from llmreg.index.reader import Index, IndexInfo
from llmreg.model.about import __version__
from llmreg.model.record import dataclass, field
from llmreg.ops.export.exclusive import exclusive
from llmreg.ops.export.run import Advance, Run
from llmreg.ops.export.share import Order
from llmreg.store.registry import RegistryView
from llmreg.store.timeline import follows
from llmreg.store.workspace import Workspace

Beside = Callable[[Path], None]
_FRESH = f".{INDEX}.new"


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """`rewritten`: start anew when the exported branch no longer holds the commit that was exported before. `jobs`:
    how many processes share the work; None: as many as there are CPUs where that pays."""

    start: Path
    out: Path
    revision: str = "HEAD"
    rewritten: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    jobs: int | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """`mode`: `built` anew, `updated` from the index that was there, or `unchanged`. `subjects` were written."""

    mode: str
    manifest: Manifest
    subjects: int
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        manifest = self.manifest.to_json()
        return {"export": self.mode, "subjects": self.subjects, "problems": list(self.problems)} | manifest


def export(request: ExportRequest, advance: Advance | None = None, beside: Beside | None = None) -> Exported:
    """Write `index.sqlite` and, last, `manifest.json`. Raises LlmregError; both are then as they were.

    `beside` gets the path of the new index before it takes its place, to write what else the directory is to hold."""
    request.out.mkdir(parents=True, exist_ok=True)
    with exclusive(request.out), Workspace.open(request.start, request.environment) as workspace:
        commit = workspace.reader.resolve(request.revision)
        view = workspace.registry_at(commit, request.revision)
        target = request.out / INDEX
        before = _before(request, workspace, commit, view)
        if before is not None and before.commit == commit:
            if beside is not None:
                beside(target)
            return Exported("unchanged", _publish(request.out, target), 0)
        fresh = request.out / _FRESH
        try:
            order = Order(request.start, dict(request.environment), commit, request.revision)
            run = Run(workspace, view, order, fresh, advance, request.jobs)
            written = run.update(target, before) if before is not None else run.build()
            if beside is not None:
                beside(fresh)
            manifest = _publish(request.out, fresh)
        finally:
            fresh.unlink(missing_ok=True)
    return Exported("built" if before is None else "updated", manifest, written, tuple(run.problems))


def _publish(out: Path, made: Path) -> Manifest:
    """Put the index in its place, and then the manifest that describes it."""
    with Index(made) as index:
        info = index.info
    files = {INDEX: describe(made)}
    if (out / SUMS).is_file():
        files[SUMS] = describe(out / SUMS)
    manifest = Manifest(info.generation, info.commit, info.time, info.content, info.program, files)
    if made != out / INDEX:
        made.replace(out / INDEX)
    write_manifest(out, manifest)
    return manifest


def _before(request: ExportRequest, workspace: Workspace, commit: str, view: RegistryView) -> IndexInfo | None:
    """What the directory holds, if it can be brought up to date. Raises InputError where history was rewritten."""
    try:
        with Index(request.out / INDEX) as index:
            info = index.info
            same = info.program == __version__ and index.config == view.config
    except LlmregError:
        return None
    if not follows(workspace.reader, info.commit, commit):
        if not request.rewritten:
            raise InputError(
                f"{request.revision} does not continue the exported commit {info.commit[:12]}: "
                "history was rewritten, or this is another branch",
                hint="export to another directory, or start anew here with --allow-rewritten",
            )
        return None
    return info if same else None
