"""CPU microseconds that a server spends on a request, `llmreg serve` and nginx in turn on the same bytes.

python -m benchmarks.server.load INDEX [--rounds 5] [--seconds 3] [--only NAME]

INDEX is what `llmreg export --out` wrote of a registry of `benchmarks.synthetic`. Needs nginx and wrk, from Debian.
wrk runs in its own process, one thread, with 32 connections that are kept (4 for search); CPU is what the scheduler
counted for the server's processes. nginx serves plain files, its access log off, with the headers that llmreg sends.
"""

from __future__ import annotations

import argparse
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.server import served
from benchmarks.server.served import Server
from benchmarks.synthetic import name_of

_MANY = 500  # different URLs where they are asked for in turn
_TURN = """local paths = {{{paths}}}
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""
_REPORT = """done = function(summary, latency)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("COUNTED %d %d %d %.0f %.0f\\n", summary.requests, bad, summary.errors.status,
    latency:percentile(50), latency:percentile(99)))
end
"""
_HEAD = " llmreg µs  least  nginx µs  least  ratio   req/s  p50 ms  p99 ms"
_COUNTED = re.compile(r"^COUNTED (\d+) (\d+) (\d+) (\d+) (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """`paths` are asked for in turn. `nginx`: it can serve the same bytes from files."""

    name: str
    paths: Sequence[str]
    unchanged: bool = False
    nginx: bool = True
    connections: int = 32


class Run(NamedTuple):
    """Per request: CPU in microseconds; latency in microseconds."""

    cpu: float
    rate: float
    p50: float
    p99: float


def cases(subjects: int) -> list[Case]:
    name = name_of(0)
    version = f"/api/v1/subjects/{name}/versions/1.0.0/schema"
    several = [f"/api/v1/subjects/{name_of(at % subjects)}/versions/1.0.0/schema" for at in range(_MANY)]
    words = [f"subject{at:05d}" for at in range(0, subjects, max(subjects // 100, 1))] + ["field_7", "sentence"]
    return [
        Case("immutable GET", [version]),
        Case(f"immutable GET, {_MANY} in turn", several),
        Case("immutable GET, 304", [version], unchanged=True),
        Case("mutable GET: a subject", [f"/api/v1/subjects/{name_of(subjects - 1)}"]),
        Case("Kafka: a schema by id", ["/schemas/ids/{id}"]),
        Case("page of a subject", [f"/s/{name}/-/index.html"]),
        Case(
            "search, 102 words in turn",
            [f"/api/v1/search?q={word}&limit=20" for word in words],
            nginx=False,
            connections=4,
        ),
    ]


def run(server: Server, case: Case, seconds: float, scratch: Path) -> Run:
    """Raises SystemExit when an answer is not what was asked for."""
    script = scratch / "wrk.lua"
    paths = ",".join(f'"{path}"' for path in case.paths)
    headers = {"If-None-Match": _get(server.url + case.paths[0])[1]} if case.unchanged else {}
    script.write_text((_TURN.format(paths=paths) if len(case.paths) > 1 else "") + _REPORT)
    told = [f"-H{name}: {value}" for name, value in headers.items()]
    command = [
        "wrk",
        "-t1",
        f"-c{case.connections}",
        f"-d{seconds:g}s",
        *told,
        "-s",
        str(script),
        server.url + case.paths[0],
    ]
    before = server.cpu()
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60)
    spent = server.cpu() - before
    counted = _COUNTED.search(done.stdout)
    assert counted is not None, done.stdout + done.stderr
    requests, broken, refused, p50, p99 = map(int, counted.groups())
    if broken or refused or not requests:
        raise SystemExit(f"{case.name}: {requests} requests, {broken} broken, {refused} refused at {server.url}")
    return Run(spent / requests * 1e6, requests / seconds, p50, p99)


def _get(url: str) -> tuple[bytes, str]:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read(), answer.headers["etag"] or ""


def _files(server: Server, all_cases: Sequence[Case], site: Path) -> None:
    """What nginx serves: the bodies that the server gives, under the same paths."""
    for path in {path for case in all_cases if case.nginx for path in case.paths}:
        target = site / path.removeprefix("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_get(server.url + path)[0])
    (site / "ready").write_bytes(b"yes")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def measure(index: Path, options: argparse.Namespace, scratch: Path) -> None:
    with served.llmreg(index) as ours:
        found = [case for case in cases(options.subjects) if not options.only or options.only in case.name]
        found = [_with_id(case, ours) for case in found]
        _files(ours, found, scratch / "site")
        with served.nginx(scratch, _free_port()) as theirs:
            print(f"{'':<34}{_HEAD}")
            for case in found:
                _show(case, *_in_turn(ours, theirs, case, options, scratch))


def _in_turn(
    ours: Server, theirs: Server, case: Case, options: argparse.Namespace, scratch: Path
) -> tuple[list[Run], list[Run]]:
    """One of each a round, after one that warms up."""
    one: list[Run] = []
    two: list[Run] = []
    for number in range(options.rounds + 1):
        mine = run(ours, case, options.seconds if number else 1, scratch)
        other = run(theirs, case, options.seconds if number else 1, scratch) if case.nginx else None
        if number:
            one.append(mine)
            two += [other] if other else []
    return one, two


def _with_id(case: Case, server: Server) -> Case:
    if "{id}" not in case.paths[0]:
        return case
    body = _get(f"{server.url}/api/v1/subjects/{name_of(0)}/versions/1.0.0")[0]
    found = re.search(rb'"id":(\d+)', body)
    assert found is not None
    return Case(case.name, [case.paths[0].replace("{id}", found[1].decode())])


def _show(case: Case, ours: list[Run], theirs: list[Run]) -> None:
    cpu = [run.cpu for run in ours]
    line = f"{case.name:<34}{statistics.median(cpu):>10.1f}{min(cpu):>7.1f}"
    if theirs:
        other = [run.cpu for run in theirs]
        ratio = statistics.median(a / b for a, b in zip(cpu, other, strict=True))
        line += f"{statistics.median(other):>10.1f}{min(other):>7.1f}{ratio:>7.2f}"
    else:
        line += f"{'':>24}"
    p50, p99 = (statistics.median(getattr(run, name) for run in ours) / 1000 for name in ("p50", "p99"))
    print(f"{line}{statistics.median(run.rate for run in ours):>8.0f}{p50:>8.2f}{p99:>8.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--subjects", type=int, default=10_000, help="how many the registry has")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    options = parser.parse_args()
    for program in ("nginx", "wrk"):
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is missing: apt-get install nginx-light wrk")
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch).chmod(0o755)
        measure(options.index, options, Path(scratch))


if __name__ == "__main__":
    main()
