"""`llmreg serve` as people start it: a real socket, several processes, swaps under load, an orderly end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

LLMREG = [sys.executable, "-m", "llmreg"]


@pytest.fixture
def start() -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """Starts the command; its process and its address. Kills what is left."""
    running: list[subprocess.Popen[str]] = []

    def begin(directory: Path, *options: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [*LLMREG, "serve", "--index", str(directory), "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, (line, process.communicate(timeout=20))
        return process, found[0]

    yield begin
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_when_told(start: Any, exported_once: Any, workers: str, number: int) -> None:
    process, address = start(exported_once.out, "--workers", workers)
    with httpx.Client(base_url=address) as client:
        assert client.get("/api/v1/subjects/chat%2Freply/versions/latest").json()["version"] == "2.0.0"
        assert client.get("/health/ready").json()["status"] == "ready"
        assert "llmreg_cache_misses_total" in client.get("/metrics").text
        assert client.post("/api/v1/schemas", json={}).status_code == 405
        with client.stream("GET", "/api/v1/stream/changes", params={"after": "0"}) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("retry")
            process.send_signal(number)  # an open stream does not keep it
            list(lines)
    _, log = process.communicate(timeout=30)
    assert process.returncode == 0, log
    assert "Traceback" not in log


def test_swaps_over_a_socket_drop_nothing(start: Any, registry: Any) -> None:
    _, address = start(registry.out)
    statuses, served = set(), set()
    with httpx.Client(base_url=address) as client:
        for number in range(3):
            registry.describe("chat/reply", f"text {number}")
            for _ in range(2000):
                time.sleep(0.005)
                answer = client.get("/api/v1/subjects/chat/reply")
                statuses.add(answer.status_code)
                served.add(answer.json()["description"])
                if f"text {number}" in served:
                    break
    assert statuses == {200}
    assert {"text 0", "text 1", "text 2"} <= served


@pytest.mark.parametrize("arguments", [["--index", "nowhere"], ["--index", ".", "--host", "256.0.0.1"]])
def test_what_cannot_be_served_is_said(exported_once: Any, arguments: list[str]) -> None:
    done = subprocess.run(
        [*LLMREG, "serve", "--port", "0", *arguments],
        cwd=exported_once.out,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "llmreg: error:" in done.stderr
    assert "Traceback" not in done.stderr


def _family(pid: int) -> list[int]:
    """A process and everything below it."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    below = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return [pid, *(one for child in below for one in _family(child))]


def _living(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_nothing_lives_on_when_the_server_is_killed(start: Any, exported_once: Any, workers: str) -> None:
    process, address = start(exported_once.out, "--workers", workers)
    body = {"schema": {"type": "string"}, "old": {"type": "integer"}}
    with httpx.Client(base_url=address) as client:
        for _ in range(4):
            assert client.post("/api/v1/compatibility/check", json=body).status_code == 200
    family = _family(process.pid)
    assert len(family) >= 4, "a fork server and a judging worker at least"
    process.kill()
    process.wait(10)
    for _ in range(1000):
        if not _living(family):
            break
        time.sleep(0.01)
    assert not _living(family)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_killed_judge_is_told_from_one_that_fails(start: Any, exported_once: Any) -> None:
    process, address = start(exported_once.out, "--judges", "1")
    slow = {"type": "string", "pattern": "^(a+)+$"}
    with httpx.Client(base_url=address, timeout=30) as client:
        post = partial(client.post, "/api/v1/validate/data")
        assert post(json={"schema": {"type": "string"}, "data": "a"}).json()["valid"]
        judge = _family(process.pid)[-1]
        os.kill(judge, signal.SIGSTOP)  # busy, as far as the server can tell
        with ThreadPoolExecutor() as threads:
            answer = threads.submit(post, json={"schema": slow, "data": "a"})
            time.sleep(0.5)
            os.kill(judge, signal.SIGKILL)
            lost = answer.result()
        assert (lost.status_code, lost.headers["retry-after"]) == (503, "1"), lost.text
        assert "killed" in lost.json()["detail"]
        assert post(json={"schema": slow, "data": "a"}).json()["valid"]
        assert 'workers_lost_total{reason="killed"} 1.0' in client.get("/metrics").text
