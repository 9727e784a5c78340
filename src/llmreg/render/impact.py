"""The tree of `impact`: each changed version, who depends on it, and what it means to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from llmreg.model.jsontext import dumps
from llmreg.render.plain import clip, printable

EFFECTS = {
    "range_unmatched": "the range resolves to nothing",
    "mode_violated": "mode violated",
    "template_broken": "template broken",
    "profile_broken": "profile broken",
    "budget_exceeded": "budget exceeded",
    "binding_broken": "binding broken",
    "undecided": "undecided",
    "prompt_visible": "prompt-visible",
    "pinned": "not affected",
}
_MAX_MESSAGE = 500


def impact_text(report: Mapping[str, Any]) -> str:
    """The report of `impact`, in its JSON form, for people."""
    lines = [f"note: {note}" for note in report["notes"]]
    for change in report["changes"]:
        lines += _change(change)
    broken = sum(item["broken"] for change in report["changes"] for item in change["dependants"])
    count = len(report["changes"])
    end = f"{broken} dependant{'s' if broken != 1 else ''} broken" if broken else "no dependant is broken"
    lines.append(f"{count} changed version{'s' if count != 1 else ''}: {end}")
    return "\n".join(map(printable, lines))


def _change(change: Mapping[str, Any]) -> Iterator[str]:
    yield f"{change['subject']} {change['version']} ({change['change']}, {change['verdict']})"
    dependants = change["dependants"]
    if not dependants:
        yield "└─ nobody depends on it"
    for number, dependant in enumerate(dependants, start=1):
        last = number == len(dependants)
        yield f"{'└─' if last else '├─'} {_head(dependant)}"
        yield from (f"{'  ' if last else '│ '}   {text}" for text in _details(dependant))


def _head(dependant: Mapping[str, Any]) -> str:
    if dependant["kind"] == "reference":
        return f"{dependant['name']}: {dependant['note']}"
    name = (
        f"{dependant['kind']} {dependant['name']}, {dependant['role'] or 'variables'} {dependant['range'] or 'latest'}"
    )
    if dependant["note"]:
        return f"{name}: {dependant['note']}"
    step = f"{dependant['before'] or 'nothing'} → {dependant['after']}: " if dependant["after"] else ""
    effects = [EFFECTS[effect] for effect in dependant["effects"]] or ["fits"]
    only = " only" if dependant["effects"] == ["prompt_visible"] else ""
    return f"{name}: {step}{', '.join(effects)}{only}"


def _details(dependant: Mapping[str, Any]) -> Iterator[str]:
    for finding in dependant["findings"]:
        yield clip(f"{finding['severity']} {finding['rule']}: {finding['message']}", _MAX_MESSAGE)
        if finding["witness"] is not None:
            yield clip(f"  witness: {dumps(finding['witness']['document'])}", _MAX_MESSAGE)
        if finding.get("waived"):
            yield clip(f"  waived: {finding['waived']}", _MAX_MESSAGE)
        elif finding.get("fix") and finding["direction"] is None:
            yield clip(f"  fix: {finding['fix']}", _MAX_MESSAGE)
    for item in dependant["undecided"]:
        yield clip(f"undecided {item['reason']}: {item['message']}", _MAX_MESSAGE)
