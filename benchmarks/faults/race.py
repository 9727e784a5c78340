"""Two and more clones register the same subject and push to one bare repository: everybody's work arrives, in order.

python -m benchmarks.faults.race [--clones 4] [--rounds 5]

First two clones in every combination: the same version with other content, with the same content, the next version,
another subject; pulled with a merge, and with a rebase. The second push must be refused, the pull must stop where two
contents meet, `check` and `doctor` must name `llmreg resolve`, and after it the push must succeed. Then many clones at
once, each of which adds a field of its own again and again. At the end the bare repository's ledger must have grown
only at its end in every commit, and every content that anybody registered must be in it, or in its successor's.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from pathlib import Path

from benchmarks.faults.ground import Tally, commit, edit, git, llmreg, must, run, start, write
from llmreg.store import layout

_SUBJECT = "a/b"
_LEDGER = layout.ledger_path(_SUBJECT)
_WORKING = layout.working_path(_SUBJECT, ".json")
_NEVER: tuple[str, ...] = ()
_SECOND = {  # what the second registers after the first registered `theirs`: (subject, fields, where it conflicts)
    "same version, other content": (_SUBJECT, [["ours"]], ("merge", "rebase")),
    "same version, same content": (_SUBJECT, [["theirs"]], _NEVER),
    "two versions": (_SUBJECT, [["ours"], ["ours", "more"]], ("merge", "rebase")),
    "same first, then another": (_SUBJECT, [["theirs"], ["theirs", "more"]], ("merge",)),  # a rebase skips the first
    "another subject": ("a/c", [["ours"]], _NEVER),
}


def _register(root: Path, subject: str, fields: list[str]) -> None:
    edit(root, subject, ["one", *fields])
    must(llmreg(root, "register", subject, "--commit"))


def _fields(text: str) -> list[str]:
    return list(json.loads(text)["properties"])


def _pull(root: Path, how: str) -> bool:
    """Whether it went through."""
    return (
        run(
            ["git", "-c", "pull.rebase=" + ("true" if how == "rebase" else "false"), "pull", "--quiet"], root
        ).returncode
        == 0
    )


def _settle(root: Path, how: str, tally: Tally, where: str) -> None:
    """Until Git has nothing left to put together: both sides' fields in the working file, then `resolve`."""
    while not _done(root):
        for command in ("check", "doctor"):
            said = llmreg(root, command)
            if f"llmreg resolve {_SUBJECT}" not in said.stdout + said.stderr:
                tally.fail(where, f"{command} does not name `llmreg resolve`: {(said.stdout + said.stderr)[-300:]}")
        sides = [
            done.stdout
            for side in ("2", "3")
            if not (done := run(["git", "show", f":{side}:{_WORKING}"], root)).returncode
        ]
        if sides:
            edit(root, _SUBJECT, list(dict.fromkeys(field for text in sides for field in _fields(text))))
        must(llmreg(root, "resolve", _SUBJECT))
        tally.count("conflicts resolved")
        next_step = ["rebase", "--continue"] if how == "rebase" else ["commit", "--quiet", "--no-edit"]
        run(["git", *next_step], root)


def _done(root: Path) -> bool:
    states = ("rebase-merge", "rebase-apply", "MERGE_HEAD")
    return not any((root / ".git" / name).exists() for name in states)


def _push(root: Path) -> bool:
    return run(["git", "push", "--quiet", "origin", "main"], root).returncode == 0


def _clone(bare: Path, root: Path) -> Path:
    git(bare.parent, "clone", "--quiet", str(bare), str(root))
    return root


def _bare(scratch: Path) -> Path:
    start(scratch / "first")
    git(scratch, "clone", "--quiet", "--bare", str(scratch / "first"), str(scratch / "bare.git"))
    hook = scratch / "bare.git/hooks/post-receive"
    hook.write_text("#!/bin/sh\ngit rev-parse main >> pushed\n")  # what everybody could fetch, in order
    hook.chmod(0o755)
    return scratch / "bare.git"


def _judge(bare: Path, scratch: Path, wanted: set[str], tally: Tally, where: str) -> None:
    """The remote is whole, its ledger only grew, and every field that was pushed is in the newest version."""
    final = _clone(bare, scratch / "final")
    for command in (("check", "--all"), ("doctor",)):
        done = llmreg(final, *command)
        if done.returncode:
            tally.fail(where, f"{' '.join(command)} at the end: {done.stdout[-400:]}{done.stderr[-200:]}")
    before = ""
    for oid in (bare / "pushed").read_text().split():
        ledger = git(bare, "show", f"{oid}:{_LEDGER}")
        if not ledger.startswith(before):
            tally.fail(where, f"the ledger of {oid[:12]} does not continue the one that was there")
        before = ledger
    held: set[str] = set()
    for path in (final / layout.SUBJECTS).rglob("versions/*.json"):
        held.update(_fields(path.read_text()))
    if wanted - held:
        tally.fail(where, f"lost: {sorted(wanted - held)}")


def two(name: str, how: str, scratch: Path, tally: Tally) -> None:
    where = f"{name}, {how}"
    subject, steps, conflicts = _SECOND[name]
    conflict = how in conflicts
    bare = _bare(scratch)
    one, other = _clone(bare, scratch / "one"), _clone(bare, scratch / "other")
    write(other, "note.txt", name)
    commit(other, "so that the same registration is another commit")
    _register(one, _SUBJECT, ["theirs"])
    for fields in steps:
        _register(other, subject, fields)
    if not _push(one):
        tally.fail(where, "the first push is refused")
    if _push(other):
        tally.fail(where, "the second push goes through without a pull")
    if _pull(other, how) is conflict:
        tally.fail(where, "the pull stops" if not conflict else "the pull does not stop")
    if conflict:
        _settle(other, how, tally, where)
    if not _push(other):
        tally.fail(where, "the push after the pull is refused")
    tally.tried += 1
    _judge(bare, scratch, {"theirs", *(field for fields in steps for field in fields)}, tally, where)


def many(clones: int, rounds: int, scratch: Path, tally: Tally) -> None:
    """Everybody registers, then all push in an order of chance, each as often as it takes."""
    chance = random.Random(1)
    bare = _bare(scratch)
    roots = [_clone(bare, scratch / f"clone{number}") for number in range(clones)]
    wanted: set[str] = set()
    for turn in range(rounds):
        for number, root in enumerate(roots):
            field = f"f{number}x{turn}"
            _register(root, _SUBJECT, [*_fields((root / _WORKING).read_text())[1:], field])
            wanted.add(field)
        for root in chance.sample(roots, clones):
            how = chance.choice(["merge", "rebase"])
            tally.tried += 1
            while not _push(root):
                if not _pull(root, how):
                    _settle(root, how, tally, f"round {turn}")
    _judge(bare, scratch, wanted, tally, f"{clones} clones")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clones", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    pairs, crowd = Tally(), Tally()
    for name in _SECOND:
        for how in ("merge", "rebase"):
            with tempfile.TemporaryDirectory() as scratch:
                two(name, how, Path(scratch).resolve(), pairs)
    status = pairs.show("two clones")
    with tempfile.TemporaryDirectory() as scratch:
        many(options.clones, options.rounds, Path(scratch).resolve(), crowd)
    raise SystemExit(status | crowd.show(f"{options.clones} clones, {options.rounds} rounds"))


if __name__ == "__main__":
    main()
