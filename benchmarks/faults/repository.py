"""Run every command in repositories that Git left half way: each must answer clearly, and nothing committed may change.

python -m benchmarks.faults.repository [--only NAME]

A state is a merge, rebase, cherry-pick or revert that stopped, conflict markers in each kind of file, locks that a dead
git left, a detached, shallow, unborn, half-cloned, damaged or bare repository. A clear answer has one of our exit
statuses and no traceback; the row says which words one of the answers must have. Afterwards every branch points where
it did, every commit's files are what they were, and no ledger is torn that was whole before.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.ground import (
    Tally,
    commit,
    copy,
    edit,
    git,
    is_clear,
    llmreg,
    must,
    run,
    start,
    torn,
    try_table,
    write,
)
from llmreg.store import layout

_SUBJECT = "a/b"
_LEDGER = layout.ledger_path(_SUBJECT)
_WORKING = layout.working_path(_SUBJECT, ".json")
_CONFLICT = "<<<<<<< ours\n{}=======\n{}>>>>>>> theirs\n"
COMMANDS = (
    ("check",),
    ("check", "--against", "main"),
    ("check", "--staged"),
    ("check", "--all"),
    ("doctor",),
    ("list",),
    ("log", _SUBJECT),
    ("diff", _SUBJECT),
    ("status", _SUBJECT),
    ("export", "--out", ".git/exported"),
    ("verify", "main"),
    ("deprecate", f"{_SUBJECT}@1.0.0", "--reason", "old"),
    ("register", _SUBJECT),
    ("register", "--changed", "--commit"),
    ("resolve", _SUBJECT),
    ("doctor", "--fix"),
)


@dataclass(frozen=True)
class State:
    """`words`: command → what its answer must say. `fails`: commands that must not end with 0 here."""

    name: str
    make: Callable[[Path], object]
    words: dict[str, str]
    fails: tuple[str, ...] = ()


def _stopped(*command: str) -> Callable[[Path], object]:
    def make(root: Path) -> None:
        git(root, "switch", "--quiet", "side")
        git(root, *command, fails=True)

    return make


def _markers(path: str) -> Callable[[Path], object]:
    def make(root: Path) -> None:
        text = (root / path).read_text()
        write(root, path, _CONFLICT.format(text, text))
        commit(root, "markers")

    return make


def _locked(name: str) -> Callable[[Path], object]:
    def make(root: Path) -> None:
        edit(root, _SUBJECT, ["one", "theirs", "more"])
        write(root, f".git/{name}", "")

    return make


def _gone(pattern: str) -> Callable[[Path], object]:
    def make(root: Path) -> None:
        for path in sorted((root / ".git").glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return make


def _overwritten(name: str) -> Callable[[Path], object]:
    def make(root: Path) -> None:
        path = root / ".git" / name
        path.chmod(0o644)
        path.write_bytes(b"garbage" + path.read_bytes()[7:40])

    return make


def _blob_gone(root: Path) -> None:
    oid = git(root, "rev-parse", f"main:{_LEDGER}").strip()
    (root / ".git/objects" / oid[:2] / oid[2:]).unlink()


def _replaced(*clone: str) -> Callable[[Path], object]:
    """The repository becomes a clone of itself."""

    def make(root: Path) -> None:
        origin = root.with_name("origin")
        shutil.rmtree(origin, ignore_errors=True)
        root.rename(origin)
        git(origin, "clone", "--quiet", *clone, origin.as_uri(), str(root))

    return make


def _half_cloned(root: Path) -> None:
    """Objects have come, refs and files have not."""
    _replaced("--no-checkout")(root)
    _gone("packed-refs")(root)
    _gone("refs/*/*")(root)


def _unborn(root: Path) -> None:
    git(root, "switch", "--quiet", "--orphan", "new")
    must(llmreg(root, "init"))
    edit(root, _SUBJECT, ["one"])


def _bare(root: Path) -> None:
    git(root, "config", "core.bare", "true")


def _work_tree_elsewhere(root: Path) -> None:
    """A linked work tree whose main repository is gone."""
    main = root.with_name("gone")
    shutil.rmtree(main, ignore_errors=True)
    root.rename(main)
    git(main, "worktree", "add", "--quiet", "--detach", str(root))
    main.rename(main.with_name("moved"))


def _edited_and_stashed(root: Path) -> None:
    git(root, "switch", "--quiet", "side")
    edit(root, _SUBJECT, ["one", "ours", "more"])
    git(root, "stash", "--quiet")
    git(root, "switch", "--quiet", "main")
    git(root, "stash", "pop", fails=True)


STATES = (
    State(
        "merge stopped", _stopped("merge", "main"), {"check": "llmreg resolve", "doctor": "llmreg resolve"}, ("check",)
    ),
    State(
        "rebase stopped",
        _stopped("rebase", "main"),
        {"check": "llmreg resolve", "doctor": "llmreg resolve"},
        ("check",),
    ),
    State(
        "cherry-pick stopped",
        _stopped("cherry-pick", "main"),
        {"check": "llmreg resolve", "doctor": "llmreg resolve"},
        ("check",),
    ),
    State("revert stopped", _stopped("revert", "--no-edit", "main"), {}),
    State("stash stopped", _edited_and_stashed, {}),
    State("markers in the ledger", _markers(_LEDGER), {"check --all": "llmreg resolve"}, ("check --all",)),
    State("markers in the working file", _markers(_WORKING), {"check --all": _WORKING}, ("check --all",)),
    State(
        "markers in subject.yaml",
        _markers(layout.config_path(_SUBJECT)),
        {"check --all": "subject.yaml"},
        ("check --all",),
    ),
    State("markers in llmreg.yaml", _markers("llmreg.yaml"), {"check --all": "llmreg.yaml"}, ("check --all",)),
    State("index.lock", _locked("index.lock"), {"register": "git add"}),
    State("HEAD.lock", _locked("HEAD.lock"), {}),
    State("a branch's lock", _locked("refs/heads/main.lock"), {}),
    State("detached", lambda root: git(root, "switch", "--quiet", "--detach", "main~1"), {}),
    State("shallow", _replaced("--depth", "1"), {}),
    State("partial clone", _replaced("--filter=blob:none"), {}),
    State("half cloned", _half_cloned, {}),
    State("unborn branch", _unborn, {}),
    State("bare", _bare, {}),
    State("no .git", lambda root: shutil.rmtree(root / ".git"), {}),
    State("no HEAD", _gone("HEAD"), {}),
    State("no objects", _gone("objects/??"), {}),
    State("one blob gone", _blob_gone, {}),
    State("no index", _gone("index"), {}),
    State("damaged index", _overwritten("index"), {}),
    State("damaged HEAD", _overwritten("HEAD"), {}),
    State("damaged config", _overwritten("config"), {}),
    State("main repository of a work tree gone", _work_tree_elsewhere, {}),
)


def prepare(root: Path) -> Path:
    """`main` and `side` both registered a 1.1.0."""
    start(root)
    for branch, name in (("side", "ours"), ("main", "theirs")):
        git(root, "switch", "--quiet", *(["main"] if branch == "main" else ["-c", branch, "main"]))
        edit(root, _SUBJECT, ["one", name])
        must(llmreg(root, "register", _SUBJECT, "--commit"))
    return root


def _refs(root: Path) -> dict[str, str]:
    done = run(["git", "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads"], root)
    return dict(line.split() for line in done.stdout.splitlines()) if not done.returncode else {}


def try_state(state: State, scratch: Path, tally: Tally) -> None:
    made = copy(scratch / "start", scratch / "root")
    state.make(made)
    kept = copy(made, scratch / "kept")
    refs, broken = _refs(made), torn(made)
    for command in COMMANDS:
        root = copy(kept, made)
        done = llmreg(root, *command)
        said = done.stdout + done.stderr
        where = f"{state.name}: {' '.join(command)}"
        tally.tried += 1
        tally.count(f"ended with {done.returncode}")
        if not is_clear(done):
            tally.fail(where, f"no clear answer: {done.returncode} {said[-600:]}")
        _expect(state, " ".join(command[:-1] if command[-1] == _SUBJECT else command), done.returncode, said, tally)
        moved = {name: oid for name, oid in _refs(root).items() if oid != refs.get(name)}
        if moved and "--commit" not in command:
            tally.fail(where, f"branches moved: {moved}")
        for what in set(torn(root)) - set(broken):
            tally.fail(where, what)


def _expect(state: State, command: str, status: int, said: str, tally: Tally) -> None:
    where = f"{state.name}: {command}"
    if state.words.get(command, "") not in said:
        tally.fail(where, f"{state.words[command]!r} is not in: {said[-400:]}")
    if command in state.fails and not status:
        tally.fail(where, "it passes")


def main() -> None:
    try_table(__doc__, "repository states", STATES, prepare, try_state)


if __name__ == "__main__":
    main()
