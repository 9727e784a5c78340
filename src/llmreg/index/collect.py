"""From a registry's files to the rows of the index: digests, references, search terms, the verdict on every step."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from llmreg.compat.judge import Earlier
from llmreg.compat.schemas import Schemas, Subject
from llmreg.compat.served import served, served_text
from llmreg.compat.subject import SubjectCase
from llmreg.compat.verdict import Candidate, judge_version
from llmreg.errors import InputError, LlmregError
from llmreg.formats.interface import Schema
from llmreg.index.rows import EventRow, MomentRow, Origin, SubjectRow, VersionRow
from llmreg.model.guid import guid
from llmreg.model.report import SubjectReport, Verdict
from llmreg.model.subject import LedgerLine, RegistryConfig, Rules, latest_of
from llmreg.store.history import Origin as CommitOrigin
from llmreg.store.timeline import Moment

_BREAKS = Verdict.INCOMPATIBLE.value

Origins = Mapping[tuple[str, str], Origin]


@dataclass(slots=True)
class Collector:
    """Collects subjects of one snapshot. `origins` by (subject, version)."""

    schemas: Schemas
    config: RegistryConfig
    origins: Origins
    problems: list[str] = field(default_factory=list)

    def subject(self, subject: Subject) -> SubjectRow:
        """Everything about one subject. Raises LlmregError when its settings or ledger cannot be read."""
        config = subject.config
        rules = Rules.of(self.config, config)
        latest = latest_of(subject.ledger, subject.config)
        names, texts = self._terms(subject, latest)
        row = SubjectRow(
            name=subject.name,
            config=config,
            mode=rules.mode.value,
            writer=rules.writer,
            latest=str(latest.version) if latest else None,
            versions=tuple(self._versions(subject)),
            fields=names,
            texts=texts,
        )
        self.schemas.forget(subject)
        return row

    def _versions(self, subject: Subject) -> Iterator[VersionRow]:
        case = SubjectCase(subject, self.schemas, self.config)
        every = sorted(case.history(), key=lambda item: item.version.key)
        places = {item.version: place for place, item in enumerate(every)}
        for number, line in enumerate(subject.ledger, start=1):
            data = subject.version_bytes(str(line.version))
            if hashlib.sha256(data).hexdigest() != line.sha256:
                raise InputError(
                    f"{subject.name}@{line.version}: the file does not hold what was registered",
                    hint="see llmreg check: an index is made of a registry that passes it",
                )
            yield self._version(case, (number, line, data), every[: places[line.version]])

    def _version(
        self, case: SubjectCase, found: tuple[int, LedgerLine, bytes], before: Sequence[Earlier]
    ) -> VersionRow:
        number, line, data = found
        name = case.subject.name
        origin = self.origins.get((name, str(line.version)))
        try:
            schema = self.schemas.registered(case.subject, line.version)
        except LlmregError as error:  # it stays visible when the rules got stricter, or what it refers to is gone
            self.problems.append(f"{name}@{line.version}: {error.message}")
            unread = guid(served_text(case.subject.config.format, data))
            return VersionRow(number, line, data, unread, {}, (), origin)
        report = self._report(case, line, schema, before)
        wire = served(self.schemas, schema)
        references = [(each.name or str(each), each.subject, each.version) for each in schema.references]
        return VersionRow(
            number=number,
            line=line,
            data=data,
            guid=wire.guid if wire else guid(served_text(schema.format, data)),
            digests=schema.digests(),
            references=tuple(references) if wire else (),
            origin=origin,
            verdict=report.verdict.value if report else None,
            report=report.to_json() if report else None,
        )

    def _report(
        self, case: SubjectCase, line: LedgerLine, schema: Schema, before: Sequence[Earlier]
    ) -> SubjectReport | None:
        """The step from the version before; None for a first version. `before`: every lower version, which is all that
        a version answers to."""
        judge = case.judge(str(line.version))
        try:
            outcome = judge_version(case.subject.name, judge, before, Candidate(schema, line.version, line.bump))
        except LlmregError as error:
            self.problems.append(f"{case.subject.name}@{line.version}: {error.message}")
            return None
        return outcome.report if outcome.report.against else None

    def _terms(self, subject: Subject, latest: LedgerLine | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(names, descriptions) in the latest version, each once, in document order."""
        if latest is None:
            return (), ()
        try:
            symbols = list(self.schemas.registered(subject, latest.version).outline())
        except LlmregError:
            return (), ()
        names = dict.fromkeys(symbol.name for symbol in symbols if symbol.name)
        texts = dict.fromkeys(symbol.text for symbol in symbols if symbol.text)
        return tuple(names), tuple(texts)


def told(row: SubjectRow) -> SubjectRow:
    """The row with no more of it than `events` needs: a registry has more versions than should be in memory at once."""
    kept = (replace(it, data=b"", report=it.report if it.verdict == _BREAKS else None) for it in row.versions)
    return replace(row, versions=tuple(kept), fields=(), texts=())


def moments(history: Iterable[Moment]) -> Iterator[MomentRow]:
    """What the commits did to versions, in order: by commit, subject, registrations first."""
    for moment in history:
        origin = _origin(moment.origin)
        found: list[tuple[str, str, str, str | None]] = [
            (subject, version, "schema.registered", None) for subject, version in moment.registered
        ]
        found += [(it.subject, it.version, f"schema.{it.status}", it.reason) for it in moment.statuses]
        found.sort(key=lambda entry: (entry[0], entry[2] != "schema.registered"))
        for slot, entry in enumerate(found):
            yield MomentRow(moment.generation, slot, *entry, origin)


def origins(found: Iterable[MomentRow]) -> dict[tuple[str, str], Origin]:
    """Where each version came from; the newest commit that added its file counts."""
    return {(row.subject, row.version): row.origin for row in found if row.type == "schema.registered"}


def events(found: Iterable[MomentRow], rows: Mapping[str, SubjectRow]) -> Iterator[EventRow]:
    """What happened, in order. `rows`: the subjects that the moments speak of; one that is gone has no row.

    Each moment has two places in the stream, so that none moves when a step is judged otherwise later."""
    for moment in found:
        row = rows.get(moment.subject)
        for step, (kind, body) in enumerate(_told(moment, row)):
            yield EventRow(
                generation=moment.generation,
                position=2 * moment.slot + step,
                type=kind,
                subject=moment.subject,
                version=moment.version,
                time=moment.origin.time,
                body={"commit": moment.origin.commit, **body},
            )


def _told(moment: MomentRow, row: SubjectRow | None) -> Iterator[tuple[str, Mapping[str, object]]]:
    """(type, body) of the events that one moment makes, at most two."""
    if moment.type != "schema.registered":
        yield moment.type, {"reason": moment.reason}
        return
    found = next((item for item in row.versions if str(item.line.version) == moment.version), None) if row else None
    if row is None or found is None:
        return
    facts = {"number": found.number, "id": found.line.id, "sha256": found.line.sha256}
    yield moment.type, facts | {"bump": found.line.bump.value, "format": row.config.format}
    if found.report is not None and found.verdict == _BREAKS:
        breaking = [item for item in found.report["findings"] if item["class"] == "breaking"]
        body = {"against": found.report.get("against"), "mode": found.report["mode"], "findings": breaking}
        yield "schema.incompatibility.detected", body


def _origin(origin: CommitOrigin) -> Origin:
    return Origin(origin.commit, origin.author, origin.time, origin.subject, origin.pull_request)
