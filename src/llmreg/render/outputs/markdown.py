"""Markdown for a pull-request comment: a summary table, then one collapsible block per subject.

Everything that comes from a schema is escaped: it can neither break the table nor bring in HTML, links or mentions.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape as escape_html

from llmreg.model.finding import Finding, Witness
from llmreg.model.report import Report, SubjectReport, Undecided
from llmreg.render import witness as proof_text
from llmreg.render import wording
from llmreg.render.markdown_text import code, escaped, fence, prose
from llmreg.render.options import RenderOptions
from llmreg.render.plain import clip, printable

MAX_CHARACTERS = 60_000  # GitHub takes 65,536 in a comment; the rest is for what a workflow adds
_MAX_MESSAGE = 1500
_MAX_REMARK = 500
_REMARKS_ROOM = 6000
_MAX_ROWS = 100
_TABLE_ROOM = 20_000
_MAX_AFFECTED = 20
_WITNESS_WIDTH = 160
_WITNESS_LINES = 40
_CUT = "**Cut here:** {} do not fit into one comment; `--output json` has them all.\n\n"
_CUT_ROOM = len(_CUT) + 40


def render(report: Report, options: RenderOptions) -> str:
    """At most `MAX_CHARACTERS` characters; what does not fit is counted in a last line that says so."""
    head = "".join(_head(report))
    blocks = ["".join(_finding(finding, None, options)) for finding in wording.shown(report.general)]
    failing_first = sorted(wording.told(report), key=lambda subject: -subject.verdict.rank)
    blocks += [_subject(subject, report, options) for subject in failing_first]
    written, left_out = _fitting(blocks, MAX_CHARACTERS - len(head) - _CUT_ROOM)
    return f"{head}\n{written}{_CUT.format(wording.count(left_out, 'block')) if left_out else ''}".rstrip("\n") + "\n"


def _fitting(blocks: list[str], room: int) -> tuple[str, int]:
    """The blocks that fit into `room` characters, in order, and how many do not."""
    written = []
    for block in blocks:
        if len(block) <= room:
            written.append(block)
            room -= len(block)
    return "".join(written), len(blocks) - len(written)


def _head(report: Report) -> Iterator[str]:
    yield f"### llmreg: {wording.outcome(report)}\n\n"
    remarks = [wording.baseline(report), *report.notes]
    yield _fitting([f"{prose(clip(remark, _MAX_REMARK))}\n\n" for remark in remarks if remark], _REMARKS_ROOM)[0]
    told = wording.told(report)
    if told:
        yield "| subject | format | mode | versions | verdict | findings |\n| --- | --- | --- | --- | --- | --- |\n"
        rows, left_out = _fitting([_row(subject) for subject in told[:_MAX_ROWS]], _TABLE_ROOM)
        left_out += len(told[_MAX_ROWS:])
        yield rows + (f"\n… and {wording.count(left_out, 'more subject')}.\n\n" if left_out else "\n")
    taken = wording.time_taken(report)
    yield f"{', '.join(wording.tally(report))}{f' in {taken}' if taken else ''}.\n"


def _row(subject: SubjectReport) -> str:
    found = ", ".join(wording.severities(subject.findings))
    cells = (
        escaped(clip(subject.subject, 200)),
        escaped(subject.format),
        subject.mode.value,
        escaped(clip(wording.versions(subject), 200)),
        f"**{_verdict(subject)}**",
        found or "none",
    )
    return f"| {' | '.join(cells)} |\n"


def _verdict(subject: SubjectReport) -> str:
    return wording.acceptance(subject) if subject.accepted is not None else subject.verdict.value


def _subject(subject: SubjectReport, report: Report, options: RenderOptions) -> str:
    """A block closes what it opens, so that leaving out others never breaks it."""
    body = "".join(_body(subject, options))
    if not body:
        return ""
    is_open = " open" if subject.fails(allow_undecided=report.allow_undecided) else ""
    name = escape_html(printable(clip(subject.subject, 200)))
    return f"<details{is_open}><summary><code>{name}</code>: {_verdict(subject)}</summary>\n\n{body}</details>\n\n"


def _body(subject: SubjectReport, options: RenderOptions) -> Iterator[str]:
    if subject.directions:
        yield f"{escaped(wording.directions(subject))}\n\n"
    means = wording.meaning(subject)
    if means:
        yield f"What it means: {prose(means)}\n\n"
    if subject.accepted is not None:
        new = subject.pending or subject.version or "the new version"
        headline = f"{wording.acceptance(subject).upper()} {escaped(new)}"
        yield f"**{headline}:** {prose(clip(subject.accepted, _MAX_MESSAGE))}\n\n"
        yield from (f"- affected: {code(clip(name, 200))}\n" for name in subject.affected[:_MAX_AFFECTED])
        more = len(subject.affected) - _MAX_AFFECTED
        yield f"- affected: {more} more\n\n" if more > 0 else "\n"
    told = ["".join(_finding(finding, subject, options)) for finding in wording.shown(subject.findings)]
    told += ["".join(_undecided(item)) for item in subject.undecided]
    told += [f"{code(item.code)}: {prose(clip(item.message, _MAX_MESSAGE))}\n\n" for item in subject.problems]
    told += [f"Note: {prose(clip(note, _MAX_MESSAGE))}\n\n" for note in subject.notes]
    written, left_out = _fitting(told, MAX_CHARACTERS // 3)  # one subject must not push all others out
    yield written + (_CUT.format(wording.count(left_out, "finding")) if left_out else "")


def _finding(finding: Finding, subject: SubjectReport | None, options: RenderOptions) -> Iterator[str]:
    kind = ", ".join(part for part in (finding.surface, finding.level) if part)
    way = wording.direction(finding.direction, finding.against)
    yield f"**{finding.severity}** {code(finding.rule)}{f' ({escaped(kind)})' if kind else ''}"
    yield f", {escaped(way)}\n\n" if way else "\n\n"
    yield f"{prose(clip(finding.message, _MAX_MESSAGE))}\n\n"
    sides = [f"{name} {code(clip(wording.pointer(place), 300))}" for name, place in wording.places(finding)]
    file, line = wording.anchor(finding, subject, options)
    if file is not None:
        sides.append(f"in {code(clip(file if line is None else f'{file}:{line}', 300))}")
    if sides:
        yield f"{', '.join(sides)}\n\n"
    if finding.witness is not None:
        yield from _witness(finding.witness)
    proof = wording.proof(finding)
    extra = (proof, finding.waived and f"waived: {finding.waived}", finding.fix and f"fix: {finding.fix}")
    yield from (f"{prose(clip(text, _MAX_MESSAGE))}\n\n" for text in extra if text)


def _witness(witness: Witness) -> Iterator[str]:
    lines, cut = proof_text.folded(witness.document, _WITNESS_WIDTH, _WITNESS_LINES)
    yield fence("\n".join(lines), "json")
    if cut:
        yield "… cut; `--output json` has all of it\n\n"
    if witness.bytes is not None:
        yield f"bytes: {code(clip(proof_text.spaced_hex(witness.bytes), 300))}\n\n"
    if witness.expected is not None:
        yield f"{prose(proof_text.outcome(clip(witness.expected, _MAX_MESSAGE)))}\n\n"


def _undecided(item: Undecided) -> Iterator[str]:
    way = wording.direction(item.direction, item.against)
    yield f"**undecided** {code(item.reason)}{f', {escaped(way)}' if way else ''}\n\n"
    place = f"{code(clip(item.pointer, 300))}: " if item.pointer else ""
    yield f"{place}{prose(clip(item.message, _MAX_MESSAGE))}\n\n"
    yield f"What to do: {prose(wording.advice(item))}\n\n"
