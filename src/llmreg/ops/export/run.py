"""One export: reads a commit, writes one index, whole or by what changed since an older one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from llmreg.compat.schemas import Schemas, Subject
from llmreg.index.codec import registry_to_text
from llmreg.index.collect import Collector, events, moments, origins, told
from llmreg.index.past import known_moments, unread, users_of
from llmreg.index.reader import Index, IndexInfo
from llmreg.index.rows import MomentRow, SubjectRow
from llmreg.index.writer import IndexWriter
from llmreg.model.about import __version__
from llmreg.model.jsontext import dumps
from llmreg.model.record import dataclass, field
from llmreg.store import layout
from llmreg.store.history import origins as commit_facts
from llmreg.store.layout import Role
from llmreg.store.registry import RegistryView
from llmreg.store.survey import Survey
from llmreg.store.timeline import registry_id, timeline
from llmreg.store.workspace import Workspace

_TOGETHER = 64  # subjects; to and fro between judging and writing costs a processor's cache

Advance = Callable[[int, int, str], None]


@dataclass(slots=True)
class Run:
    """Writes `target`; `problems` are what people should be told."""

    workspace: Workspace
    view: RegistryView
    commit: str
    target: Path
    advance: Advance | None
    problems: list[str] = field(default_factory=list)

    def build(self) -> int:
        """The whole registry, in one pass over its files; gives how many subjects."""
        history = timeline(self.workspace.reader, self.commit)
        happened = list(moments(history.moments))
        survey = Survey(self.view)
        self._tell(survey.load((Role.CONFIG, Role.LEDGER)), "reading subjects")
        paths = [
            subject.version_path(str(line.version)) for subject in survey.subjects.values() for line in subject.ledger
        ]
        self._tell(survey.load_paths(paths), "reading schemas")
        with IndexWriter(self.target) as writer:
            rows = self._write(writer, survey, survey.subjects.values(), happened)
            writer.optimize()
            writer.add_moments(happened)
            writer.add_events(events(happened, rows))
            writer.finish(self._facts(history.generation))
        return len(rows)

    def update(self, base: Path, before: IndexInfo) -> int:
        """Only the subjects that the commits since `before` touched, and those that refer to what changed in them."""
        history = timeline(self.workspace.reader, self.commit, before.commit)
        happened = list(moments(history.moments))
        touched = self._changed(before.commit) | {moment.subject for moment in happened}
        self.view.warm(sorted(touched))
        with Index(base) as index:
            unsettled = {name for name in touched if self._shaken(index, name)}
            names = sorted(touched | users_of(index, unsettled) | (unread(index) if touched else set()))
            past = known_moments(index, names)
        self.view.warm(names)
        present = [self.view.view(name) for name in names if self.view.has(name)]
        with IndexWriter(self.target, base) as writer:
            for name in names:
                writer.remove(name)
            rows = self._write(writer, self.view, present, [*past, *happened])
            writer.add_moments(happened)
            writer.add_events(events([*past, *happened], rows))
            writer.finish(self._facts(history.generation))
        return len(names)

    def _changed(self, since: str) -> set[str]:
        """Subjects whose files differ from those of an earlier commit."""
        reader = self.workspace.reader
        cut = len(reader.repository.prefix)
        changes = reader.diff_tree(since, self.commit, reader.repository.prefix + layout.SUBJECTS)
        names = (layout.parse_path(change.path[cut:]).subject for change in changes)
        return {name for name in names if name}

    def _shaken(self, index: Index, name: str) -> bool:
        """Whether what others may refer to in a subject is no longer what the index knows."""
        if not index.has(name):
            return False
        if not self.view.has(name):
            return True
        old, new = index.subject(name), self.view.view(name)
        kept = new.ledger[: len(old.ledger)]
        return kept != old.ledger or (new.config.format, new.config.settings) != (
            old.config.format,
            old.config.settings,
        )

    def _write(
        self, writer: IndexWriter, registry: Any, subjects: Iterable[Subject], happened: Sequence[MomentRow]
    ) -> dict[str, SubjectRow]:
        """Judge and write one subject after the other; gives what the events are told from."""
        collector = Collector(Schemas(registry), self.view.config, origins(happened))
        found = list(subjects)
        rows = {}
        collected: list[SubjectRow] = []
        for done, subject in enumerate(found, start=1):
            collected.append(collector.subject(subject))
            if len(collected) == _TOGETHER or done == len(found):
                for row in collected:
                    writer.put(row)
                    rows[row.name] = told(row)
                collected.clear()
            if self.advance is not None:
                self.advance(done, len(found), "judging versions")
        self.problems += collector.problems
        return rows

    def _facts(self, generation: int) -> Mapping[str, str]:
        reader = self.workspace.reader
        return {
            "generation": str(generation),
            "commit": self.commit,
            "time": str(commit_facts(reader, [self.commit])[self.commit].time),
            "program": __version__,
            "registry": registry_id(reader, self.commit),
            "config": registry_to_text(self.view.config),
            "bindings": dumps(self._bindings()),
        }

    def _bindings(self) -> list[Any]:
        """Every binding with what it resolves to; a registry without bindings does not wait for it."""
        if not self.view.snapshot.entries(layout.BINDINGS):
            return []
        from llmreg.llm.bindings.show import all_shown

        return list(all_shown(self.view.snapshot, Schemas(self.view)))

    def _tell(self, steps: Iterable[tuple[int, int]], what: str) -> None:
        for done, total in steps:
            if self.advance is not None:
                self.advance(done, total, what)
