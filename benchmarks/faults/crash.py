"""Kill registrations with SIGKILL at random points, and race many: nothing torn, nothing lost, a rerun completes.

python -m benchmarks.faults.crash [--kills 200] [--racers 8] [--state 1]
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import LLMREG
from benchmarks.synthetic import git
from llmreg.store import layout
from llmreg.store.ledger import parse_ledger

_PER_SUBJECT = 25
_WINDOWS = ((0.2, 1.1), (0.7, 1.0))  # anywhere, and where the files are written


@dataclass
class Tally:
    """What was seen over all tries."""

    tries: int = 0
    killed: int = 0
    torn: int = 0
    half: int = 0
    orphans: int = 0
    temporary: int = 0
    unfinished: int = 0


def start(root: Path) -> Path:
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    subprocess.run([LLMREG, "init"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    return root


def edit(root: Path, subject: str, number: int) -> None:
    """A change that is compatible with the one before."""
    folder = root / layout.subject_dir(subject)
    folder.mkdir(parents=True, exist_ok=True)
    (root / layout.config_path(subject)).write_text("format: json\n")
    properties = {f"p{item}": {"type": "string", "maxLength": 10} for item in range(number + 1)}
    (root / layout.working_path(subject, ".json")).write_text(json.dumps({"type": "object", "properties": properties}))


def register(root: Path, subject: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [LLMREG, "register", subject], cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def inspect(root: Path, subject: str, tally: Tally) -> int:
    """Look at the files after a kill; the number of registered versions."""
    ledger = root / layout.ledger_path(subject)
    data = ledger.read_bytes() if ledger.exists() else b""
    try:
        lines = parse_ledger(data, subject)
    except Exception:  # noqa: BLE001 - whatever it is, it is a torn ledger
        tally.torn += 1
        return -1
    files = {path.name for path in (root / layout.versions_dir(subject)).glob("*")}
    known = {f"{line.version}.json" for line in lines}
    tally.half += len(known - files)
    tally.temporary += sum(name.startswith(layout.TEMPORARY_PREFIX) for name in files)
    tally.orphans += len({name for name in files - known if not name.startswith(layout.TEMPORARY_PREFIX)})
    return len(lines)


def kill_loop(root: Path, kills: int, state: int) -> Tally:
    """One try is: edit, register, kill after a random time, look, register again to the end, look again."""
    chance = random.Random(state)
    tally = Tally()
    edit(root, "a/b", 0)
    began = time.monotonic()
    register(root, "a/b").wait()  # how long one takes, to aim the kills
    usual = time.monotonic() - began
    for number in range(1, kills + 1):
        subject = f"a/b{number // _PER_SUBJECT}"
        edit(root, subject, number % _PER_SUBJECT)
        process = register(root, subject)
        time.sleep(usual * chance.uniform(*chance.choice(_WINDOWS)))
        tally.tries += 1
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            tally.killed += 1
        process.wait()
        inspect(root, subject, tally)
        if register(root, subject).wait() != 0:
            tally.unfinished += 1
    return tally


def race(root: Path, racers: int) -> tuple[int, int]:
    """Every racer registers its own subject and the common one; (versions written, versions expected)."""
    for racer in range(racers):
        edit(root, f"race/s{racer}", racer)
    edit(root, "race/common", 1)
    processes = [register(root, f"race/s{racer}") for racer in range(racers)]
    processes += [register(root, "race/common") for _ in range(racers)]
    for process in processes:
        process.wait()
    subjects = [f"race/s{racer}" for racer in range(racers)] + ["race/common"]
    written = sum(inspect(root, subject, Tally()) for subject in subjects)
    return written, racers + 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--racers", type=int, default=8)
    parser.add_argument("--state", type=int, default=1, help="seed of the random points")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = start(Path(scratch) / "registry")
        tally = kill_loop(root, options.kills, options.state)
        print(
            f"{tally.tries} registrations, {tally.killed} killed: {tally.torn} torn ledgers, "
            f"{tally.half} lines without a file, {tally.orphans} orphan files, "
            f"{tally.temporary} temporary files, {tally.unfinished} reruns failed"
        )
        written, expected = race(root, options.racers)
        print(f"{options.racers} racing pairs of registrations: {written} versions written, {expected} expected")
        check = subprocess.run([LLMREG, "check", "--all"], cwd=root, capture_output=True, text=True, check=False)
        print(f"check --all exits {check.returncode}")
        failed = tally.torn or tally.half or tally.unfinished or written != expected or check.returncode
        raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
