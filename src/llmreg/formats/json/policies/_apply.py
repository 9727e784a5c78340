"""What a named policy makes of a comparison: the sound findings stay, the policy decides which of them fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property

from llmreg.errors import LimitError
from llmreg.formats.interface import Comparison
from llmreg.formats.json import policies
from llmreg.formats.json.localise.references import References, Spot
from llmreg.formats.json.policies._side import reach
from llmreg.formats.json.policies._walk import WRITER, Difference
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.rule import Rule, rulebook
from llmreg.model.finding import ChangeClass, Finding, Place, Severity
from llmreg.model.record import replace
from llmreg.model.report import Undecided, Verdict

_SECONDS = 1.0
_READS = {
    Verdict.COMPATIBLE: "every document still reads",
    Verdict.INCOMPATIBLE: "no document shows this difference by itself",
    Verdict.UNDECIDED: "whether every document still reads is undecided",
}
# several names stand at one place, so that the name, which the message begins with, must be the same
_NAMED = frozenset({"required_added"})
_FIX = "undo the change, release a new major version, or leave the policy `{}`"


def compare(name: str, schemas: tuple[JsonSchema, JsonSchema], sound: Callable[[], Comparison]) -> Comparison:
    """The comparison of (writer, reader) under the policy `name` (`confluent-strict`).

    A difference that the policy forbids and that no sound break tells of is a claimed finding. A sound break that no
    forbidden difference stands for keeps its document and is told as a note. The verdict follows the policy; where its
    own walk runs out of time, it is undecided."""
    policy = rulebook(policies.__name__)[name.replace("-", "_")]
    try:
        seen = policy.find(*schemas, time.monotonic() + _SECONDS)
    except LimitError as error:
        return replace(sound(), verdict=Verdict.UNDECIDED, undecided=(Undecided("budget", f"{name}: {error.message}"),))
    forbidden = [_Forbidden(one, schemas) for one in seen if not one.compatible]
    return _judged(policy, name, forbidden, sound())


class _Forbidden:
    """A forbidden difference, and which sound breaks have the same cause."""

    def __init__(self, difference: Difference, schemas: tuple[JsonSchema, JsonSchema]) -> None:
        self.difference = difference
        self._schemas = schemas

    def explains(self, finding: Finding) -> bool:
        """Whether it stands for a sound break: it is about the same keyword of the same field, or about all below."""
        difference = self.difference
        writer, reader = (place.pointer if place else "" for place in (finding.writer, finding.reader))
        if difference.deep is not None and (writer if difference.deep == WRITER else reader) in self._below:
            return True
        same_place = reader == difference.reader or writer == difference.writer
        same_name = finding.rule not in _NAMED or _field(finding.message) == _field(difference.message)
        return same_place and finding.rule in difference.rules and same_name

    @cached_property
    def _below(self) -> frozenset[str]:
        side, pointer = self._schemas[1], self.difference.reader
        if self.difference.deep == WRITER:
            side, pointer = self._schemas[0], self.difference.writer
        node = side.index.nodes.get(pointer)
        if node is None:
            return frozenset()
        return reach(Spot(side.index, pointer, node.value), References(side.index, side.resources))


def _judged(policy: Rule, name: str, forbidden: Sequence[_Forbidden], sound: Comparison) -> Comparison:
    breaks = [finding for finding in sound.findings if finding.cls is ChangeClass.BREAKING]
    passed = [finding for finding in breaks if not any(one.explains(finding) for one in forbidden)]
    unseen = [one.difference for one in forbidden if not any(one.explains(finding) for finding in breaks)]
    kept = (_passed(one, name) if any(one is other for other in passed) else one for one in sound.findings)
    return Comparison(
        Verdict.INCOMPATIBLE if forbidden else Verdict.COMPATIBLE,
        (*(_claimed(policy, name, one, sound.verdict) for one in unseen), *kept),
        notes=(*sound.notes, *_notes(name, len(passed), sound, bool(forbidden))),
    )


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


def _notes(name: str, passed: int, sound: Comparison, forbids: bool) -> list[str]:
    notes = [f"the policy {name} decides what fails here"]
    if passed:
        notes.append(f"{name} lets {passed} break{'' if passed == 1 else 's'} pass")
    if sound.verdict is Verdict.UNDECIDED:
        why = "; ".join(item.message for item in sound.undecided)
        outcome = "forbids it anyway" if forbids else "has nothing against it"
        notes.append(f"whether every document still reads is undecided ({why}); {name} {outcome}")
    return notes
