"""Merge two registrations wrongly in every way that we could think of: `check` must name each by its code and line.

python -m benchmarks.faults.merges [--only NAME]

`main` registered 1.1.0 of a subject, `side` another 1.1.0 (or another subject, or a rename). Each row puts them
together as somebody in a hurry would, commits that, and runs `check --against main`. A row names the invariants that
must be found, and for a ledger also the line; an empty row must pass.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.ground import Tally, commit, copy, edit, files, git, is_clear, llmreg, must, start, try_table
from llmreg.store import layout

_SUBJECT = "a/b"
_FOLDER = layout.subject_dir(_SUBJECT)
_LEDGER = layout.ledger_path(_SUBJECT)
_VERSION = f"{_FOLDER}/versions/1.1.0.json"
_WORKING = layout.working_path(_SUBJECT, ".json")
_Merge = Callable[[Path], None]


@dataclass(frozen=True)
class Row:
    """`found`: code → line of the ledger where that is what is wrong, None for another file."""

    name: str
    merge: _Merge
    found: dict[str, int | None]


def _conflict(root: Path) -> None:
    git(root, "switch", "--quiet", "side")
    git(root, "merge", "--quiet", "main", fails=True)


def _sides(root: Path, path: str, *names: str) -> list[str]:
    return [git(root, "show", f"{name}:{path}") for name in names]


def _resolved(working: str, ledger: str, versions: str) -> _Merge:
    """A conflict ended by hand: the working file and the version file of one side, and a ledger of these parts:
    base, ours, theirs."""

    def merge(root: Path) -> None:
        base, ours, theirs = _sides(root, _LEDGER, "main~1", "side", "main")
        _conflict(root)
        git(root, "checkout", "--quiet", versions, "--", _VERSION)
        git(root, "checkout", "--quiet", working, "--", _WORKING)
        parts = {"base": base, "ours": ours[len(base) :], "theirs": theirs[len(base) :]}
        (root / _LEDGER).write_text("".join(parts[part] for part in ledger.split()))
        commit(root, "merged")

    return merge


def _strategy(*options: str) -> _Merge:
    def merge(root: Path) -> None:
        git(root, "switch", "--quiet", "side")
        git(root, "merge", "--quiet", "-m", "merged", *options, "main")

    return merge


def _union(root: Path) -> None:
    (root / ".gitattributes").write_text("*.jsonl merge=union\n*.json merge=union\n")
    commit(root, "union")
    git(root, "switch", "--quiet", "side")
    shutil.copy(root / ".gitattributes", root / ".git/info/attributes")
    (root / ".git/info/attributes").write_text("*.jsonl merge=union\n*.json merge=union\n")
    git(root, "merge", "--quiet", "-m", "merged", "main")


def _markers(root: Path) -> None:
    _conflict(root)
    commit(root, "merged, with the markers in it")


def _deleted(what: str) -> _Merge:
    def merge(root: Path) -> None:
        _strategy("-X", "theirs")(root)
        path = root / what
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        commit(root, "deleted")

    return merge


def _renamed(root: Path) -> None:
    git(root, "switch", "--quiet", "-c", "renaming", "main~1")
    git(root, "mv", _FOLDER, "subjects/a/c")
    commit(root, "rename")
    git(root, "merge", "--quiet", "main", fails=True)  # Git would move what main registered along with the folder
    commit(root, "merged")


def _squash(root: Path) -> None:
    """`main` is squashed into a branch that then takes its own ledger."""
    git(root, "switch", "--quiet", "side")
    git(root, "merge", "--quiet", "--squash", "main", fails=True)
    git(root, "checkout", "--quiet", "side", "--", _LEDGER, _VERSION, _WORKING)
    commit(root, "squashed")


def _reverted(root: Path) -> None:
    git(root, "switch", "--quiet", "-c", "reverting", "other")
    git(root, "merge", "--quiet", "--no-ff", "-m", "merged", "main")
    git(root, "revert", "-m", "1", "--no-edit", "HEAD")


def _rebased(root: Path) -> None:
    git(root, "switch", "--quiet", "side")
    git(root, "rebase", "--quiet", "-X", "theirs", "main")  # in a rebase that is ours


def _picked(root: Path) -> None:
    git(root, "switch", "--quiet", "-c", "picking", "main")
    git(root, "cherry-pick", "-X", "theirs", "side")


def _octopus(root: Path) -> None:
    git(root, "switch", "--quiet", "other")
    git(root, "merge", "--quiet", "-s", "octopus", "-m", "three", "main", "third")


def _octopus_ours(root: Path) -> None:
    git(root, "switch", "--quiet", "other")
    git(root, "merge", "--quiet", "-s", "ours", "-m", "three", "main", "third")


def _settled(root: Path) -> None:
    """As the guide says."""
    git(root, "switch", "--quiet", "side")
    git(root, "rebase", "main", fails=True)
    edit(root, _SUBJECT, ["one", "theirs", "ours"])
    must(llmreg(root, "resolve", _SUBJECT))
    git(root, "rebase", "--continue")


def _edited(line: int, change: Callable[[str], str]) -> _Merge:
    """The ledger's line, after a merge that was right."""

    def merge(root: Path) -> None:
        git(root, "switch", "--quiet", "-c", "editing", "main")
        lines = (root / _LEDGER).read_text().splitlines(keepends=True)
        lines[line - 1] = change(lines[line - 1])
        (root / _LEDGER).write_text("".join(lines))
        commit(root, "edited")

    return merge


ROWS = (
    Row("as the guide says", _settled, {}),
    Row("strategy ours", _strategy("-s", "ours"), {"ledger-prefix": 2, "immutable": None}),
    Row("strategy option ours", _strategy("-X", "ours"), {"ledger-prefix": 2, "immutable": None}),
    Row("strategy option theirs", _strategy("-X", "theirs"), {}),
    Row("merge driver union", _union, {"ledger-prefix": 2, "immutable": None, "order": 3}),
    Row("markers committed", _markers, {"sha": 2, "ledger-prefix": 2, "immutable": None}),
    Row(
        "both lines, theirs first",
        _resolved("main", "base theirs ours", "main"),
        {"order": 3},
    ),
    Row(
        "both lines, ours first",
        _resolved("main", "base ours theirs", "main"),
        {"ledger-prefix": 2, "order": 3},
    ),
    Row("their line, our file", _resolved("main", "base theirs", "side"), {"immutable": None}),
    Row("our line, their file", _resolved("main", "base ours", "main"), {"ledger-prefix": 2}),
    Row(
        "both lines lost",
        _resolved("main", "base", "main"),
        {"ledger-prefix": None, "sha": None},
    ),
    Row(
        "first line lost",
        _resolved("main", "theirs", "main"),
        {"ledger-prefix": 1, "sha": None},
    ),
    Row("ledger deleted", _deleted(_LEDGER), {"ledger-prefix": None, "sha": None}),
    Row("version file deleted", _deleted(_VERSION), {"immutable": None, "sha": 2}),
    Row("subject deleted", _deleted(_FOLDER), {"removed": None}),
    Row("subject renamed", _renamed, {"removed": None}),
    Row("squash, own side kept", _squash, {"ledger-prefix": 2, "immutable": None}),
    Row("revert of a merge", _reverted, {"ledger-prefix": None, "immutable": None}),
    Row("rebase -X theirs", _rebased, {"ledger-prefix": 2, "immutable": None}),
    Row("cherry-pick -X theirs", _picked, {"ledger-prefix": 2, "immutable": None}),
    Row("octopus of three subjects", _octopus, {}),
    Row("octopus, ours", _octopus_ours, {"ledger-prefix": None, "immutable": None}),
    Row("digest edited", _edited(2, lambda line: line.replace('"sha256":"', '"sha256":"0')[: len(line)]), {"sha": 2}),
    Row("bump edited", _edited(2, lambda line: line.replace('"minor"', '"patch"')), {"ledger-prefix": 2}),
    Row(
        "line ends of another system",
        _edited(1, lambda line: line.replace("\n", "\r\n")),
        {"ledger-prefix": 1, "sha": 1},
    ),
    Row("last line cut", _edited(2, lambda line: line[:40]), {"ledger-prefix": 2, "sha": 2}),
)


def prepare(root: Path) -> Path:
    """`main` and `side` both have a 1.1.0 of one subject; `other` and `third` leave it alone."""
    start(root, (_SUBJECT, "a/third"))
    for branch, subject in (("other", "a/other"), ("third", "a/third")):
        git(root, "switch", "--quiet", "-c", branch, "main")
        edit(root, subject, ["one", branch])
        must(llmreg(root, "register", subject, "--commit"))
    for branch, name in (("side", "ours"), ("main", "theirs")):
        git(root, "switch", "--quiet", *(["main"] if branch == "main" else ["-c", branch, "main"]))
        edit(root, _SUBJECT, ["one", name])
        must(llmreg(root, "register", _SUBJECT, "--commit"))
    return root


def try_row(row: Row, root: Path, tally: Tally) -> None:
    row.merge(root)
    tally.tried += 1
    before = files(root)
    done = llmreg(root, "check", "--against", "main", "-o", "json")
    if not is_clear(done) or not done.stdout.startswith("{"):
        tally.fail(row.name, f"no report: {done.returncode} {done.stderr[-400:]}")
        return
    report = json.loads(done.stdout)
    every = [*report["findings"], *(finding for item in report["subjects"] for finding in item["findings"])]
    found = {(finding["rule"], finding.get("line")) for finding in every if finding["severity"] == "error"}
    for code, line in row.found.items():
        if not any(rule == code and line in (None, at) for rule, at in found):
            tally.fail(row.name, f"{code} at line {line} is not among {sorted(map(str, found))}")
    if bool(row.found) is not bool(done.returncode):
        tally.fail(row.name, f"check exits {done.returncode}: {sorted(map(str, found))}")
    if files(root) != before:
        tally.fail(row.name, "check wrote something")
    tally.count("wrong merges named" if row.found else "right ones passed")


def main() -> None:
    def attempt(row: Row, scratch: Path, tally: Tally) -> None:
        try_row(row, copy(scratch / "start", scratch / "root"), tally)

    try_table(__doc__, "merges", ROWS, prepare, attempt)


if __name__ == "__main__":
    main()
