"""Measure whole commands: CPU seconds (user + system, children included) and wall seconds, in turn, with medians."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LLMREG = Path(sys.executable).with_name("llmreg")


@dataclass(frozen=True)
class Command:
    """One command to measure; `statuses` are the exit statuses that count as having worked."""

    name: str
    argv: Sequence[str]
    cwd: Path | None = None
    statuses: Sequence[int] = (0,)


@dataclass(frozen=True)
class Run:
    """Seconds, and the exit status."""

    cpu: float
    wall: float
    status: int = 0


def once(command: Command) -> Run:
    """Run it to its end; the CPU is that of the process and everything it waited for."""
    began = time.monotonic()
    process = subprocess.Popen(
        command.argv,
        cwd=command.cwd,
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode not in command.statuses:
        raise SystemExit(f"{command.name} exited {process.returncode}: {errors.decode(errors='replace')}")
    return Run(usage.ru_utime + usage.ru_stime, time.monotonic() - began, process.returncode)


def in_turn(commands: Sequence[Command], runs: int) -> dict[str, list[Run]]:
    """Each command once per round, so that a machine that slows down slows all of them; one round is a warm-up."""
    results: dict[str, list[Run]] = {command.name: [] for command in commands}
    for round_number in range(runs + 1):
        for command in commands:
            run = once(command)
            if round_number:
                results[command.name].append(run)
    return results


def show(results: dict[str, list[Run]], *, base: str) -> None:
    """A table: median and least CPU, median wall, and the median of the ratios to `base`, round by round."""
    print(f"{'command':<44}{'CPU ms median':>14}{'least':>8}{'wall ms':>9}{'ratio':>7}")
    for name, runs in results.items():
        cpu = [run.cpu * 1000 for run in runs]
        ratios = [run.cpu / other.cpu for run, other in zip(runs, results[base], strict=True)]
        wall = statistics.median(run.wall * 1000 for run in runs)
        print(f"{name:<44}{statistics.median(cpu):>14.0f}{min(cpu):>8.0f}{wall:>9.0f}{statistics.median(ratios):>7.2f}")


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that at least so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * percent // 100).__int__() - 1))]
