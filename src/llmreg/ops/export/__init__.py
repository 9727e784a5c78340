"""`export`: one commit of a registry as a read model in one SQLite file, brought up to date by what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llmreg.compat.schemas import Schemas, Subject
from llmreg.errors import InputError, LlmregError, NotFoundError
from llmreg.index.codec import registry_to_text
from llmreg.index.collect import Collector, events, origins
from llmreg.index.manifest import INDEX, Manifest, describe, read_manifest, write_manifest
from llmreg.index.reader import Index
from llmreg.index.rows import Origin, SubjectRow
from llmreg.index.writer import IndexWriter
from llmreg.model.about import __version__
from llmreg.store import layout
from llmreg.store.history import origins as commit_facts
from llmreg.store.layout import Role
from llmreg.store.registry import RegistryView
from llmreg.store.survey import Survey
from llmreg.store.timeline import Timeline, follows, registry_id, timeline
from llmreg.store.workspace import Workspace

Advance = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """`rewritten`: start anew when the exported branch no longer holds the commit that was exported before."""

    start: Path
    out: Path
    revision: str = "HEAD"
    rewritten: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


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


def export(request: ExportRequest, advance: Advance | None = None) -> Exported:
    """Write `index.sqlite` and `manifest.json`. Raises LlmregError; the directory is then as it was."""
    request.out.mkdir(parents=True, exist_ok=True)
    with Workspace.open(request.start, request.environment) as workspace:
        commit = workspace.reader.resolve(request.revision)
        view = workspace.at(commit, request.revision)
        if not view.has_config:
            raise NotFoundError(f"there is no {workspace.prefix}{layout.REGISTRY_FILE} at {request.revision}")
        export = _Export(workspace, view, commit, request.out / INDEX, advance)
        before = _before(request, workspace, commit, view)
        if before is not None and before.commit == commit:
            return Exported("unchanged", before, 0)
        written = export.update(before) if before is not None else export.build()
    with Index(request.out / INDEX) as index:
        info = index.info
    manifest = Manifest(
        generation=info.generation,
        commit=info.commit,
        time=info.time,
        content=info.content,
        program=info.program,
        files={INDEX: describe(request.out / INDEX)},
    )
    write_manifest(request.out, manifest)
    return Exported("built" if before is None else "updated", manifest, written, tuple(export.problems))


def _before(request: ExportRequest, workspace: Workspace, commit: str, view: RegistryView) -> Manifest | None:
    """What the directory holds, if it can be brought up to date. Raises InputError where history was rewritten."""
    try:
        manifest = read_manifest(request.out)
    except NotFoundError:
        return None
    if not follows(workspace.reader, manifest.commit, commit):
        if not request.rewritten:
            raise InputError(
                f"{request.revision} does not continue the exported commit {manifest.commit[:12]}: "
                "history was rewritten, or this is another branch",
                hint="export to another directory, or start anew here with --allow-rewritten",
            )
        return None
    if manifest.program != __version__:
        return None
    try:
        with Index(request.out / INDEX) as index:
            same = index.info.commit == manifest.commit and index.info.content == manifest.content
            return manifest if same and index.config == view.config else None
    except LlmregError:
        return None


@dataclass(slots=True)
class _Export:
    """One run: reads a commit, writes one file."""

    workspace: Workspace
    view: RegistryView
    commit: str
    target: Path
    advance: Advance | None
    problems: list[str] = field(default_factory=list)

    def build(self) -> int:
        """The whole registry, in one pass over its files."""
        history = timeline(self.workspace.reader, self.commit)
        survey = Survey(self.view)
        self._tell(survey.load((Role.CONFIG, Role.LEDGER)), "reading subjects")
        paths = [
            subject.version_path(str(line.version)) for subject in survey.subjects.values() for line in subject.ledger
        ]
        self._tell(survey.load_paths(paths), "reading schemas")
        with IndexWriter(self.target) as writer:
            rows = self._collect(survey, survey.subjects.values(), origins(history.moments))
            for row in rows.values():
                writer.put(row)
            writer.optimize()
            self._finish(writer, history, rows)
        return len(rows)

    def update(self, before: Manifest) -> int:
        """Only the subjects whose files differ from those of the commit exported before."""
        reader = self.workspace.reader
        history = timeline(reader, self.commit, before.commit)
        cut = len(reader.repository.prefix)
        changes = reader.diff_tree(before.commit, self.commit, reader.repository.prefix + layout.SUBJECTS)
        names = {layout.parse_path(change.path[cut:]).subject for change in changes} - {None}
        touched = sorted(str(name) for name in names)
        self.view.warm(touched)
        with Index(self.target) as index:
            known = _known_origins(index, touched)
        present = [self.view.view(name) for name in touched if self.view.has(name)]
        with IndexWriter(self.target, self.target) as writer:
            rows = self._collect(self.view, present, known | origins(history.moments))
            for name in touched:
                writer.remove(name)
            for row in rows.values():
                writer.put(row)
            self._finish(writer, history, rows)
        return len(touched)

    def _collect(
        self, registry: Any, subjects: Iterable[Subject], known: Mapping[tuple[str, str], Origin]
    ) -> dict[str, SubjectRow]:
        collector = Collector(Schemas(registry), self.view.config, known)
        found = list(subjects)
        rows = {}
        for done, subject in enumerate(found, start=1):
            rows[subject.name] = collector.subject(subject)
            if self.advance is not None:
                self.advance(done, len(found), "judging versions")
        self.problems += collector.problems
        return rows

    def _finish(self, writer: IndexWriter, history: Timeline, rows: Mapping[str, SubjectRow]) -> None:
        writer.add_events(events(history.moments, rows))
        writer.finish(
            {
                "generation": str(history.generation),
                "commit": self.commit,
                "time": str(commit_facts(self.workspace.reader, [self.commit])[self.commit].time),
                "program": __version__,
                "registry": registry_id(self.workspace.reader, self.commit),
                "config": registry_to_text(self.view.config),
            }
        )

    def _tell(self, steps: Iterable[tuple[int, int]], what: str) -> None:
        for done, total in steps:
            if self.advance is not None:
                self.advance(done, total, what)


def _known_origins(index: Index, names: Iterable[str]) -> dict[tuple[str, str], Origin]:
    return {
        (name, version.version): version.origin
        for name in names
        if index.has(name)
        for version in index.subject(name).versions
        if version.origin is not None
    }
