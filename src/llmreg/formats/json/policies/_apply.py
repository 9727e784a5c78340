"""What a named policy makes of a comparison: the sound findings stay, the policy decides which of them fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llmreg.errors import LimitError
from llmreg.formats.interface import Comparison
from llmreg.formats.json import policies
from llmreg.formats.json.policies._walk import Difference
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.rule import Rule, rulebook
from llmreg.model.finding import ChangeClass, Finding, Place, Severity
from llmreg.model.report import Undecided, Verdict

_READS = {
    Verdict.COMPATIBLE: "every document still reads",
    Verdict.INCOMPATIBLE: "no document was found that breaks because of it",
    Verdict.UNDECIDED: "whether every document still reads is undecided",
}
_FIX = "undo the change, release a new major version, or leave the policy `{}`"


def apply(name: str, writer: JsonSchema, reader: JsonSchema, sound: Comparison, deadline: float) -> Comparison:
    """The comparison under the policy `name` (`confluent-strict`).

    A difference that the policy forbids and that no sound break tells of is a claimed finding. A sound break that no
    forbidden difference stands for keeps its document and is told as a note. The verdict follows the policy; where its
    own walk runs out of time, it is undecided."""
    policy = rulebook(policies.__name__)[name.replace("-", "_")]
    try:
        seen = policy.find(writer, reader, deadline)
    except LimitError as error:
        return replace(sound, verdict=Verdict.UNDECIDED, undecided=(Undecided("budget", f"{name}: {error.message}"),))
    forbidden = [difference for difference in seen if not difference.compatible]
    breaks = [finding for finding in sound.findings if finding.cls is ChangeClass.BREAKING]
    told = {index for index, one in enumerate(breaks) if any(_tells_of(one, other) for other in forbidden)}
    unseen = [one for one in forbidden if not any(_tells_of(finding, one) for finding in breaks)]
    passed = [finding for index, finding in enumerate(breaks) if index not in told]
    findings = tuple(_passed(one, name) if any(one is other for other in passed) else one for one in sound.findings)
    claimed = tuple(_claimed(policy, name, one, sound.verdict) for one in unseen)
    return Comparison(
        Verdict.INCOMPATIBLE if forbidden else Verdict.COMPATIBLE,
        claimed + findings,
        notes=(*sound.notes, *_notes(name, passed, sound, bool(forbidden))),
    )


def _tells_of(finding: Finding, difference: Difference) -> bool:
    """Whether a sound break and a forbidden difference are one cause."""
    writer, reader = (place.pointer if place else "" for place in (finding.writer, finding.reader))
    if difference.deep and (_within(reader, difference.reader) or _within(writer, difference.writer)):
        return _within(reader, difference.reader) if difference.reader else _within(writer, difference.writer)
    same_place = reader == difference.reader or writer == difference.writer
    return same_place and finding.rule in difference.rules and _field(finding.message) == _field(difference.message)


def _within(pointer: str, above: str) -> bool:
    return pointer == above or pointer.startswith(above + "/")


def _field(message: str) -> str:
    """Messages name the field first."""
    return message.partition(": ")[0]


def _passed(finding: Finding, name: str) -> Finding:
    return replace(finding, severity=Severity.INFO, message=f"{finding.message} ({name} lets it pass)")


def _claimed(policy: Rule, name: str, difference: Difference, sound: Verdict) -> Finding:
    finding = policy.finding(
        difference.message,
        writer=Place(difference.writer),
        reader=Place(difference.reader),
        claim=f"policy {name} forbids it; {_READS[sound]}",
        fix=_FIX.format(name),
    )
    return replace(finding, rule=difference.id)


def _notes(name: str, passed: Sequence[Finding], sound: Comparison, forbids: bool) -> list[str]:
    notes = [f"the policy {name} decides what fails here"]
    if passed:
        notes.append(f"{name} lets {len(passed)} break{'' if len(passed) == 1 else 's'} pass")
    if sound.verdict is Verdict.UNDECIDED:
        why = "; ".join(item.message for item in sound.undecided)
        outcome = "forbids it anyway" if forbids else "has nothing against it"
        notes.append(f"whether every document still reads is undecided ({why}); {name} {outcome}")
    return notes
