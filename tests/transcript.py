"""Run what a markdown page shows: its shell blocks, in one shell, in order, and compare what it prints with the page.

A `sh` block is run as it stands. In a `console` block a line after `$ ` is run and the lines below it are what it must
print: `…` stands for anything, alone on a line for any lines. Commit ids, seconds and the versions of libraries are
not compared. A block below `<!-- not run -->` is left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^(<!-- not run -->\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "\x1e"
_VARYING = (
    (re.compile(r"in \d+\.\d+ s\b"), "in some s"),
    (re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{12}\b"), "some-commit"),
    (re.compile(r"\b(jsonschema|jsonschema-rs|fastavro|protobuf) \d+\.\d+\.\d+"), r"\1 some-version"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A command, or a whole `sh` block, and what it prints; None where the page does not say."""

    command: str
    expected: str | None


def blocks(page: str, language: str) -> list[str]:
    """The bodies of all fenced blocks in one language, also of those that are not run."""
    return [body for _, name, body in _BLOCK.findall(page) if name == language]


def steps(page: str) -> Iterator[Step]:
    """What the page runs, in order."""
    for skipped, language, body in _BLOCK.findall(page):
        if skipped or language not in ("sh", "console"):
            continue
        if language == "sh":
            yield Step(body, None)
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:] if language == "console" else ():
            command, _, expected = part.partition("\n")
            yield Step(command, expected)


def environment(home: Path) -> dict[str, str]:
    """This process's own, with `llmreg` and `pre-commit` of this interpreter first on PATH."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return {**os.environ, "PATH": path, "PRE_COMMIT_HOME": str(home / ".pre-commit"), "TERM": "dumb", "PAGER": "cat"}


def play(page: str, place: Path) -> list[tuple[Step, str]]:
    """Run the page in `place`; each step with what it printed. A `sh` block that fails is an AssertionError."""
    told = list(steps(page))
    parts = [
        f"printf '{_MARK}'\n" + (step.command if step.expected is not None else f"set -e\n{step.command}set +e")
        for step in told
    ]
    done = subprocess.run(
        ["bash", "-c", "exec 2>&1\n" + "\n".join(parts)],
        check=False,
        cwd=place,
        env=environment(place),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    printed = done.stdout.split(_MARK)[1:]
    assert len(printed) == len(told), f"{told[len(printed) - 1].command}\n{printed[-1]}{done.stderr}"
    return list(zip(told, printed, strict=True))


def plain(text: str) -> str:
    """The text without what differs from run to run."""
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return text.strip("\n")


def matches(expected: str, printed: str) -> bool:
    """Whether `printed` is what the page shows."""
    lines = []
    for line in plain(expected).splitlines():
        lines.append("(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + "\n")
    return re.fullmatch("".join(lines), plain(printed) + "\n" if plain(printed) else "") is not None
