"""What judging costs: `python -m benchmarks.server.validate [--starts]`.

1. One cached validation in the server's process: the engine alone, and with reading the text.
2. POST /api/v1/validate/data of a tool call, in CPU of the server's process, over a POST that only reads its body.
3. POST /api/v1/compatibility/check of the tools in benchmarks/json_schema/tools.json against a changed copy of
   themselves: CPU of the server and its worker, and how many one core answers in a second.
4. With --starts: how long a worker takes to start, by fork server and by spawn.

The load runs in this process, one request after the other over a keep-alive connection; the server runs in another.
CPU is that of the server's processes (utime + stime in /proc).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LLMREG = Path(sys.executable).with_name("llmreg")
TOOL = "tools/search-docs"
CALL = {"query": "refund policy", "limit": 5}
_TICK = os.sysconf("SC_CLK_TCK")
_ROUNDS = 5


def exported(folder: Path) -> Path:
    """An index of the example registry."""
    registry = folder / "registry"
    shutil.copytree(ROOT / "example-registry", registry)
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-C", str(registry)]
    environment = os.environ | {"GIT_CONFIG_GLOBAL": "/dev/null"}
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "the example registry"]):
        subprocess.run([*git, *arguments], check=True, env=environment)
    command = [LLMREG, "export", "--out", str(folder / "out")]
    subprocess.run(command, check=True, cwd=registry, stdout=subprocess.DEVNULL)
    return folder / "out"


@contextmanager
def served(index: Path) -> Iterator[tuple[str, int, int]]:
    """(host, port, process) of a server over the index."""
    command = [LLMREG, "serve", "--index", str(index), "--port", "0", "--judges", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        match = re.search(r"http://([\d.]+):(\d+)", process.stdout.readline())
        assert match
        yield match[1], int(match[2]), process.pid
    finally:
        process.terminate()
        process.wait(20)


def cpu(process: int) -> float:
    """Seconds that one process used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def below(process: int) -> list[int]:
    """Processes that a process started, and those that they did."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = list(parents.get(process, []))
    for child in found:
        found += parents.get(child, [])
    return found


class Client:
    """One keep-alive connection; a request is one segment, so the server wakes up once for it."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, path: str, body: bytes) -> None:
        self.socket.sendall(f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.socket.recv(65536)
        head, _, rest = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert length
        while len(rest) < int(length[1]):
            rest += self.socket.recv(65536)
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{path} answered {data[:300]!r}")


def cost(server: tuple[str, int, int], path: str, bodies: list[bytes], count: int) -> tuple[float, float]:
    """µs of CPU for each request: (of the server, of its workers), over keep-alive."""
    host, port, process = server
    client = Client(host, port)
    for body in bodies[:50] * 2:
        client.post(path, body)
    workers = below(process)
    before, aside = cpu(process), sum(map(cpu, workers))
    for number in range(count):
        client.post(path, bodies[number % len(bodies)])
    result = (cpu(process) - before) / count * 1e6, (sum(map(cpu, workers)) - aside) / count * 1e6
    client.socket.close()
    return result


def in_process(index: Path) -> None:
    from llmreg.index.manifest import INDEX
    from llmreg.index.reader import Index
    from llmreg.model.jsontext import loads
    from llmreg.server.judging import DataQuestion, Named
    from llmreg.server.judging.swift import Swift

    with Index(index / INDEX) as opened:
        version = opened.subject(TOOL).latest_version or ""
        swift = Swift(lambda: None, lambda: None)
        data = json.dumps(CALL).encode()
        question = DataQuestion(Named(TOOL, version), (data,))
        answer = swift.judge(opened, question)
        assert answer is not None
        assert answer.marks[0].verdict == "valid"
        accepts = next(iter(swift._known.values())).accepts
        document = loads(data)
        show("in process: the cached validator on a read document", per_call(lambda: accepts(document)))
        show("in process: text to answer (read, judge, digest, write)", per_call(lambda: swift.judge(opened, question)))


def per_call(work: Callable[[], Any], count: int = 20_000) -> float:
    """µs of CPU, the least of five rounds."""
    least = float("inf")
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(count):
            work()
        least = min(least, (time.process_time() - began) / count * 1e6)
    return least


def over_http(index: Path) -> None:
    call = json.dumps({"subject": TOOL, "data": CALL}).encode()
    batch = json.dumps({"subject": TOOL, "documents": [CALL]}).encode()
    floors, calls, workers = [], [], []
    with served(index) as server:
        for _ in range(_ROUNDS):
            floors.append(cost(server, "/", [call], 3000)[0])
            calls.append(cost(server, "/api/v1/validate/data", [call], 3000)[0])
            workers.append(sum(cost(server, "/api/v1/validate/data", [batch], 1000)))
        floor = statistics.median(floors)
        show("POST that judges nothing: the floor", floor)
        show("POST validate/data of a tool call", statistics.median(calls))
        show("  over the floor", statistics.median(one - other for one, other in zip(calls, floors, strict=True)))
        show("POST validate/data through a worker (server + worker)", statistics.median(workers))
        bodies = list(compared())
        both = [cost(server, "/api/v1/compatibility/check", bodies, 5 * len(bodies)) for _ in range(3)]
        total = statistics.median(sum(one) for one in both)
        show(f"POST compatibility/check, {len(bodies)} steps of tools (server + worker)", total)
        print(f"{'  for one core':<66}{1e6 / total:>10.0f} a second")


def compared() -> Iterator[bytes]:
    """Each tool with a property more, and with one less that it required."""
    for tool in json.loads((ROOT / "benchmarks/json_schema/tools.json").read_text()):
        old = tool["schema"]
        more = {**old, "properties": {**old.get("properties", {}), "trace_id": {"type": "string"}}}
        required = {**old, "required": [*old.get("required", []), "trace_id"], "properties": more["properties"]}
        for new in (more, required):
            yield json.dumps({"old": old, "schema": new, "kind": "tool-input", "format": "json"}).encode()


def starts() -> None:
    """From `start` to the first frame, in wall time; the fork server's own start is the first of its row."""
    from llmreg.server.judging.worker import WorkerLimits, main

    for method in ("forkserver", "spawn"):
        context: Any = multiprocessing.get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(["llmreg.server.judging.forkserver"])
        times = []
        for _ in range(6):
            ours, theirs = socket.socketpair()
            with tempfile.TemporaryDirectory() as folder:
                began = time.monotonic()
                process = context.Process(target=main, args=(theirs, WorkerLimits(1 << 30, folder)), daemon=True)
                process.start()
                theirs.close()
                ours.recv(5)
                times.append(time.monotonic() - began)
                process.kill()
                process.join()
                ours.close()
        print(f"{method}: {', '.join(f'{one * 1000:.0f}' for one in times)} ms")


def show(what: str, microseconds: float) -> None:
    print(f"{what:<66}{microseconds:>10.2f} µs")


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", action="store_true", help="how long a worker takes to start")
    if parser.parse_args().starts:
        starts()
        return
    with tempfile.TemporaryDirectory() as folder:
        index = exported(Path(folder))
        in_process(index)
        over_http(index)


if __name__ == "__main__":
    run()
