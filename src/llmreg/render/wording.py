"""The sentences that several outputs share: what was compared with what, where a finding is, how it all ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from llmreg.model.finding import ChangeClass, Finding, Place, Severity
from llmreg.model.kind import KINDS
from llmreg.model.mode import Direction
from llmreg.model.report import Report, SubjectReport, Undecided, Verdict
from llmreg.model.version import Version
from llmreg.render.options import RenderOptions

SEVERITY_NOUNS = {Severity.ERROR: "error", Severity.WARN: "warning", Severity.INFO: "note"}
_SHORT_COMMIT = 12
_MANY = 3


def count(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def shown(findings: Iterable[Finding]) -> list[Finding]:
    """What people are told: nothing that policy switched off, errors first, else in the report's order."""
    told = (finding for finding in findings if finding.severity is not Severity.OFF)
    return sorted(told, key=lambda finding: -finding.severity.rank)


def told(report: Report) -> list[SubjectReport]:
    """The subjects with something to say; of those that are compatible and unchanged only the number is told.

    A report on one subject always tells of it."""
    alone = len(report.subjects) == 1
    return [subject for subject in report.subjects if alone or _has_something_to_say(subject)]


def _has_something_to_say(subject: SubjectReport) -> bool:
    things = shown(subject.findings), subject.undecided, subject.notes, subject.problems, subject.accepted
    return any(things) or subject.pending is not None or subject.verdict is not Verdict.COMPATIBLE


def baseline(report: Report) -> str | None:
    """What the check compared with and why; None when a comparison has no baseline."""
    given = report.baseline
    if given is None:
        return None
    if given.commit is None:
        return f"Compared with {given.revision or 'nothing'}: {given.why}"
    commit = "" if given.commit.startswith(given.revision) else f" ({short(given.commit)})"
    return f"Compared with {short(given.revision)}{commit}: {given.why}"


def short(revision: str) -> str:
    """A full object id cut to what people compare by eye, any other revision as it is."""
    hexadecimal = len(revision) in (40, 64) and set(revision) <= set("0123456789abcdef")
    return revision[:_SHORT_COMMIT] if hexadecimal else revision


def versions(subject: SubjectReport) -> str:
    """`1.2.0 → pending 1.3.0 (minor)`; the earlier versions are those that something was said against.

    In a `diff` nothing is pending: `old.json → new.json (major)`."""
    told = {item.against for item in subject.findings} | {item.against for item in subject.undecided}
    earlier = _earlier(told | {subject.against})
    new = subject.version if subject.pending is None else subject.pending
    if subject.pending is not None and not subject.directions:
        new = f"pending {new}"
    return f"{earlier}{new}{_bump(subject)}" if new else ""


def _earlier(against: set[str | None]) -> str:
    """In order of precedence; of many only the ends. What is no version (a file, a revision) sorts as text."""
    names = sorted((name for name in against if name), key=_precedence)
    if not names:
        return ""
    return f"{f'{names[0]} … {names[-1]}' if len(names) > _MANY else ', '.join(names)} → "


def _precedence(name: str) -> tuple[bool, Version, str]:
    try:
        return False, Version.parse(name), name
    except ValueError:
        return True, Version(0, 0, 0), name


def _bump(subject: SubjectReport) -> str:
    if subject.bump is None:
        return ""
    declared, computed = subject.bump.declared, subject.bump.computed
    if declared and computed and declared.rank < computed.rank:
        return f" (declared {declared}, needs {computed})"
    return f" ({declared or computed})" if declared or computed else ""


def direction(way: Direction | str | None, against: str | None) -> str:
    """Which documents are meant: `documents written with 1.2.0, read with the new version`."""
    old = against or "the old version"
    if way == Direction.BACKWARD:
        return f"documents written with {old}, read with the new version"
    if way == Direction.FORWARD:
        return f"documents written with the new version, read with {old}"
    return ""


def directions(subject: SubjectReport) -> str:
    """Of a `diff`, the verdict each way: `backward: compatible, forward: incompatible`; else empty."""
    return ", ".join(f"{way}: {verdict}" for way, verdict in subject.directions.items())


def consequence(finding: Finding, subject: SubjectReport) -> str:
    """What a finding means to those who use schemas of this kind; empty where the kind has no words for it."""
    kind = KINDS[subject.kind]
    if finding.cls is ChangeClass.BREAKING and finding.direction is not None:
        return kind.backward if finding.direction is Direction.BACKWARD else kind.forward
    if finding.cls is ChangeClass.IGNORED:
        return kind.ignored
    return kind.seen if finding.cls in (ChangeClass.PROMPT_VISIBLE, ChangeClass.ORDER) else ""


def meaning(subject: SubjectReport) -> str:
    """What all of it means, on one line, the worst first; empty where there is nothing to say."""
    means = (consequence(finding, subject) for finding in shown(subject.findings))
    return "; ".join(dict.fromkeys(words for words in means if words))


def places(finding: Finding) -> list[tuple[str, Place]]:
    """The sides of a finding with their names. Without a direction nobody reads or writes: they are old and new."""
    if finding.cls in (ChangeClass.INTEGRITY, ChangeClass.INVALID):
        names = ("at", "at")
    elif finding.direction is None:
        names = ("old", "new")
    else:
        names = ("writer", "reader")
    sides = zip(names, (finding.writer, finding.reader), strict=True)
    return [(name, place) for name, place in sides if place is not None]


def pointer(place: Place) -> str:
    """The place as text; the root has words, because its pointer is empty."""
    text = place.pointer or "(root)"
    return f"{text} (line {place.line})" if place.line is not None else text


def anchor(finding: Finding, subject: SubjectReport | None, options: RenderOptions) -> tuple[str | None, int | None]:
    """File, seen from the Git top level, and line that an annotation of this finding points at.

    Without a file of its own a finding is shown in the subject's file, at the place on the new side."""
    if finding.file is not None:
        return options.path(finding.file), finding.line
    if subject is None or subject.file is None:
        return None, None
    new = finding.writer if finding.direction is Direction.FORWARD else finding.reader
    line = finding.line if finding.line is not None else new.line if new is not None else None
    return options.path(subject.file), line


def proof(finding: Finding) -> str | None:
    """Who confirmed the witness, or why there is none."""
    if finding.witness is not None and finding.witness.confirmed_by:
        return f"confirmed by {', '.join(finding.witness.confirmed_by)}"
    return f"claimed: {finding.claim}" if finding.claim else None


def advice(item: Undecided) -> str:
    """What to do about an undecided pair."""
    if item.reason == "budget":
        return "raise budget_seconds in llmreg.yaml, or simplify the schema at this place; --allow-undecided accepts it"
    if item.reason == "baseline-unreadable":
        return "name a revision with --against where it can be read, or accept it with --allow-undecided"
    return "simplify the schema at this place, or look at it yourself and accept it with --allow-undecided"


def undecided_fails(report: Report, subject: SubjectReport) -> bool:
    """Whether what is undecided about this subject counts as an error."""
    return not report.allow_undecided and subject.accepted is None


def tally(report: Report) -> Iterator[str]:
    """`3 subjects checked`, `1 incompatible`, …, `2 errors`; verdicts and severities that do not occur are left out."""
    names = {subject.subject for subject in report.subjects}
    versions = f" in {count(len(report.subjects), 'version')}" if len(report.subjects) > len(names) else ""
    checked = max(report.checked, len(names))
    if checked or not (report.bindings or report.linted):
        yield f"{count(checked, 'subject')}{versions} checked"
    if report.bindings:
        yield f"{count(len(report.bindings), 'binding')} checked"
    if report.linted:
        yield f"{count(len(report.linted), 'schema')} linted"
    verdicts = Counter(subject.verdict for subject in report.subjects if not subject.accepted)
    quiet = max(report.checked - len(names), 0)
    for verdict in (Verdict.INCOMPATIBLE, Verdict.UNDECIDED, Verdict.COMPATIBLE):
        number = verdicts[verdict] + (quiet if verdict is Verdict.COMPATIBLE else 0)
        if number:
            yield f"{number} {verdict}"
    majors = sum(1 for subject in report.subjects if subject.declares_major)
    if majors:
        yield count(majors, "declared major")
    excused = sum(1 for subject in report.subjects if subject.accepted and not subject.declares_major)
    if excused:
        yield f"{excused} accepted"
    yield from severities(report.findings)


def acceptance(subject: SubjectReport) -> str:
    """What lets an incompatible verdict pass, as a headline."""
    return "declared major" if subject.declares_major else "accepted"


def severities(findings: Iterable[Finding]) -> Iterator[str]:
    """`2 errors`, `1 warning`, `3 notes`."""
    numbers = Counter(finding.severity for finding in findings)
    return (count(numbers[severity], noun) for severity, noun in SEVERITY_NOUNS.items() if numbers[severity])


def outcome(report: Report) -> str:
    """The last word: whether the check, or the `diff` under its mode, passes."""
    modes = {subject.mode for subject in report.subjects if subject.directions}
    if modes:
        return f"{'passes' if report.ok else 'fails'} under {', '.join(sorted(modes))}"
    if not report.ok:
        return "the check fails"
    allowed = report.allow_undecided and any(subject.undecided for subject in report.subjects)
    return "the check passes (undecided is allowed)" if allowed else "the check passes"


def time_taken(report: Report) -> str | None:
    """`0.42 s`; None where nobody measured."""
    return f"{report.seconds:.2f} s" if report.seconds else None
