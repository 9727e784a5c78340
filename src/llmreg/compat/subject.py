"""One subject judged: its new versions and its working file, under the rules that are in force for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from llmreg.compat.judge import Earlier, Judge
from llmreg.compat.like import for_format
from llmreg.compat.pins import pin_findings
from llmreg.compat.policy import Terms, stricter
from llmreg.compat.schemas import Schemas, Subject
from llmreg.compat.verdict import Candidate, Outcome, accept_waived, judge_version
from llmreg.errors import InputError, LlmregError
from llmreg.formats.interface import Schema
from llmreg.model.finding import ChangeClass, Finding, Place, Severity
from llmreg.model.kind import KINDS
from llmreg.model.mode import Mode
from llmreg.model.record import dataclass, field, replace
from llmreg.model.report import SubjectReport, Verdict
from llmreg.model.subject import LedgerLine, RegistryConfig, Rules, Waiver, fingerprint, named_policy
from llmreg.model.version import Bump, Version


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the caller asks for instead of the subject's own rules, for this run only."""

    mode: Mode | None = None
    writer: str | None = None
    like: str | None = None


@dataclass(slots=True)
class SubjectCase:
    """A subject at the head, and at the baseline if it was there, ready to be judged."""

    subject: Subject
    schemas: Schemas
    config: RegistryConfig
    base: Subject | None = None
    base_config: RegistryConfig | None = None
    overrides: Overrides = field(default_factory=Overrides)
    _usual: tuple[RegistryConfig, Judge] | None = field(default=None, init=False, repr=False)

    def rules(self) -> tuple[Rules, tuple[str, ...]]:
        """The rules in force, the stricter of base and head, and what the head loosened."""
        head = Rules.of(self.config, self.subject.config)
        loosened: tuple[str, ...] = ()
        if self.base is not None:
            before = Rules.of(self.base_config or self.config, self.base.config)
            head, loosened = stricter(before, head)
        mode, writer = self.overrides.mode or head.mode, self.overrides.writer or head.writer
        return replace(head, mode=mode, writer=writer, like=self._like(head)), loosened

    def _like(self, rules: Rules) -> tuple[str, ...]:
        """The named policies. One that is set for the whole registry or run is for the formats that have it; one that
        the subject itself names must be its format's."""
        if self.overrides.like is None and self.subject.config.like is not None:
            return rules.like
        wide = rules.like if self.overrides.like is None else named_policy(self.overrides.like)
        return for_format(self.schemas.format_of(self.subject), wide)

    def judge(self, version: str | None) -> Judge:
        """A judge under the terms of one version; `version` None is one that has no waiver yet. Versions without a
        waiver of their own share one, because their terms are the same."""
        waiver = self.subject.config.waivers.get(version) if version else None
        if waiver is not None:
            return self._judge(waiver)
        if self._usual is None or self._usual[0] is not self.config:
            self._usual = self.config, self._judge(None)
        return self._usual[1]

    def _judge(self, waiver: Waiver | None) -> Judge:
        rules, _ = self.rules()
        terms = Terms(
            rules=rules,
            kind=KINDS[self.subject.config.kind],
            waivers=(waiver,) if waiver is not None else (),
            budget_seconds=self.config.budget_seconds,
        )
        settings = dict(self.subject.config.settings)
        return Judge(self.schemas.format_of(self.subject), terms, settings)

    def history(self, *, without: Version | None = None) -> list[Earlier]:
        """Every other version, in ledger order."""
        config = self.subject.config
        return [
            Earlier(
                line.version, partial(self.schemas.registered, self.subject, line.version), config.retired(line.version)
            )
            for line in self.subject.ledger
            if line.version != without
        ]

    def registered(self, line: LedgerLine, *, strict: bool) -> SubjectReport:
        """The report on a version of the head's ledger; `strict` for one that the change adds."""
        try:
            parse = self.schemas.strictly if strict else self.schemas.registered
            schema = parse(self.subject, line.version)
            judge = self.judge(str(line.version))
            outcome = judge_version(
                self.subject.name, judge, self.history(without=line.version), Candidate(schema, line.version, line.bump)
            )
        except InputError as error:
            return self.unreadable(error, version=str(line.version))
        findings = [*self._ledger_findings(line, schema), *pin_findings(self.subject, self.schemas, schema, line)]
        return accept_waived(replace(outcome.report, findings=(*outcome.report.findings, *findings)))

    def pending(self, data: bytes, declared: Bump | None = None, number: Version | None = None) -> Outcome:
        """The verdict on bytes that are not registered yet. Raises SchemaError when they are no schema."""
        schema = self.schemas.fresh(self.subject, data, f"{self.subject.name} (working file)")
        judge = self.judge(str(number) if number else self._next_waived())
        outcome = judge_version(self.subject.name, judge, self.history(), Candidate(schema, number, declared))
        findings = pin_findings(self.subject, self.schemas, schema, None)
        report = replace(outcome.report, findings=(*outcome.report.findings, *findings))
        return outcome._replace(report=accept_waived(report))

    def unreadable(
        self, error: LlmregError, *, version: str | None = None, pending: str | None = None
    ) -> SubjectReport:
        """A report for a schema that its format refuses: every problem is a finding."""
        rules, _ = self.rules()
        return SubjectReport(
            subject=self.subject.name,
            format=self.subject.config.format,
            mode=rules.mode,
            verdict=Verdict.UNDECIDED,
            version=version,
            pending=pending,
            findings=tuple(invalid_findings(error)),
        )

    def _next_waived(self) -> str | None:
        """The one waiver for a version that is not registered yet belongs to the working file."""
        known = {str(line.version) for line in self.subject.ledger}
        open_waivers = [version for version in self.subject.config.waivers if version not in known]
        return open_waivers[0] if len(open_waivers) == 1 else None

    def _ledger_findings(self, line: LedgerLine, schema: Schema) -> Iterator[Finding]:
        expected = fingerprint(self.subject.config.format, schema.canonical(), line.refs)
        if line.fp != expected:
            yield _integrity("id", f"{line.version}: the ledger's fp is not that of the file's content")
        first = not any(other.version < line.version for other in self.subject.ledger)
        if first and line.bump is not Bump.MAJOR:
            yield _integrity("bump", f"{line.version}: a first version's bump is recorded as major")


def invalid_findings(error: LlmregError) -> Iterator[Finding]:
    """Each problem of an input error as a finding of class `invalid`."""
    problems = error.problems if isinstance(error, InputError) else ()
    for problem in problems:
        yield Finding(
            rule=problem.code,
            cls=ChangeClass.INVALID,
            severity=Severity.ERROR,
            message=problem.message,
            reader=Place(problem.pointer, problem.line),
            fix=problem.hint,
            line=problem.line,
        )
    if not problems:
        yield Finding(
            rule=error.code, cls=ChangeClass.INVALID, severity=Severity.ERROR, message=error.message, fix=error.hint
        )


def _integrity(rule: str, message: str) -> Finding:
    return Finding(rule=rule, cls=ChangeClass.INTEGRITY, severity=Severity.ERROR, message=message)
