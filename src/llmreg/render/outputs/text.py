"""What a person reads at the terminal: what was compared, a block per subject with something to say, a summary."""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.model.finding import Finding, Severity, Witness
from llmreg.model.problem import Problem
from llmreg.model.report import Report, SubjectReport, Undecided, Verdict
from llmreg.render import witness as proof_text
from llmreg.render import wording
from llmreg.render.options import RenderOptions
from llmreg.render.plain import clip
from llmreg.render.styled import Line, Word, line, to_text

_SEVERITY_STYLES = {Severity.ERROR: "bold red", Severity.WARN: "yellow", Severity.INFO: "cyan"}
_VERDICT_STYLES = {Verdict.COMPATIBLE: "green", Verdict.INCOMPATIBLE: "bold red", Verdict.UNDECIDED: "bold yellow"}
_MAX_MESSAGE = 2000
_MAX_WITNESS_LINES = 16
_MAX_AFFECTED = 20
_SHOW_ALL = "--output json shows all of it"


def render(report: Report, options: RenderOptions) -> str:
    """Plain text, or coloured when `options.color`."""
    blocks = [_head(report), _general(report, options)]
    blocks += [_subject(subject, options) for subject in wording.told(report)]
    blocks.append(iter([_summary(report)]))
    lines: list[Line] = []
    for block in map(list, blocks):
        lines += [line(), *block] if lines and block else block
    return to_text(lines, options)


def _head(report: Report) -> Iterator[Line]:
    compared = wording.baseline(report)
    if compared:
        yield line(compared)
    yield from (_note(note, 0) for note in report.notes)


def _general(report: Report, options: RenderOptions) -> Iterator[Line]:
    general = wording.shown(report.general)
    if general:
        yield line(Word("schemas" if report.linted else "registry", "bold"))
    for finding in general:
        yield from _finding(finding, None, options)


def _subject(subject: SubjectReport, options: RenderOptions) -> Iterator[Line]:
    facts = (subject.format, subject.mode.value, wording.versions(subject))
    words = [f"  {fact}" for fact in facts if fact]
    verdict = Word(subject.verdict.value, _VERDICT_STYLES[subject.verdict])
    yield line(Word(subject.subject, "bold"), *words, "  ", verdict)
    if subject.directions:
        yield line(wording.directions(subject), indent=2)
    means = wording.meaning(subject)
    if means:
        yield line(f"means: {means}", indent=2)
    if subject.accepted is not None:
        yield from _declared_major(subject)
    for finding in wording.shown(subject.findings):
        yield from _finding(finding, subject, options)
    for item in subject.undecided:
        yield from _undecided(item)
    yield from (_problem(problem) for problem in subject.problems)
    yield from (_note(note, 2) for note in subject.notes)
    if subject.bump is not None and subject.bump.why:
        yield line(f"bump: {subject.bump.why}", indent=2)


def _declared_major(subject: SubjectReport) -> Iterator[Line]:
    """A break that passes must not pass unseen."""
    new = subject.pending or subject.version or "the new version"
    yield line(Word(f"{wording.acceptance(subject).upper()} {new}", "bold magenta"), f": {subject.accepted}", indent=2)
    for name in subject.affected[:_MAX_AFFECTED]:
        yield line(f"affected: {name}", indent=4)
    more = len(subject.affected) - _MAX_AFFECTED
    if more > 0:
        yield line(f"affected: {more} more; {_SHOW_ALL}", indent=4)


def _finding(finding: Finding, subject: SubjectReport | None, options: RenderOptions) -> Iterator[Line]:
    severity = Word(finding.severity.value, _SEVERITY_STYLES[finding.severity])
    kind = ", ".join(part for part in (finding.surface, finding.level) if part)
    way = wording.direction(finding.direction, finding.against)
    yield line(
        severity, "  ", Word(finding.rule, "bold"), f" ({kind})" if kind else "", f"  {way}" if way else "", indent=2
    )
    yield line(clip(finding.message, _MAX_MESSAGE), indent=4)
    where = _where(finding, subject, options)
    if where:
        yield line(Word(where, "dim"), indent=4)
    if finding.witness is not None:
        yield from _witness(finding.witness, options)
    proof = wording.proof(finding)
    extra = (proof, finding.waived and f"waived: {finding.waived}", finding.fix and f"fix: {finding.fix}")
    yield from (line(clip(text, _MAX_MESSAGE), indent=4) for text in extra if text)


def _where(finding: Finding, subject: SubjectReport | None, options: RenderOptions) -> str:
    """`writer /properties/a, reader /properties/a (line 7), in subjects/chat/reply/schema.json:7`."""
    sides = [f"{name} {wording.pointer(place)}" for name, place in wording.places(finding)]
    file, at = wording.anchor(finding, subject, options)
    if file is not None:
        sides.append(f"in {file}" if at is None else f"in {file}:{at}")
    return ", ".join(sides)


def _witness(witness: Witness, options: RenderOptions) -> Iterator[Line]:
    room = max(options.width - len("    witness: "), 20)
    lines, cut = proof_text.folded(witness.document, room, _MAX_WITNESS_LINES)
    if len(lines) == 1 and not cut:
        yield line(f"witness: {lines[0]}", indent=4)
    else:
        yield line("witness:", indent=4)
        yield from (line(text, indent=6) for text in lines)
        if cut:
            yield line(f"… cut; {_SHOW_ALL}", indent=6)
    if witness.bytes is not None:
        shown = proof_text.spaced_hex(witness.bytes)
        rest = f" ({len(witness.bytes) // 2} bytes; {_SHOW_ALL})" if len(shown) > room else ""
        yield line(f"bytes: {clip(shown, room)}{rest}", indent=4)
    if witness.expected is not None:
        yield line(proof_text.outcome(clip(witness.expected, _MAX_MESSAGE)), indent=4)


def _undecided(item: Undecided) -> Iterator[Line]:
    way = wording.direction(item.direction, item.against)
    yield line(Word("undecided", "bold yellow"), f"  {item.reason}", f"  {way}" if way else "", indent=2)
    place = f"{item.pointer}: " if item.pointer else ""
    yield line(clip(place + item.message, _MAX_MESSAGE), indent=4)
    yield line(f"what to do: {wording.advice(item)}", indent=4)


def _problem(problem: Problem) -> Line:
    position = ":".join(str(part) for part in (problem.line, problem.column) if part is not None)
    place = " ".join(part for part in (position and f"line {position}", problem.pointer) if part)
    hint = f" (hint: {problem.hint})" if problem.hint else ""
    text = f"  {problem.code}  {place + ': ' if place else ''}{problem.message}{hint}"
    return line(Word("problem", "yellow"), clip(text, _MAX_MESSAGE), indent=2)


def _note(text: str, indent: int) -> Line:
    return line(f"note: {clip(text, _MAX_MESSAGE)}", indent=indent)


def _summary(report: Report) -> Line:
    style = "bold green" if report.ok else "bold red"
    facts = ", ".join(wording.tally(report))
    taken = wording.time_taken(report)
    return line(f"{facts}{f' in {taken}' if taken else ''}: ", Word(wording.outcome(report), style))
