"""One pair of proto files: `buf breaking` against llmreg, on the same files, in turn, in one run.

python -m benchmarks.protobuf.buf [--buf PATH] [--runs 15] [--messages 1 20 200]

Without `--buf` the program is installed into a virtual environment of its own (`buf-bin` on the package index), kept in
the user's cache folder. Three rows for each size of file: `buf breaking` as a process, llmreg as a process (`llmreg
diff OLD NEW`), and llmreg's comparison inside a running process: both files compiled, both directions, wire and JSON,
every witness confirmed; each time with texts that no cache knows. CPU is that of the process and its children.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from benchmarks.measure import LLMREG, Command, Run, in_turn
from llmreg.formats.interface import CompareOptions, Source
from llmreg.formats.protobuf import FORMAT

HEAD = 'syntax = "proto3";\n\npackage shop.v1;\n\n'


def text(messages: int, *, changed: bool) -> str:
    """A file of `messages` messages of eight fields; changed: one type, one number and one name, one field more."""
    parts = [HEAD]
    for index in range(messages):
        parts.append(
            f"// An order line, the {index}th.\nmessage Line{index} {{\n"
            "  string id = 1;\n  int64 amount = 2;\n  repeated string tags = 3;\n  map<string, int32> counts = 4;\n"
            f"  optional double price = 5;\n  bool paid = 6;\n  Kind{index} kind = 7;\n"
            f"  {f'Line{index - 1}' if index else 'bytes'} before = 8;\n}}\n\n"
            f"enum Kind{index} {{\n  KIND{index}_UNSPECIFIED = 0;\n  KIND{index}_GOOD = 1;\n}}\n\n"
        )
    whole = "".join(parts)
    if not changed:
        return whole
    whole = whole.replace("int64 amount = 2;", "int32 amount = 2;", 1).replace("bool paid = 6;", "bool paid = 9;", 1)
    return whole.replace("repeated string tags = 3;", "repeated string labels = 3;\n  string note = 10;", 1)


def installed() -> Path:
    """The program from the package index, in an environment that is made when it is not there."""
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "llmreg-benchmarks" / "buf"
    program = home / "bin" / "buf"
    if not program.exists():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", "buf-bin"], check=True)
    return program


def commands(program: Path, place: Path, messages: int) -> list[Command]:
    """Both programs on the same two files. buf exits 100 and llmreg 1 when something breaks."""
    sides = {}
    for name in ("old", "new"):
        (place / name).mkdir()
        path = place / name / "line.proto"
        path.write_text(text(messages, changed=name == "new"), encoding="utf-8")
        sides[name] = path
    config = '{"version":"v2","breaking":{"use":["WIRE_JSON"]}}'
    buf = [str(program), "breaking", str(place / "new"), "--against", str(place / "old"), "--config", config]
    ours = [str(LLMREG), "diff", str(sides["old"]), str(sides["new"]), "--mode", "FULL"]
    return [
        Command(f"buf breaking, {messages} messages", buf, cwd=place, statuses=(100,)),
        Command(f"llmreg diff, {messages} messages", ours, cwd=place, statuses=(1,)),
    ]


def inside(messages: int) -> Run:
    """Text in, both verdicts out, in this process."""
    anew = f"// {time.monotonic_ns()}\n"
    cpu, wall = time.process_time(), time.monotonic()
    old, new = (FORMAT.parse(Source((text(messages, changed=changed) + anew).encode())) for changed in (False, True))
    options = CompareOptions(deadline=time.monotonic() + 10)
    answers = [FORMAT.compare(old, new, options), FORMAT.compare(new, old, options)]
    if any(answer.verdict.value != "incompatible" for answer in answers):
        raise SystemExit(f"these files must differ: {answers}")
    return Run(time.process_time() - cpu, time.monotonic() - wall)


def show(name: str, runs: list[Run], base: list[Run]) -> None:
    cpu, wall = ([getattr(run, what) * 1000 for run in runs] for what in ("cpu", "wall"))
    ratio = statistics.median(other.cpu / run.cpu for run, other in zip(runs, base, strict=True))
    print(f"{name:<36}{statistics.median(cpu):>10.1f}{statistics.median(wall):>10.1f}{ratio:>14.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--buf", type=Path)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--messages", type=int, nargs="+", default=[1, 20, 200])
    arguments = parser.parse_args()
    program = arguments.buf or installed()
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    print(f"buf {(version.stdout or version.stderr).strip()}, Python {sys.version.split()[0]}")
    print(f"{'medians':<36}{'CPU ms':>10}{'wall ms':>10}{'buf is slower':>14}")
    for messages in arguments.messages:
        with tempfile.TemporaryDirectory() as place:
            results = in_turn(commands(program, Path(place), messages), arguments.runs)
        inside(messages)
        buf = next(iter(results.values()))
        for name, runs in results.items():
            show(name, runs, buf)
        show(f"llmreg in process, {messages} messages", [inside(messages) for _ in range(arguments.runs)], buf)


if __name__ == "__main__":
    main()
