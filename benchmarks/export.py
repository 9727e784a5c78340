"""Measure `llmreg export`: the whole registry, after one changed subject, plain files, pages; and where the time goes.

python -m benchmarks.export DIR [--subjects 1000] [--versions 5] [--runs 3] [--jobs N] [--static] [--html] [--phases]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import synthetic
from benchmarks.measure import LLMREG, Command, once


def change(root: Path, number: int) -> None:
    """One subject gets another description, and the change is committed."""
    file = root / "subjects" / synthetic.name_of(0) / "subject.yaml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("description:")]
    file.write_text("\n".join([*lines, f"description: changed {time.time_ns()} {number}", ""]))
    synthetic.git(root, "commit", "--quiet", "--all", "-m", "change one subject")


def commands(root: Path, out: Path, runs: int, options: list[str]) -> None:
    """Cold and updating runs in turn; the ratio of their CPU is what has to stay small."""
    argv = [str(LLMREG), "export", "--out", str(out), *options]
    cold, warm = [], []
    for number in range(runs):
        shutil.rmtree(out, ignore_errors=True)
        cold.append(once(Command("cold", argv, root)))
        change(root, number)
        warm.append(once(Command("update", argv, root)))
    name = " ".join(options) or "index"
    before = statistics.median(run.cpu for run in cold)
    after = statistics.median(run.cpu for run in warm)
    walls = [statistics.median(run.wall for run in each) for each in (cold, warm)]
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    count = sum(1 for path in out.rglob("*") if path.is_file())
    print(f"{name:<18} cold CPU {before:8.2f} s, wall {walls[0]:8.2f} s; {count} files, {size / 1e6:.1f} MB")
    print(f"{name:<18} one change CPU {after:5.3f} s, wall {walls[1]:5.3f} s: {after / before:.1%} of cold")


class Phases:
    """CPU time in some functions of the exporter, less that in those of them that they call."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._stack: list[float] = []

    def wrap(self, owner: Any, name: str, phase: str) -> None:
        called: Callable[..., Any] = getattr(owner, name)

        def timed(*arguments: Any, **named: Any) -> Any:
            self._stack.append(0.0)
            began = time.process_time()
            try:
                return called(*arguments, **named)
            finally:
                took = time.process_time() - began
                self.spent[phase] = self.spent.get(phase, 0.0) + took - self._stack.pop()
                if self._stack:
                    self._stack[-1] += took

        setattr(owner, name, timed)


def phases(root: Path, out: Path, versions: int) -> None:
    """Where the CPU of a cold export goes, in this process."""
    from llmreg.compat.schemas import Schemas
    from llmreg.index import collect
    from llmreg.index.writer import IndexWriter
    from llmreg.ops.export import ExportRequest, export, run
    from llmreg.store.survey import Survey

    clock = Phases()
    clock.wrap(Schemas, "_parse", "parse")
    clock.wrap(collect, "judge_version", "judge")
    clock.wrap(collect, "served", "served text and GUID")
    clock.wrap(collect.Collector, "_terms", "search terms")
    clock.wrap(collect.Collector, "subject", "collect")
    clock.wrap(run, "timeline", "history")
    clock.wrap(Survey, "__init__", "survey")
    clock.wrap(run.Run, "_tell", "read files")
    clock.wrap(run, "pack", "pack")
    for name in ("put_packed", "optimize", "add_moments", "add_events", "finish"):
        clock.wrap(IndexWriter, name, f"write: {name}")
    shutil.rmtree(out, ignore_errors=True)
    began = time.process_time()
    export(ExportRequest(root, out, environment=os.environ, jobs=1))
    whole = time.process_time() - began
    for phase, spent in sorted(clock.spent.items(), key=lambda item: -item[1]):
        print(f"  {phase:<22}{spent:8.2f} s {spent / versions * 1e6:8.0f} µs a version")
    rest = whole - sum(clock.spent.values())
    print(f"  {'everything else':<22}{rest:8.2f} s {rest / versions * 1e6:8.0f} µs a version")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--subjects", type=int, default=1000)
    parser.add_argument("--versions", type=int, default=5)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, help="processes that share the work")
    parser.add_argument("--static", action="store_true")
    parser.add_argument("--html", action="store_true")
    parser.add_argument("--phases", action="store_true")
    options = parser.parse_args()
    root = synthetic.build(options.directory / f"registry-{options.subjects}", options.subjects, options.versions)
    out = options.directory / f"out-{options.subjects}"
    if options.phases:
        phases(root, out, options.subjects * options.versions)
        return
    chosen = [f"--{name}" for name in ("static", "html") if getattr(options, name)]
    if options.jobs is not None:
        chosen += ["--jobs", str(options.jobs)]
    commands(root, out, options.runs, chosen)


if __name__ == "__main__":
    main()
