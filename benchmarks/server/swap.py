"""Thirty new generations while clients read: every answer is counted, and compared with what it has to be.

python -m benchmarks.server.swap [--swaps 30] [--subjects 300] [--clients 4]

Each generation is a commit that changes the description of one subject, exported by `llmreg export` into the directory
that `llmreg serve` reads. Clients keep their connections and ask in turn for registered bytes (which must be those of
the registry's files), the changing subject and the counts (which must be of a generation that the server can have, and
never of an older one than the same client saw before), and a search (which must find what is there).
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import synthetic
from benchmarks.measure import LLMREG
from benchmarks.server.served import Server, llmreg
from benchmarks.synthetic import name_of
from llmreg.model.version import Version
from llmreg.store import layout

_VERSIONS = 5
_PATIENCE = 60.0  # seconds for a server to take a generation


class Client:
    """One connection. `seen` is the newest generation that it was answered from."""

    def __init__(self, url: str, texts: dict[str, bytes], newest: Any, counts: Counter[str]) -> None:
        self._host = urlsplit(url).netloc
        self._http = http.client.HTTPConnection(self._host, timeout=30)
        self._texts = texts
        self._newest = newest
        self._counts = counts
        self._random = random.Random(id(self))
        self.seen = 0

    def ask(self) -> None:
        """One request and its judgement."""
        work: Callable[[], bool] = self._random.choice(
            [self._bytes, self._bytes, self._subject, self._stats, self._find]
        )
        try:
            right = work()
        except (OSError, http.client.HTTPException) as error:
            self._counts[f"error: {type(error).__name__}"] += 1
            self._http.close()
            return
        self._counts["right" if right else f"wrong: {work.__name__}"] += 1

    def _get(self, path: str) -> bytes:
        self._http.request("GET", path)
        answer = self._http.getresponse()
        body = answer.read()
        if answer.status != 200:
            self._counts[f"error: status {answer.status}"] += 1
        return body

    def _bytes(self) -> bool:
        path = self._random.choice(list(self._texts))
        return self._get(path) == self._texts[path]

    def _subject(self) -> bool:
        told = json.loads(self._get(f"/api/v1/subjects/{name_of(0)}"))["description"]
        return self._may_be(int(told.removeprefix("generation ")) if told else 1)

    def _stats(self) -> bool:
        return self._may_be(int(json.loads(self._get("/api/v1/stats"))["generation"]))

    def _find(self) -> bool:
        name = name_of(self._random.randrange(1, 100))
        hits = json.loads(self._get(f"/api/v1/search?q={name.rpartition('/')[2]}"))["hits"]
        return [hit["subject"] for hit in hits] == [name]

    def _may_be(self, generation: int) -> bool:
        fits = self.seen <= generation <= self._newest.value
        self.seen = max(self.seen, generation)
        return fits


def load(url: str, texts: dict[str, bytes], newest: Any, stop: Any, answer: Any) -> None:
    """Runs in its own process, one thread a client, until `stop` is set."""
    counts: Counter[str] = Counter()
    lock = threading.Lock()

    def work() -> None:
        mine: Counter[str] = Counter()
        client = Client(url, texts, newest, mine)
        while not stop.is_set():
            client.ask()
        with lock:
            counts.update(mine)

    threads = [threading.Thread(target=work) for _ in range(answer[1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answer[0].put(dict(counts))


def commit(root: Path, number: int) -> None:
    """The next generation."""
    file = root / layout.config_path(name_of(0))
    lines = [line for line in file.read_text().splitlines() if not line.startswith("description:")]
    file.write_text("\n".join([*lines, f"description: generation {number}", ""]))
    synthetic.git(root, "commit", "--quiet", "--all", "-m", f"generation {number}")


def export(root: Path, out: Path) -> None:
    subprocess.run([str(LLMREG), "export", "--out", str(out)], cwd=root, check=True, stdout=subprocess.DEVNULL)


def taken(server: Server, number: int) -> float:
    """Seconds until the server answers from that generation."""
    began = time.monotonic()
    while time.monotonic() - began < _PATIENCE:
        with urllib.request.urlopen(f"{server.url}/health/ready", timeout=10) as answer:
            if json.load(answer)["generation"] == number:
                return time.monotonic() - began
        time.sleep(0.02)
    raise SystemExit(f"the server does not take generation {number}")


def texts_of(root: Path, subjects: int) -> dict[str, bytes]:
    """Path → bytes, from the registry's own files."""
    found = {}
    for subject in range(subjects):
        name = name_of(subject)
        for minor in range(_VERSIONS):
            version = Version(1, minor, 0)
            path = f"/api/v1/subjects/{name}/versions/{version}/schema"
            found[path] = (root / layout.version_path(name, version, ".json")).read_bytes()
    return found


def measure(options: argparse.Namespace, scratch: Path) -> Counter[str]:
    root, out = scratch / "registry", scratch / "out"
    synthetic.build(root, options.subjects, _VERSIONS)
    export(root, out)
    spawn = get_context("spawn")
    newest, stop, queue = spawn.Value("i", 1), spawn.Event(), spawn.Queue()
    with llmreg(out) as server:
        process = spawn.Process(
            target=load, args=(server.url, texts_of(root, options.subjects), newest, stop, (queue, options.clients))
        )
        process.start()
        waits = []
        for number in range(2, options.swaps + 2):
            newest.value = number  # from here on it may be answered
            commit(root, number)
            export(root, out)
            waits.append(taken(server, number))
        stop.set()
        counts: Counter[str] = Counter(queue.get(timeout=60))
        process.join(30)
    print(f"{options.swaps} generations, taken {max(waits):.2f} s at most after their export")
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--swaps", type=int, default=30)
    parser.add_argument("--subjects", type=int, default=300)
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        counts = measure(options, Path(scratch))
    print(f"{counts.total()} answers: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    raise SystemExit(0 if set(counts) == {"right"} else 1)


if __name__ == "__main__":
    main()
