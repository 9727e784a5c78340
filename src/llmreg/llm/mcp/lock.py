"""The lock of a server: one subject per tool below a name, and what a list of tools says now against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from typing import Any, Final, Protocol

from llmreg.compat.proposal import propose, unchanged
from llmreg.compat.schemas import Schemas, Subject
from llmreg.compat.subject import SubjectCase
from llmreg.errors import UsageError
from llmreg.formats.rule import rulebook
from llmreg.llm.mcp.tool import OUTPUT, Tool, definition, name_in, read_schema, segment
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.kind import KINDS
from llmreg.model.mode import Mode
from llmreg.model.report import SubjectReport, Verdict
from llmreg.model.subject import LedgerLine, RegistryConfig, latest_of, name_problem

INPUT_KIND: Final = "tool-input"
OUTPUT_KIND: Final = "tool-output"
_FORMAT: Final = "json"
_DIFF_LINES: Final = 12
_LISTED: Final = {"tool_added": "added", "tool_removed": "removed"}
CLASSES: Final = (
    *_LISTED.values(),
    *(item.value for item in ChangeClass if item not in (ChangeClass.NONE, ChangeClass.INTEGRITY, ChangeClass.INVALID)),
)


class Locked(Subject, Protocol):
    """What is needed of a subject: also its working file's bytes, None where there is none."""

    @property
    def working_source(self) -> bytes | None: ...


class Registry(Protocol):
    """What is needed of a registry."""

    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def config(self) -> RegistryConfig: ...
    def has(self, name: str) -> bool: ...
    def subject(self, name: str) -> Locked: ...


@dataclass(frozen=True, slots=True)
class Part:
    """One schema of a tool that a server lists: `what` names it for people."""

    subject: str
    kind: str
    data: bytes
    what: str


class Lock:
    """The subjects of one server in one snapshot of a registry; `tools` maps each tool to its subject."""

    def __init__(self, registry: Registry, name: str) -> None:
        problem = name_problem(f"{name}/tool/{OUTPUT}")
        if problem is not None:
            raise UsageError(f"{name!r} cannot name a server: {problem}")
        self.name = name
        self._registry = registry
        self._schemas = Schemas(registry)
        self.tools: Mapping[str, str] = dict(self._find())

    def _find(self) -> Iterator[tuple[str, str]]:
        """Tool and subject, retired ones too, so that a tool that comes back finds its history."""
        for subject in self._registry.names:
            folder, _, _ = subject.rpartition("/")
            line = self._latest(subject, retired=True) if folder == self.name else None
            tool = name_in(self._registry.subject(subject).version_bytes(str(line.version))) if line else None
            if tool is not None:
                yield tool, subject

    def _latest(self, subject: str, *, retired: bool = False) -> LedgerLine | None:
        if not self._registry.has(subject):
            return None
        found = self._registry.subject(subject)
        return latest_of(found.ledger, None if retired else found.config) if found.config.format == _FORMAT else None

    def has(self, subject: str) -> bool:
        """Whether a version is registered that is not retired."""
        return self._latest(subject) is not None

    def parts(self, tools: Sequence[Tool]) -> tuple[Part, ...]:
        """Every schema of these tools with the subject that it belongs to, which may be new."""
        taken = {
            last.casefold()
            for folder, _, last in (name.rpartition("/") for name in self._registry.names)
            if folder == self.name
        }
        found = []
        for tool in tools:
            subject = self.tools.get(tool.name) or self._begun(tool) or f"{self.name}/{segment(tool.name, taken)}"
            taken.add(subject.rpartition("/")[2].casefold())
            found.append(Part(subject, INPUT_KIND, tool.input, f"tool `{tool.name}`"))
            if tool.output is not None:
                what = f"the output schema of tool `{tool.name}`"
                found.append(Part(f"{subject}/{OUTPUT}", OUTPUT_KIND, tool.output, what))
        return tuple(found)

    def _begun(self, tool: Tool) -> str | None:
        """The subject that a lock which was cut off began for this tool: nothing is registered in it, and its working
        file, where it got one, is this schema."""
        name = f"{self.name}/{segment(tool.name, ())}"
        if not self._registry.has(name):
            return None
        draft = self._registry.subject(name)
        return name if not draft.ledger and draft.working_source in (None, tool.input) else None

    def removed(self, parts: Sequence[Part]) -> dict[str, str]:
        """Locked subjects, not retired, that none of the parts belongs to; each with its name for people."""
        listed = {part.subject for part in parts}
        found = {}
        for tool, subject in sorted(self.tools.items()):
            outputs = (f"{subject}/{OUTPUT}", f"the output schema of tool `{tool}`")
            for name, what in ((subject, f"tool `{tool}`"), outputs):
                if name not in listed and self.has(name):
                    found[name] = what
        return found

    def compare(self, part: Part) -> SubjectReport:
        """The part as the next version of its subject; where nothing changed, on the version that it is."""
        if not self.has(part.subject):
            return self._told(part.subject, "tool_added", part.what, KINDS[part.kind].mode)
        case = SubjectCase(self._registry.subject(part.subject), self._schemas, self._registry.config)
        report = propose(case, part.data)
        return report if unchanged(report) else replace(report, notes=(*report.notes, *self._reading(part)))

    def missing(self, subject: str, what: str) -> SubjectReport:
        """The report on a subject that the server lists no more."""
        line = self._latest(subject)
        fix = f'when it is gone for good: llmreg retire {subject}@{line.version if line else ""} --reason "…"'
        return self._told(subject, "tool_removed", what, KINDS[INPUT_KIND].mode, fix)

    def definitions(self) -> list[dict[str, Any]]:
        """The tools of the latest versions that are not retired, as a server lists them, ordered by name."""
        found = []
        for _, subject in sorted(self.tools.items()):
            text = self._text(subject)
            if text is not None:
                found.append(definition(text, self._text(f"{subject}/{OUTPUT}")))
        return found

    def _text(self, subject: str) -> bytes | None:
        line = self._latest(subject)
        return None if line is None else self._registry.subject(subject).version_bytes(str(line.version))

    def _told(self, subject: str, rule_id: str, what: str, mode: Mode, fix: str | None = None) -> SubjectReport:
        rule = rulebook("llmreg.llm.mcp.rules")[rule_id]
        findings = tuple(
            rule.finding(message, claim="no document shows it: the list of tools changed", fix=fix)
            for message in rule.find(what)
        )
        verdict = Verdict.INCOMPATIBLE if rule.cls is ChangeClass.BREAKING else Verdict.COMPATIBLE
        return SubjectReport(
            subject, _FORMAT, mode, verdict, _with_policy(findings, self._registry.config), pending="?"
        )

    def _reading(self, part: Part) -> Iterator[str]:
        """What changed in the tool's description, line by line, and how much more or less there is to read."""
        before = self._text(part.subject)
        if before is None or part.kind != INPUT_KIND:
            return
        old, new = (str(read_schema(text).get("description") or "") for text in (before, part.data))
        if old == new:
            return
        lines = list(unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0))[2:]
        yield from (line for line in lines[:_DIFF_LINES] if not line.startswith("@@"))
        more = len(new.encode()) - len(old.encode())
        yield f"the tool's description is {len(new.encode())} bytes, {more:+d}"


def _with_policy(findings: Sequence[Finding], config: RegistryConfig) -> tuple[Finding, ...]:
    """There is no subject whose policy could count; the registry's may name the rule, or else its class."""
    by_rule = {key.replace("-", "_"): severity for key, severity in config.policy.items()}
    return tuple(
        replace(item, severity=by_rule.get(item.rule, config.policy.get(item.cls.value, item.severity)))
        for item in findings
    )


def class_of(finding: Finding) -> str:
    """The class of change, or `added` and `removed` for a whole tool."""
    return _LISTED.get(finding.rule, finding.cls.value)


def classes(report: SubjectReport) -> tuple[str, ...]:
    """The classes of change in a report; `none` where nothing changed."""
    found = tuple(dict.fromkeys(map(class_of, report.findings)))
    if found or unchanged(report):
        return found or (ChangeClass.NONE.value,)
    return ("undecided",) if report.undecided else (ChangeClass.WIDENING.value,)


def blocked(report: SubjectReport, wanted: frozenset[str]) -> SubjectReport:
    """The report with every finding of these classes an error, unless it is waived. A model sees an added tool, and a
    removed one breaks its callers: both are of their rule's class, too."""
    findings = tuple(
        replace(item, severity=Severity.ERROR)
        if {class_of(item), item.cls.value} & wanted and item.waived is None
        else item
        for item in report.findings
    )
    return replace(report, findings=findings)
