"""Throw broken, odd and hostile inputs at every parser and loader, and count what leaves as anything but an error for
people. Each target runs in a process of its own, with a limit on memory and on the time of one input; inputs that
reach a line of llmreg that none reached before are kept and changed further.

    python -m benchmarks.fuzz --seconds 30
    python -m benchmarks.fuzz --only 'JSON' --seconds 300 --seed 7
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.fuzz.targets import TARGETS

_GRACE_SECONDS = 60
_ROOT = Path(__file__).parents[2]


def main() -> int:
    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__, formatter_class=about)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each target")
    parser.add_argument("--seed", type=int, default=1, help="other seeds try other inputs")
    parser.add_argument("--only", default="", help="targets whose name holds this")
    wanted = parser.parse_args()
    print(f"{'target':34} {'tried':>9} {'refused':>9} {'kept':>6} {'lines':>6}  failures")
    total = bad = 0
    for name in TARGETS:
        if wanted.only.lower() in name.lower():
            found = _run(name, wanted.seconds, wanted.seed)
            total += found["tried"]
            bad += len(found["failures"])
            numbers = f"{found['tried']:9} {found['refused']:9} {found['corpus']:6} {found['lines']:6}"
            print(f"{name:34} {numbers}  {len(found['failures']) or '-'}", flush=True)
            for key, failure in found["failures"].items():
                print(f"    {key}: {failure['error']}\n        {bytes.fromhex(failure['input'])[:600]!r}", flush=True)
    print(f"{total} inputs, {bad} ways to fail")
    return 1 if bad else 0


def _run(name: str, seconds: float, seed: int) -> dict[str, Any]:
    """{tried, refused, corpus, lines, failures}; a crash of the interpreter is a failure too, with its input."""
    with tempfile.TemporaryDirectory() as folder:
        place = f"{folder}/case"
        command = [sys.executable, "-m", "benchmarks.fuzz.worker", name, place, str(seconds), str(seed)]
        try:
            done = subprocess.run(
                command,
                timeout=seconds + _GRACE_SECONDS,
                capture_output=True,
                text=True,
                check=False,
                cwd=folder,
                env={"PYTHONPATH": os.pathsep.join((str(_ROOT), str(_ROOT / "src"))), "PATH": "/usr/bin:/bin"},
            )
            why = f"ended with status {done.returncode}: {done.stderr[-600:]}"
        except subprocess.TimeoutExpired:
            why = "did not come back"
        result, tried = Path(place + ".json"), Path(place + ".input")
        found: dict[str, Any] = {"tried": 0, "refused": 0, "corpus": 0, "lines": 0, "failures": {}}
        if result.exists():
            found |= json.loads(result.read_text())
        else:
            found["failures"] = {why: {"error": "", "input": tried.read_bytes().hex() if tried.exists() else ""}}
        return found


if __name__ == "__main__":
    sys.exit(main())
