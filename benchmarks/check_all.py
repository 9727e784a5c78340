"""Measure `llmreg check --all` as a registry grows, in one process and shared among several; the answers are compared.

python -m benchmarks.check_all [--jobs 2] [--versions 1000 10000] [--large] [--keep DIR]

`--large` adds 100,000 versions. Each registry has five versions a subject.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

from benchmarks.measure import LLMREG, Command, once
from benchmarks.synthetic import build

_OF_ONE = 5


def answers(root: Path, jobs: int) -> bool:
    """Whether several processes say to the byte what one says."""
    said = [
        subprocess.run(
            [LLMREG, "check", "--all", "-o", "json", "--jobs", str(count)], cwd=root, check=True, capture_output=True
        ).stdout
        for count in (1, jobs)
    ]
    return said[0] == said[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--versions", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--large", action="store_true", help="100,000 versions as well")
    parser.add_argument("--keep", type=Path, help="build the registries here and keep them")
    options = parser.parse_args()
    print(f"{'versions':>8}{'jobs':>6}{'CPU s':>8}{'wall s':>8}{'ms CPU a version':>18}{'of one process':>16}")
    with tempfile.TemporaryDirectory() as scratch:
        place = options.keep or Path(scratch)
        for versions in [*options.versions, *([100_000] if options.large else [])]:
            root = build(place / f"registry-{versions // _OF_ONE}", versions // _OF_ONE, _OF_ONE)
            alone = 0.0
            for jobs in dict.fromkeys((1, options.jobs)):
                run = once(Command("check", [str(LLMREG), "check", "--all", "--jobs", str(jobs)], root))
                alone = alone or run.wall
                a_version = run.cpu / versions * 1000
                print(
                    f"{versions:>8}{jobs:>6}{run.cpu:>8.2f}{run.wall:>8.1f}{a_version:>18.2f}{run.wall / alone:>15.0%}"
                )
            if versions == options.versions[0] and not answers(root, options.jobs):
                raise SystemExit("several processes say something else than one")


if __name__ == "__main__":
    main()
