"""A disk that is full, and places that may not be written: a clear error, nothing lost, and a rerun that ends well.

python -m benchmarks.faults.disk [--only NAME] [--kind full|read-only]

full: the registry lies on a small tmpfs (needs root, to mount it) that is filled up but for so many kilobytes; each
command is tried with less and more space. Where nothing can be mounted, `benchmarks.faults.steps --how ENOSPC` raises
the error before each step instead. read-only: every folder and file in turn loses its permission to be written, or to
be read; root obeys that too, because `setpriv` takes the capabilities away that would let it not.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.faults.ground import Done, Tally, commit, copy, llmreg, must, run, staged, start
from benchmarks.faults.steps import CASES, Case, compare, kept, look

_SIZE = 16 << 20
_FREE = (0, 4, 8, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)  # KiB
_MODES = {"may not be written": 0o555, "may not be read": 0o000}
_PLACES = (
    "",
    "subjects",
    "subjects/a",
    "subjects/a/b",
    "subjects/a/b/versions",
    "subjects/a/b/versions.jsonl",
    "subjects/a/b/versions/1.0.0.json",
    "subjects/a/b/schema.json",
    "subjects/a/b/subject.yaml",
    "llmreg.yaml",
    ".git",
    ".git/objects",
    ".git/refs/heads",
    ".git/index",
    ".git/HEAD",
    "out",
    "out/index.sqlite",
    "out/manifest.json",
)


@contextmanager
def small_disk(place: Path) -> Iterator[bool]:
    """A tmpfs at `place`; False where it cannot be mounted."""
    place.mkdir()
    mounted = run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(place)], place.parent).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            run(["umount", str(place)], place.parent)


def fill(place: Path, kilobytes: int) -> Path:
    """A file that leaves so much space, as the system counts it."""
    filler = place / "filler"
    status = os.statvfs(place)
    filler.write_bytes(b"\1" * max(0, status.f_bavail * status.f_frsize - (kilobytes << 10)))
    return filler


def confined(root: Path, *arguments: str) -> Done:
    """llmreg without the capabilities that let root ignore permissions."""
    lost = "--bounding-set=-dac_override,-dac_read_search,-fowner"
    drop = ["setpriv", lost, "--inh-caps=-dac_override,-dac_read_search,-fowner"] if os.geteuid() == 0 else []
    return run([*drop, sys.executable, "-m", "llmreg", *arguments], root)


def full(case: Case, before: Path, disk: Path, tally: Tally) -> None:
    wanted = _wanted(case, before, disk / "root")
    for free in _FREE:
        where = f"{case.name}, {free} KiB free"
        root = copy(before, disk / "root")
        filler = fill(disk, free)
        done = llmreg(root, *case.arguments)
        filler.unlink()
        tally.tried += 1
        look(tally, where, "ENOSPC", done, before, root)
        compare(tally, where, llmreg(root, *case.arguments), (kept(root), staged(root)), wanted)


def read_only(case: Case, before: Path, scratch: Path, tally: Tally) -> None:
    wanted = _wanted(case, before, scratch / "root")
    for place in _PLACES:
        for name, mode in _MODES.items():
            where = f"{case.name}, {place or 'the root'} {name}"
            root = copy(before, scratch / "root")
            path = root / place
            if not path.exists():
                continue
            usual = path.stat().st_mode
            path.chmod(mode if path.is_dir() else mode & 0o444)
            done = confined(root, *case.arguments)
            if path.exists():
                path.chmod(usual)
            tally.tried += 1
            look(tally, where, "EACCES", done, before, root)
            compare(tally, where, llmreg(root, *case.arguments), (kept(root), staged(root)), wanted)


def _wanted(case: Case, before: Path, root: Path) -> tuple[dict[str, bytes], str]:
    copy(before, root)
    must(llmreg(root, *case.arguments))
    return kept(root), staged(root)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="commands whose name begins so")
    parser.add_argument("--kind", choices=("full", "read-only"), help="only one of the two")
    options = parser.parse_args()
    status = 0
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name).resolve()
        start(scratch / "start")
        commit(scratch / "start", "more")
        with small_disk(scratch / "disk") as mounted:
            if not mounted:
                print("nothing can be mounted here: see benchmarks.faults.steps --how ENOSPC")
            for case in CASES:
                if not case.name.startswith(options.only):
                    continue
                before = copy(scratch / "start", scratch / "before")
                if case.prepare is not None:
                    case.prepare(before)
                if mounted and options.kind != "read-only":
                    tally = Tally()
                    full(case, before, scratch / "disk", tally)
                    shutil.rmtree(scratch / "disk/root")
                    status |= tally.show(f"{case.name}, disk full")
                if options.kind != "full":
                    tally = Tally()
                    read_only(case, before, scratch, tally)
                    status |= tally.show(f"{case.name}, read-only")
    raise SystemExit(status)


if __name__ == "__main__":
    main()
