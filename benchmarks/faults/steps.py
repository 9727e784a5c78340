"""Cut every writing command off before each of its steps; the same command again must end as if nothing had happened.

python -m benchmarks.faults.steps [--how kill|ENOSPC|EROFS|EIO] [--only NAME] [--every 1]

For each step: a fresh copy of the registry, the command cut off there (benchmarks/faults/interrupt.py), a look at what
it left (no torn ledger, no ledger line without its file, no traceback), and the command again, uncut. The files and
Git's index must then be, byte for byte, those of a run that was never cut off.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.ground import (
    Done,
    Tally,
    commit,
    copy,
    edit,
    files,
    git,
    is_clear,
    llmreg,
    must,
    run,
    schema,
    staged,
    start,
    torn,
    write,
)
from llmreg.store.layout import TEMPORARY_PREFIX

_STEPS = re.compile(r"^STEPS (\d+)$", re.MULTILINE)
_BATCH = 5
_EXPORTED = ("out/manifest.json", "out/index.sqlite")


@dataclass(frozen=True)
class Case:
    """`prepare` brings the registry to where the command is run."""

    name: str
    arguments: Sequence[str]
    prepare: Callable[[Path], object] | None = None


def _edited(root: Path) -> None:
    edit(root, "a/b", ["one", "two"])


def _batch(root: Path) -> None:
    lines = [{"subject": f"many/s{number}", "schema": json.loads(schema(["one"]))} for number in range(_BATCH)]
    write(root, "batch.jsonl", "".join(json.dumps(line) + "\n" for line in lines))


def _tools(root: Path) -> None:
    tools = [{"name": f"t{number}", "description": "x", "inputSchema": {"type": "object"}} for number in range(3)]
    write(root, "tools.json", json.dumps({"tools": tools}))


def _exported(root: Path) -> None:
    write(root, ".git/info/exclude", "out/\n")
    must(llmreg(root, "export", "--out", "out"))
    _edited(root)
    must(llmreg(root, "register", "a/b", "--commit"))


def _racing(root: Path) -> None:
    """A rebase that stopped, because both branches registered 1.1.0."""
    git(root, "switch", "--quiet", "-c", "side")
    edit(root, "a/b", ["one", "ours"])
    must(llmreg(root, "register", "a/b", "--commit"))
    git(root, "switch", "--quiet", "main")
    edit(root, "a/b", ["one", "theirs"])
    must(llmreg(root, "register", "a/b", "--commit"))
    git(root, "switch", "--quiet", "side")
    git(root, "rebase", "main", fails=True)
    edit(root, "a/b", ["one", "theirs", "ours"])


def _uninitialised(root: Path) -> None:
    for path in ("llmreg.yaml", ".gitattributes"):
        (root / path).unlink()


CASES = (
    Case("init", ["init"], _uninitialised),
    Case("new", ["new", "c/d", "--format", "json"]),
    Case("register", ["register", "a/b"], _edited),
    Case("register --commit", ["register", "a/b", "--commit"], _edited),
    Case("register --batch", ["register", "--batch", "batch.jsonl"], _batch),
    Case("lock-mcp", ["lock-mcp", "tools/x", "--from", "tools.json"], _tools),
    Case("deprecate", ["deprecate", "a/b@1.0.0", "--reason", "old"]),
    Case("resolve", ["resolve", "a/b"], _racing),
    Case("export", ["export", "--out", "out"], lambda root: write(root, ".git/info/exclude", "out/\n")),
    Case("export, index swap", ["export", "--out", "out"], _exported),
    Case("export --static", ["export", "--static", "--out", "out"], _exported),
)


def interrupted(root: Path, how: str, step: int, arguments: Sequence[str]) -> Done:
    module = [sys.executable, "-m", "benchmarks.faults.interrupt", how, str(step), str(root), "-C", str(root)]
    return run([*module, *arguments], Path(__file__).parents[2])


def try_case(case: Case, how: str, every: int, scratch: Path) -> Tally:
    """Every step of one command."""
    tally = Tally()
    before = copy(scratch / "start", scratch / "before")
    if case.prepare is not None:
        case.prepare(before)
    whole = copy(before, scratch / "whole")
    counted = _STEPS.search(interrupted(whole, how, 0, case.arguments).stderr)
    assert counted is not None, case.name
    wanted = (kept(whole), staged(whole))
    for step in range(1, int(counted[1]) + 1, every):
        root = copy(before, scratch / "root")
        cut = interrupted(root, how, step, case.arguments)
        tally.tried += 1
        look(tally, f"{case.name}, step {step}", how, cut, before, root)
        again = llmreg(root, *case.arguments)
        compare(tally, f"{case.name}, step {step}", again, (kept(root), staged(root)), wanted)
    return tally


def look(tally: Tally, where: str, how: str, cut: Done, before: Path, root: Path) -> None:
    """What the cut-off command left."""
    if how == "kill":
        tally.count("killed", cut.returncode == -9)
    elif not is_clear(cut):
        tally.fail(where, f"no clear error: {cut.returncode} {cut.stderr[-400:]}")
    else:
        tally.count("refused", cut.returncode != 0)
    for what in set(torn(root)) - set(torn(before)):  # a conflict is torn to begin with
        tally.fail(where, what)
    found = files(root)
    tally.count("temporary files", sum(Path(path).name.startswith(TEMPORARY_PREFIX) for path in found))


def kept(root: Path) -> dict[str, bytes]:
    """The files that count: an index says when it was made, so of an export only its manifest's content is compared."""
    found = {path: data for path, data in files(root).items() if not path.startswith("out/")}
    manifest = root / _EXPORTED[0]
    if manifest.exists():
        found["content"] = str(json.loads(manifest.read_bytes())["content"]).encode()
    return {path: data for path, data in found.items() if not Path(path).name.startswith(TEMPORARY_PREFIX)}


def compare(
    tally: Tally, where: str, again: Done, now: tuple[dict[str, bytes], str], wanted: tuple[dict[str, bytes], str]
) -> None:
    if not is_clear(again):
        tally.fail(where, f"the rerun exits {again.returncode}: {again.stderr[-400:]}")
    for path in sorted(now[0].keys() | wanted[0].keys()):
        if now[0].get(path) != wanted[0].get(path):
            tally.fail(where, f"{path} is not what it is without the cut ({again.returncode} {again.stderr[-200:]})")
    if now[1] != wanted[1]:
        tally.fail(where, "Git's index is not what it is without the cut")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--how", default="kill", help="kill, or an error: ENOSPC, EROFS, EIO")
    parser.add_argument("--only", default="", help="cases whose name begins so")
    parser.add_argument("--every", type=int, default=1, help="only each so-manieth step")
    options = parser.parse_args()
    status = 0
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name).resolve()
        start(scratch / "start")
        commit(scratch / "start", "more")
        for case in CASES:
            if case.name.startswith(options.only):
                status |= try_case(case, options.how, options.every, scratch).show(f"{case.name}, {options.how}")
    raise SystemExit(status)


if __name__ == "__main__":
    main()
