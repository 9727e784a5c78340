"""The text of a prompt changed.

Why it breaks:
    No data becomes invalid. The model reads another text, and may answer in another way.

Example:
    Old: `Answer in one sentence.`
    New: `Answer in one paragraph.`

Instead:
    Nothing need be done for data. Run the evaluation again before the new text is rolled out.

Known limits:
    Sizes are in bytes of the template, not in tokens of a rendered text.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity

if TYPE_CHECKING:
    from llmreg.formats.prompt.changes import Versions

_SHOWN = 3
_WIDTH = 80
_MAX_LINES = 2_000


def find(versions: Versions) -> Iterator[Finding]:
    if not versions.alike:
        return
    for number, (old, new) in enumerate(zip(versions.old.messages, versions.new.messages, strict=True)):
        if old.text == new.text:
            continue
        what = f"message {number + 1} ({new.role})" if new.role is not None else "the text"
        before, after = len(old.text.encode()), len(new.text.encode())
        writer, reader = versions.place(number)
        message = f"{what} changed, {before} → {after} bytes ({after - before:+d}): {_diff(old.text, new.text)}"
        yield RULE.finding(message, writer=writer, reader=reader, fix=None)


def _diff(old: str, new: str) -> str:
    """The first changed lines, old and new."""
    left, right = old.splitlines()[:_MAX_LINES], new.splitlines()[:_MAX_LINES]
    blocks = [op for op in SequenceMatcher(None, left, right, autojunk=False).get_opcodes() if op[0] != "equal"]
    told = []
    for _, start, end, first, last in blocks[:_SHOWN]:
        told += [f"line {at + 1} −`{_cut(left[at])}`" for at in range(start, end)][:_SHOWN]
        told += [f"line {at + 1} +`{_cut(right[at])}`" for at in range(first, last)][:_SHOWN]
    more = f"; and {len(blocks) - _SHOWN} more places" if len(blocks) > _SHOWN else ""
    return ", ".join(told) + more if told else "white space at the ends of lines"


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"


RULE = Rule(
    summary="The text of a prompt changed",
    cls=ChangeClass.PROMPT_VISIBLE,
    severity=Severity.INFO,
    find=find,
)
