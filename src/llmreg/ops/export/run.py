"""One export: reads a commit, writes one index, whole or by what changed since an older one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from llmreg.compat.schemas import Schemas, Subject
from llmreg.index.codec import registry_to_text
from llmreg.index.collect import Collector, events, moments, origins, told
from llmreg.index.packed import pack
from llmreg.index.past import known_moments, unread, users_of
from llmreg.index.reader import Index, IndexInfo
from llmreg.index.rows import MomentRow, SubjectRow
from llmreg.index.writer import IndexWriter
from llmreg.model.about import __version__
from llmreg.model.jsontext import dumps
from llmreg.model.record import dataclass, field
from llmreg.ops.export.share import WORTH_IT, Collected, Order, collected
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
    """Writes `target`; `problems` are what people should be told. `jobs`: how many processes share the work, None: as
    many as there are CPUs where that pays."""

    workspace: Workspace
    view: RegistryView
    order: Order
    target: Path
    advance: Advance | None
    jobs: int | None = None
    problems: list[str] = field(default_factory=list)

    def build(self) -> int:
        """The whole registry, in one pass over its files; gives how many subjects."""
        history = timeline(self.workspace.reader, self.order.commit)
        happened = list(moments(history.moments))
        found = self._shared(self.view.names, happened) if self._many(self.view.names) else self._surveyed(happened)
        with IndexWriter(self.target) as writer:
            rows = self._write(writer, found, len(self.view.names))
            writer.optimize()
            writer.add_moments(happened)
            writer.add_events(events(happened, rows))
            writer.finish(self._facts(history.generation))
        return len(rows)

    def update(self, base: Path, before: IndexInfo) -> int:
        """Only the subjects that the commits since `before` touched, and those that refer to what changed in them."""
        history = timeline(self.workspace.reader, self.order.commit, before.commit)
        happened = list(moments(history.moments))
        touched = self._changed(before.commit) | {moment.subject for moment in happened}
        self.view.warm(sorted(touched))
        with Index(base) as index:
            unsettled = {name for name in touched if self._shaken(index, name)}
            names = sorted(touched | users_of(index, unsettled) | (unread(index) if touched else set()))
            past = known_moments(index, names)
        self.view.warm(names)
        present = [name for name in names if self.view.has(name)]
        if self._many(present):
            found = self._shared(present, [*past, *happened])
        else:
            found = self._collected(self.view, [self.view.view(name) for name in present], [*past, *happened])
        with IndexWriter(self.target, base) as writer:
            for name in names:
                writer.remove(name)
            rows = self._write(writer, found, len(present))
            writer.add_moments(happened)
            writer.add_events(events([*past, *happened], rows))
            writer.finish(self._facts(history.generation))
        return len(names)

    def _changed(self, since: str) -> set[str]:
        """Subjects whose files differ from those of an earlier commit."""
        reader = self.workspace.reader
        cut = len(reader.repository.prefix)
        changes = reader.diff_tree(since, self.order.commit, reader.repository.prefix + layout.SUBJECTS)
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

    def _many(self, names: Sequence[str]) -> bool:
        return self.jobs != 1 and (self.jobs is not None or len(names) >= WORTH_IT)

    def _shared(self, names: Sequence[str], happened: Sequence[MomentRow]) -> Iterator[Collected]:
        return collected(self.order, names, origins(happened), self.jobs)

    def _surveyed(self, happened: Sequence[MomentRow]) -> Iterator[Collected]:
        survey = Survey(self.view)
        self._tell(survey.load((Role.CONFIG, Role.LEDGER)), "reading subjects")
        paths = [
            subject.version_path(str(line.version)) for subject in survey.subjects.values() for line in subject.ledger
        ]
        self._tell(survey.load_paths(paths), "reading schemas")
        return self._collected(survey, survey.subjects.values(), happened)

    def _collected(
        self, registry: Any, subjects: Iterable[Subject], happened: Sequence[MomentRow]
    ) -> Iterator[Collected]:
        """One subject after the other, in this process."""
        collector = Collector(Schemas(registry), self.view.config, origins(happened))
        for subject in subjects:
            row = collector.subject(subject)
            yield Collected(pack(row), told(row), tuple(collector.problems))
            collector.problems.clear()

    def _write(self, writer: IndexWriter, found: Iterator[Collected], total: int) -> dict[str, SubjectRow]:
        """Judge and write one subject after the other; gives what the events are told from."""
        rows = {}
        together: list[Collected] = []
        for done, one in enumerate(found, start=1):
            together.append(one)
            if len(together) == _TOGETHER or done == total:
                for each in together:
                    writer.put_packed(each.packed)
                    rows[each.told.name] = each.told
                    self.problems += each.problems
                together.clear()
            if self.advance is not None:
                self.advance(done, total, "judging versions")
        return rows

    def _facts(self, generation: int) -> Mapping[str, str]:
        reader = self.workspace.reader
        return {
            "generation": str(generation),
            "commit": self.order.commit,
            "time": str(commit_facts(reader, [self.order.commit])[self.order.commit].time),
            "program": __version__,
            "registry": registry_id(reader, self.order.commit),
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
