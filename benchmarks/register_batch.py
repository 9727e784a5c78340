"""Measure `llmreg register --batch --commit`: versions a second of CPU, start-up and the one commit included.

python -m benchmarks.register_batch [--versions 5000] [--of-one 5] [--runs 3] [--place DIR]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

from benchmarks import synthetic
from benchmarks.measure import LLMREG, Command, Run, once


def batch(path: Path, versions: int, of_one: int) -> None:
    """One line a version; those of one subject follow each other."""
    with path.open("w") as file:
        for number in range(versions):
            subject, version = divmod(number, of_one)
            line = {
                "subject": synthetic.name_of(subject),
                "format": "json",
                "schema": synthetic.schema(subject, version),
            }
            file.write(json.dumps(line) + "\n")


def registry(root: Path) -> Path:
    """An empty registry in a new repository."""
    root.mkdir()
    synthetic.git(root, "init", "--quiet", "--initial-branch=main")
    for name in ("name", "email"):
        synthetic.git(root, "config", f"user.{name}", synthetic.IDENTITY[f"GIT_AUTHOR_{name.upper()}"])
    subprocess.run([LLMREG, "init"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    return root


def measure(place: Path, versions: int, of_one: int, runs: int) -> list[Run]:
    """Each run starts with an empty registry."""
    lines = place / f"{versions}-{of_one}.jsonl"
    batch(lines, versions, of_one)
    found = []
    for number in range(runs):
        root = registry(place / f"registry-{of_one}-{number}")
        found.append(once(Command("register", [str(LLMREG), "register", "--batch", str(lines), "--commit"], root)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", type=int, default=5000)
    parser.add_argument("--of-one", type=int, default=5, help="versions of one subject")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--place", type=Path, help="a directory on the file system to measure")
    options = parser.parse_args()
    print(
        f"{'versions':>8}{'subjects':>10}{'CPU s median':>14}{'least':>8}{'wall s':>8}{'a CPU second':>17}{'best':>7}"
    )
    for of_one in dict.fromkeys((options.of_one, 1)):
        with tempfile.TemporaryDirectory(dir=options.place) as place:
            found = measure(Path(place), options.versions, of_one, options.runs)
        cpu = sorted(run.cpu for run in found)
        usual, wall = statistics.median(cpu), statistics.median(run.wall for run in found)
        rates = f"{options.versions / usual:>17.0f}{options.versions / cpu[0]:>7.0f}"
        subjects = -(-options.versions // of_one)
        print(f"{options.versions:>8}{subjects:>10}{usual:>14.2f}{cpu[0]:>8.2f}{wall:>8.1f}{rates}")


if __name__ == "__main__":
    main()
