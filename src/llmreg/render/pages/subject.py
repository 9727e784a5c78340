"""The pages of one subject: its own, one per version, one per step between neighbours, and the registered bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from llmreg.compat.schemas import Schemas
from llmreg.formats import catalogue
from llmreg.formats.interface import Symbol
from llmreg.index.overview import ReferenceLine
from llmreg.index.reader import IndexedSubject, StoredVersion
from llmreg.model.jsontext import dumps
from llmreg.model.mode import Mode
from llmreg.model.report import SubjectReport
from llmreg.render.pages import links
from llmreg.render.pages.diff import DiffView, diff_view
from llmreg.render.pages.engine import render
from llmreg.render.pages.links import Here, SubjectPath
from llmreg.render.pages.site import Site
from llmreg.render.pages.stored import report_of
from llmreg.render.pages.tree import tree_of
from llmreg.render.pages.words import WRITERS, Badge, badge, day, mode_words, moment, size

_MAX_USERS = 100


class VersionLine(NamedTuple):
    """One version in a list. `diff` is the path of the page on the step to it, empty for a first version."""

    stored: StoredVersion
    badge: Badge
    diff: str
    before: str
    day: str


class Pin(NamedTuple):
    """A reference, seen from either side; `link` is empty when the other version is not there."""

    text: str
    link: str


class SubjectPages:
    """Makes any page of one subject; what they share is computed once."""

    def __init__(self, site: Site, subject: IndexedSubject) -> None:
        self._site = site
        self._subject = subject
        self._name = subject.name
        self._schemas = Schemas(site.index)
        self._data: dict[str, bytes] = {}
        self._extension = catalogue.get(subject.config.format).extensions[0]

    def paths(self) -> Iterator[str]:
        yield links.subject_page(self._name)
        for line in self._lines:
            yield links.version_page(self._name, line.stored.version)
            yield links.raw_file(self._name, line.stored.version, self._extension)
            if line.diff:
                yield line.diff

    def content(self, wanted: SubjectPath) -> bytes | None:
        """A page, or the bytes to download; None where this subject has no such thing."""
        if wanted.kind == "subject":
            return self._overview()
        number = wanted.version.removesuffix(self._extension) if wanted.kind == "raw" else wanted.version
        line = next((item for item in self._lines if item.stored.version == number), None)
        if line is None:
            return None
        if wanted.kind == "raw":
            return self._bytes(number) if wanted.version.endswith(self._extension) else None
        if wanted.kind == "version":
            return self._version(line)
        return self._diff(line) if line.diff and line.before == wanted.old else None

    def _overview(self) -> bytes:
        here = Here(links.subject_page(self._name))
        config = self._subject.config
        latest = self._subject.latest_version
        return render(
            "subject.html",
            here=here,
            subject=self._subject,
            config=config,
            mode_words=mode_words(Mode(self._subject.mode)),
            writer_words=WRITERS[self._subject.writer],
            custom=_facts(config.custom),
            lines=self._lines[::-1],
            latest=latest,
            references=self._pins(here, latest) if latest else [],
            users=self._users(here, None)[:_MAX_USERS],
            more=max(len(self._users(here, None)) - _MAX_USERS, 0),
        )

    def _version(self, line: VersionLine) -> bytes:
        stored = line.stored
        here = Here(links.version_page(self._name, stored.version))
        names = {
            item.name: here.version(item.target, item.target_version)
            for item in self._refs(stored.version)
            if item.there
        }
        data = self._bytes(stored.version)
        tree, cut = tree_of(stored.format, data, lambda: self._outline(stored), names)
        at = self._lines.index(line)
        following = self._lines[at + 1] if at + 1 < len(self._lines) else None
        users = self._users(here, stored.version)
        return render(
            "version.html",
            here=here,
            subject=self._subject,
            line=line,
            stored=stored,
            latest=self._subject.latest_version,
            following=following,
            preceding=self._lines[at - 1] if at else None,
            tree=tree,
            cut=cut,
            raw=data.decode("utf-8", "backslashreplace"),
            raw_link=here.to(links.raw_file(self._name, stored.version, self._extension)),
            size=size(stored.size),
            moment=moment(stored.origin.time) if stored.origin else "",
            meta=_facts(stored.line.meta),
            references=self._pins(here, stored.version),
            users=users[:_MAX_USERS],
            more=max(len(users) - _MAX_USERS, 0),
        )

    def _diff(self, line: VersionLine) -> bytes:
        here = Here(line.diff)
        old, new = self._bytes(line.before), self._bytes(line.stored.version)
        view: DiffView = diff_view(
            line.before,
            line.stored.version,
            self._reports[line.stored.version],
            (old, new),
            lambda version: self._outline(self._subject.stored(version)),
        )
        return render("diff.html", here=here, subject=self._subject, line=line, view=view)

    @cached_property
    def _reports(self) -> Mapping[str, SubjectReport | None]:
        found = {item.version: self._site.index.report(item) for item in self._subject.versions}
        return {version: report_of(report) if report else None for version, report in found.items()}

    @cached_property
    def _lines(self) -> Sequence[VersionLine]:
        """In the order of the ledger."""
        lines = []
        previous = ""
        for stored in self._subject.versions:
            number = stored.version
            report = self._reports[number]
            before = (report.against if report else None) or previous
            lines.append(
                VersionLine(
                    stored=stored,
                    badge=self._badge(stored, report, first=not previous),
                    diff=links.diff_page(self._name, before, number) if before else "",
                    before=before,
                    day=day(stored.origin.time) if stored.origin else "",
                )
            )
            previous = number
        return lines

    def _badge(self, stored: StoredVersion, report: SubjectReport | None, *, first: bool) -> Badge:
        mark = badge(stored.verdict, stored.line.bump.value, first=first)
        return Badge("major", "breaks, accepted") if mark.tone == "bad" and report and report.accepted else mark

    def _bytes(self, version: str) -> bytes:
        if version not in self._data:
            self._data[version] = self._subject.version_bytes(version)
        return self._data[version]

    def _outline(self, stored: StoredVersion) -> Sequence[Symbol]:
        return list(self._schemas.registered(self._subject, stored.line.version).outline())

    def _refs(self, version: str) -> list[ReferenceLine]:
        return [item for item in self._site.refers_to(self._name) if item.version == version]

    def _pins(self, here: Here, version: str) -> list[Pin]:
        return [
            Pin(
                f"{item.target}@{item.target_version}",
                here.version(item.target, item.target_version) if item.there else "",
            )
            for item in self._refs(version)
        ]

    def _users(self, here: Here, version: str | None) -> list[Pin]:
        """Versions that refer to this one, or to any version of the subject; each once."""
        found = {
            (item.subject, item.version): None
            for item in self._site.used_by(self._name)
            if version is None or item.target_version == version
        }
        return [Pin(f"{name}@{number}", here.version(name, number)) for name, number in found]


def _facts(members: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(key, value if isinstance(value, str) else dumps(value)) for key, value in members.items()]
