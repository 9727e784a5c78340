"""A worker's answers about two schemas: does the new one break anybody, and what is between two versions."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from llmreg.compat.bothways import compare_both_ways
from llmreg.compat.judge import Earlier, Judge
from llmreg.compat.policy import Terms
from llmreg.compat.selector import matching, pick
from llmreg.compat.subject import Overrides, SubjectCase
from llmreg.compat.verdict import Candidate, judge_version, named
from llmreg.errors import UsageError
from llmreg.formats import catalogue
from llmreg.index.reader import IndexedSubject
from llmreg.model.jsontext import dumps
from llmreg.model.kind import KINDS
from llmreg.model.mode import Mode
from llmreg.model.record import dataclass, replace
from llmreg.model.report import Report, SubjectReport, Verdict
from llmreg.model.subject import RegistryConfig, Rules, SubjectConfig, named_policy
from llmreg.model.version import Version
from llmreg.server.judging import Answer, CheckQuestion, DiffQuestion, Mark, Named
from llmreg.server.judging.library import Library

_LOOSE = "-"  # the subject of schemas that belong to none
_OLD = Version(1, 0, 0)
_SHARE = 0.6  # of the time that a job has is for the proofs; the rest reads, confirms witnesses and writes


@dataclass(slots=True)
class _Case(SubjectCase):
    """A subject with a schema that is not registered; `only`: the one version to compare with."""

    only: Version | None = None

    def history(self, *, without: Version | None = None) -> list[Earlier]:
        every = SubjectCase.history(self, without=without)
        return every if self.only is None else [item for item in every if item.version == self.only]


class _Posted:
    """An indexed subject whose references are those that came with the text."""

    def __init__(self, subject: IndexedSubject, references: dict[str, str]) -> None:
        self.name = subject.name
        self.ledger = subject.ledger
        self.config: SubjectConfig = replace(subject.config, references=references or subject.config.references)
        self.version_bytes = subject.version_bytes


def check(library: Library, question: CheckQuestion, seconds: float) -> Answer:
    """Raises NotFoundError, UsageError, and SchemaError where a text is no schema."""
    compared: Sequence[Version] = ()
    if question.subject is None:
        reports = [_loose(library, question, seconds)]
    else:
        reports, compared = _of_subject(library, question, question.subject, seconds)
    report = Report(tuple(reports), checked=len(reports))
    body = report.to_json() | {
        "compatible": report.verdict is Verdict.COMPATIBLE,
        "compared_versions": [str(version) for version in compared],
    }
    return Answer(dumps(body).encode(), (Mark(report.verdict.value, len(report.findings)),))


def diff(library: Library, question: DiffQuestion, seconds: float) -> Answer:
    """The report on `new`, with the verdict each way. Raises NotFoundError."""
    subject = library.index.subject(question.subject)
    case = SubjectCase(subject, library.schemas, _hurried(library.index.config, 3, seconds))
    before, after = (library.registered(Named(subject.name, version)) for version in (question.old, question.new))
    report = compare_both_ways(case.judge(question.new), subject.name, before, after, question.old)
    report = replace(report, version=question.new, pending=None)
    return Answer(dumps(report.to_json()).encode(), (Mark(report.verdict.value, len(report.findings)),))


def _of_subject(
    library: Library, question: CheckQuestion, name: str, seconds: float
) -> tuple[list[SubjectReport], Sequence[Version]]:
    subject = library.index.subject(name)
    declared = question.new.format
    if declared is not None and catalogue.get(declared).name != subject.config.format:
        raise UsageError(f"{name} holds {subject.config.format} schemas, not {declared}")
    posted = _Posted(subject, question.new.references)
    mode = _mode(question.mode)
    overrides = Overrides(mode, question.writer, question.policy)
    case = _Case(posted, library.schemas, library.index.config, overrides=overrides)
    asked = [version for wanted in question.against for version in _wanted(subject, wanted)]
    rules, _ = case.rules()
    compared = list(dict.fromkeys(asked)) if question.against else _answered_to(case, rules.mode)
    case.config = _hurried(library.index.config, len(compared) * len(rules.mode.directions) + 1, seconds)
    if not question.against:
        return [case.pending(question.new.schema).report], compared
    reports = []
    for version in compared:
        case.only = version
        reports.append(case.pending(question.new.schema).report)
    return reports, compared if rules.mode.directions else []


def _wanted(subject: IndexedSubject, wanted: str) -> list[Version]:
    """`latest` and an exact version are one, a range every version in it that is not retired."""
    if wanted in {"", "latest"}:
        return [pick(subject, wanted).version]
    found = matching(subject, wanted)
    usable = [line.version for line in found if not subject.config.retired(line.version)]
    return usable or [line.version for line in found]


def _answered_to(case: SubjectCase, mode: Mode) -> list[Version]:
    """The versions that the next one has to answer to, oldest first: of the latest one's major, none retired."""
    releases = sorted((item for item in case.history() if not item.version.prerelease), key=lambda item: item.version)
    if not releases or not mode.directions:
        return []
    major = releases[-1].version.major
    standing = [item.version for item in releases if not item.retired and item.version.major == major]
    return standing if mode.transitive else standing[-1:]


def _loose(library: Library, question: CheckQuestion, seconds: float) -> SubjectReport:
    """Two texts, read as leniently as registered versions are."""
    if question.old is None:
        raise UsageError("nothing to compare with", hint="give a subject, or the old schema")
    new = library.parse(question.new, strict=False)
    old = library.parse(msgspec.structs.replace(question.old, format=question.old.format or new.format), strict=False)
    if old.format != new.format:
        raise UsageError(f"the old schema is {old.format}, the new one {new.format}")
    kind = KINDS[question.new.kind]
    rules = Rules(
        mode=_mode(question.mode) or kind.mode,
        writer=question.writer or "closed",
        breaking="declared",
        policy={},
        like=named_policy(question.policy),
    )
    budget = _hurried(RegistryConfig(), len(rules.mode.directions) + 1, seconds).budget_seconds
    judge = Judge(catalogue.get(new.format), Terms(rules, kind, budget_seconds=budget))
    outcome = judge_version(_LOOSE, judge, [Earlier(_OLD, lambda: old)], Candidate(new))
    return replace(named(outcome.report, {}), pending=None)


def _mode(text: str | None) -> Mode | None:
    try:
        return Mode.parse(text) if text is not None else None
    except ValueError as error:
        raise UsageError(str(error)) from None


def _hurried(config: RegistryConfig, proofs: int, seconds: float) -> RegistryConfig:
    """The registry's own budget for each proof, or less, so that an answer comes before the worker is stopped."""
    return replace(config, budget_seconds=min(config.budget_seconds, seconds * _SHARE / proofs))
