"""`search`: find subjects by what people and schemas call things."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from llmreg.compat.schemas import Schemas
from llmreg.errors import LlmregError, UsageError
from llmreg.formats.interface import Schema, Symbol
from llmreg.model.record import dataclass
from llmreg.store.layout import Role
from llmreg.store.survey import Survey, SurveyedSubject
from llmreg.store.workspace import Workspace

Advance = Callable[[int, int, str], None]
_PARTS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Match:
    """Where words occur: `where` is `name`, `description`, `tag`, `owner`, or a symbol's kind (`field`, `type`, …);
    `pointer` the place in the schema, None for what `subject.yaml` says."""

    where: str
    text: str
    pointer: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {"where": self.where, "text": self.text, "pointer": self.pointer}


@dataclass(frozen=True, slots=True)
class Hit:
    """One subject in which every word occurs. `version` is the one whose fields were looked at, None for a draft."""

    subject: str
    version: str | None
    format: str | None
    kind: str | None
    description: str | None
    matches: tuple[Match, ...]

    def to_json(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in self.__slots__}
        return fields | {"matches": [match.to_json() for match in self.matches]}


@dataclass(frozen=True, slots=True)
class Found:
    """Hits whose names match first, then by name; `problems`: what could not be read, and so not be searched."""

    query: str
    hits: tuple[Hit, ...]
    searched: int
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "query": self.query,
            "hits": [hit.to_json() for hit in self.hits],
            "searched": self.searched,
            "problems": list(self.problems),
        }


def search(
    start: Path,
    env: Mapping[str, str],
    query: str,
    revision: str | None = None,
    advance: Advance | None = None,
) -> Found:
    """Subjects in whose name, description, tags, owner, fields and types every word of `query` occurs.

    Letter case does not count, and a word may be a part of a longer one. Fields are those of the latest version, or of
    the working file where nothing is registered. Raises UsageError for an empty query."""
    words = tuple(dict.fromkeys(query.casefold().split()))
    if not words:
        raise UsageError("nothing to search for", hint="llmreg search WORD…")
    with Workspace.open(start, env) as workspace:
        survey = Survey(workspace.head(revision))
        _load(survey, advance)
        searcher = _Searcher(survey, words)
        hits: list[Hit] = []
        for count, subject in enumerate(survey.subjects.values(), start=1):
            hit = searcher.look_at(subject)
            if hit is not None:
                hits.append(hit)
            if advance is not None and count % 100 == 0:
                advance(count, len(survey.subjects), "searching")
        hits.sort(key=lambda hit: (hit.matches[0].where != "name", hit.subject))
        return Found(query, tuple(hits), len(survey.subjects), tuple(searcher.problems))


def _load(survey: Survey, advance: Advance | None) -> None:
    """Settings and ledgers first, because they say which version's text is wanted."""
    for done, total in survey.load((Role.CONFIG, Role.LEDGER)):
        if advance is not None:
            advance(done, total, "reading subjects")
    paths = [path for subject in survey.subjects.values() if (path := _text_path(subject)) is not None]
    for done, total in survey.load_paths(paths):
        if advance is not None:
            advance(done, total, "reading schemas")


def _text_path(subject: SurveyedSubject) -> str | None:
    """The file whose fields are looked at."""
    if subject.latest is None:
        return subject.working_path
    try:
        return subject.version_path(str(subject.latest.version))
    except LlmregError:
        return None


class _Searcher:
    """Looks at one subject after the other; collects what could not be read."""

    def __init__(self, survey: Survey, words: tuple[str, ...]) -> None:
        self._survey = survey
        self._words = words
        self._schemas = Schemas(survey)
        self.problems: list[str] = []

    def look_at(self, subject: SurveyedSubject) -> Hit | None:
        """The hit, when every word occurs in this subject."""
        if subject.problem is not None:
            self.problems.append(subject.problem.message)
        matches = [match for match in _facts(subject) if self._occurs(match.text)]
        missing = [word for word in self._words if not any(word in match.text.casefold() for match in matches)]
        matches += self._in_schema(subject, missing)
        said = [match.text.casefold() for match in matches]
        if not matches or not all(any(word in text for text in said) for word in self._words):
            return None
        config = subject.readable_config
        return Hit(
            subject=subject.name,
            version=str(subject.latest.version) if subject.latest else None,
            format=config.format if config else None,
            kind=config.kind if config else None,
            description=config.description if config else None,
            matches=tuple(matches),
        )

    def _in_schema(self, subject: SurveyedSubject, missing: list[str]) -> list[Match]:
        """Matches among the schema's names and descriptions; a text that cannot hold them is not parsed."""
        path = _text_path(subject)
        if path is None or subject.readable_config is None:
            return []
        try:
            data = self._survey.read_schema(path)
            if not _may_hold(data, missing, self._words):
                return []
            symbols = list(self._parsed(subject, data).outline())
        except LlmregError as error:
            self.problems.append(f"{subject.name}: {error.message}")
            return []
        return [match for match in _of_symbols(symbols) if self._occurs(match.text)]

    def _parsed(self, subject: SurveyedSubject, data: bytes) -> Schema:
        if subject.latest is not None:
            return self._schemas.registered(subject, subject.latest.version)
        path = subject.working_path or ""
        if path.endswith(".yaml"):
            from llmreg.store import yamltext

            data = yamltext.to_json(data, path)
        return self._schemas.fresh(subject, data, path)

    def _occurs(self, text: str) -> bool:
        folded = text.casefold()
        return any(word in folded for word in self._words)


def _facts(subject: SurveyedSubject) -> Iterator[Match]:
    yield Match("name", subject.name)
    config = subject.readable_config
    if config is None:
        return
    if config.description:
        yield Match("description", config.description)
    for tag in config.tags:
        yield Match("tag", tag)
    if config.owner:
        yield Match("owner", config.owner)


def _of_symbols(symbols: list[Symbol]) -> Iterator[Match]:
    for symbol in symbols:
        if symbol.name:
            yield Match(symbol.kind, symbol.name, symbol.pointer)
        if symbol.text:
            yield Match("description", symbol.text, symbol.pointer)


def _may_hold(data: bytes, missing: list[str], words: tuple[str, ...]) -> bool:
    """Whether the text may hold every missing word, or any word where none is missing.

    A name may be put together from several places (`acme.Money`), so only its parts are looked for; JSON's `\\u`
    escapes hide letters."""
    if b"\\u" in data:
        return True
    text = data.decode("utf-8", "replace").casefold()
    held = [all(part in text for part in _PARTS.findall(word)) for word in (missing or words)]
    return all(held) if missing else any(held)
