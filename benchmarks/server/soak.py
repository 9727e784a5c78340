"""Mixed traffic for a while: memory stays flat, nothing fails that was not provoked, and what a request costs.

python -m benchmarks.server.soak [--seconds 60] [--clients 6] [--subjects 1000] [--swap-seconds 10] [--workers 1]

A synthetic registry is exported and served. Clients keep their connections and ask in turn, by weight, for registered
bytes, conditional reads, listings, search, pages, Kafka clients' paths, validation, compatibility, and things that must
be refused; two keep a change stream open, and all the while commits are exported into the served directory. Every
answer's status is compared with the one that the request must have. CPU is what the scheduler counted for the server's
processes, judging workers included; memory is the resident set of each (PSS where the system tells it).
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from benchmarks import synthetic
from benchmarks.server.served import Server, family, llmreg
from benchmarks.server.swap import export
from benchmarks.synthetic import name_of
from llmreg.model.version import Version
from llmreg.store import layout

_VERSIONS = 5
_STREAMS = 2
_WARM = 0.2  # of the time goes by before memory is compared
_JSON = {"Content-Type": "application/json"}
_KAFKA = {"Content-Type": "application/vnd.schemaregistry.v1+json"}


class Ask(NamedTuple):
    """One request; `status` is what it must be answered with."""

    path: str
    status: int = 200
    method: str = "GET"
    headers: dict[str, str] = {}  # noqa: RUF012 -- never written to
    body: bytes | None = None


@dataclass(frozen=True)
class Traffic:
    """Makes requests over a synthetic registry of so many subjects; `ids` are content ids."""

    subjects: int
    ids: list[int]

    def kinds(self) -> dict[str, tuple[int, Callable[[random.Random], Ask]]]:
        """Name → (weight, maker)."""
        return {
            "registered bytes": (20, lambda r: Ask(self._version(r) + "/schema")),
            "conditional read": (15, lambda r: Ask(f"/api/v1/subjects/{self._name(r)}", 200)),
            "subject": (10, lambda r: Ask(f"/api/v1/subjects/{self._name(r)}")),
            "listing": (4, lambda r: Ask(f"/api/v1/subjects?limit=20&offset={r.randrange(self.subjects)}")),
            "search": (4, lambda r: Ask(f"/api/v1/search?q=subject{r.randrange(self.subjects):05d}")),
            "page": (4, lambda r: Ask(f"/s/{self._name(r)}/-/index.html")),
            "Kafka: by id": (15, lambda r: Ask(f"/schemas/ids/{r.choice(self.ids)}")),
            "Kafka: latest": (5, lambda r: Ask(f"/subjects/{self._name(r).replace('/', '%2F')}/versions/latest")),
            "Kafka: compatibility": (1, self._kafka),
            "validate: registered": (8, self._registered),
            "validate: posted schema": (2, self._posted),
            "compatibility": (1, self._compatibility),
            "refused": (6, self._refused),
        }

    def _name(self, chance: random.Random) -> str:
        return name_of(chance.randrange(self.subjects))

    def _version(self, chance: random.Random) -> str:
        return f"/api/v1/subjects/{self._name(chance)}/versions/1.{chance.randrange(_VERSIONS)}.0"

    def _kafka(self, chance: random.Random) -> Ask:
        number = chance.randrange(self.subjects)
        body = {"schemaType": "JSON", "schema": json.dumps(synthetic.schema(number, _VERSIONS))}
        path = f"/compatibility/subjects/{name_of(number).replace('/', '%2F')}/versions/latest"
        return Ask(path, method="POST", headers=_KAFKA, body=json.dumps(body).encode())

    def _registered(self, chance: random.Random) -> Ask:
        body = {"subject": self._name(chance), "data": {"field_0": "a", "field_1": chance.randrange(1 << 30)}}
        return Ask("/api/v1/validate/data", method="POST", headers=_JSON, body=json.dumps(body).encode())

    def _posted(self, chance: random.Random) -> Ask:
        schema = {"type": "object", "properties": {"a": {"maximum": chance.randrange(1 << 20)}}}
        body = json.dumps({"schema": schema, "data": {"a": 1}}).encode()
        return Ask("/api/v1/validate/data", method="POST", headers=_JSON, body=body)

    def _compatibility(self, chance: random.Random) -> Ask:
        number = chance.randrange(self.subjects)
        schema = synthetic.schema(number, _VERSIONS - 1 + chance.randrange(2))
        schema["required"] = schema["required"][: 1 + chance.randrange(2)]
        body = json.dumps({"schema": schema, "subject": name_of(number)}).encode()
        return Ask("/api/v1/compatibility/check", method="POST", headers=_JSON, body=body)

    def _refused(self, chance: random.Random) -> Ask:
        post = {"method": "POST", "headers": _JSON}
        return chance.choice(
            [
                Ask(f"/api/v1/subjects/nobody/{chance.randrange(1 << 40)}", 404),
                Ask(f"/schemas/ids/{chance.randrange(1 << 31, 1 << 40)}", 404),
                Ask("/api/v1/subjects?limit=x", 400),
                Ask("/api/v1/validate/data", 400, body=b'{"schema": {', **post),  # type: ignore[arg-type]
                Ask("/api/v1/validate/data", 422, body=b'{"schema": {"type": 7}, "data": 1}', **post),  # type: ignore[arg-type]
                Ask("/api/v1/schemas", 405, body=b"{}", **post),  # type: ignore[arg-type]
                Ask(f"/{'a' * 5000}", 414),
            ]
        )


class Client:
    """One connection, which is opened again after an error; counts by kind, and every answer that is not as it must
    be."""

    def __init__(self, url: str, traffic: Traffic, state: int) -> None:
        self._http = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._random = random.Random(state)
        self._kinds = traffic.kinds()
        self._weights = [weight for weight, _ in self._kinds.values()]
        self._tags: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()

    def ask(self) -> None:
        kind = self._random.choices(list(self._kinds), self._weights)[0]
        ask = self._kinds[kind][1](self._random)
        known = self._tags.get(ask.path) if kind == "conditional read" else None
        headers = {**ask.headers, **({"If-None-Match": known} if known else {})}
        try:
            self._http.request(ask.method, ask.path, ask.body, headers)
            answer = self._http.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.wrong[f"{kind}: {type(error).__name__}"] += 1
            self._http.close()
            return
        if kind == "conditional read":
            self._tags[ask.path] = answer.headers["ETag"] or ""
        self.counts[kind] += 1
        if answer.status != ask.status and not (known and answer.status == 304):
            self.wrong[f"{kind}: {answer.status} instead of {ask.status}"] += 1


def listen(url: str, stop: Any, counts: Counter[str]) -> None:
    """A change stream, read until the end, opened again where it left off."""
    last = ""
    while not stop.is_set():
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/api/v1/stream/changes", headers={"Last-Event-ID": last} if last else {})
            answer = connection.getresponse()
            while not stop.is_set() and (line := answer.readline()):
                if line.startswith(b"id: "):
                    last = line[4:].decode().strip()
                    counts["events"] += 1
        connection.close()


def load(url: str, traffic: Traffic, clients: int, stop: Any, answer: Any) -> None:
    """Runs in its own process, one thread a client, until `stop` is set."""
    counts: Counter[str] = Counter()
    made = [Client(url, traffic, number) for number in range(clients)]

    def work(client: Client) -> None:
        while not stop.is_set():
            client.ask()

    threads = [threading.Thread(target=work, args=(client,)) for client in made]
    listeners = [threading.Thread(target=listen, args=(url, stop, counts), daemon=True) for _ in range(_STREAMS)]
    for thread in (*threads, *listeners):
        thread.start()
    for thread in threads:
        thread.join()
    wrong: Counter[str] = Counter()
    for client in made:
        counts += client.counts
        wrong += client.wrong
    answer.put((dict(counts), dict(wrong)))


def memory(server: Server) -> tuple[int, int]:
    """MB of the server's own processes, and of its judging workers and what starts them."""
    own = judges = 0
    for pid in family(server.pid):
        with suppress(OSError):
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            size = sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
            if b"multiprocessing" in Path(f"/proc/{pid}/cmdline").read_bytes():
                judges += size
            else:
                own += size
    return own >> 10, judges >> 10


def deprecate(root: Path, subject: int) -> None:
    """The next generation, with one event in it."""
    file = root / layout.config_path(name_of(subject))
    file.write_text(file.read_text() + "status:\n  1.0.0: {deprecated: by the soak}\n")
    synthetic.git(root, "commit", "--quiet", "--all", "-m", f"deprecate {name_of(subject)}")


def ids_of(root: Path, subjects: int) -> list[int]:
    found = []
    for number in range(0, subjects, max(1, subjects // 200)):
        lines = (root / layout.ledger_path(name_of(number))).read_text().splitlines()
        found += [json.loads(line)["id"] for line in lines]
    return found


def measure(options: argparse.Namespace, scratch: Path) -> int:
    root, out = scratch / "registry", scratch / "out"
    synthetic.build(root, options.subjects, _VERSIONS)
    assert (root / layout.version_path(name_of(0), Version(1, 0, 0), ".json")).is_file()
    export(root, out)
    spawn = get_context("spawn")
    stop, queue = spawn.Event(), spawn.Queue()
    with llmreg(out, "--workers", str(options.workers)) as server:
        before = memory(server)
        traffic = Traffic(options.subjects, ids_of(root, options.subjects))
        process = spawn.Process(target=load, args=(server.url, traffic, options.clients, stop, queue))
        process.start()
        spent, began = server.cpu(), time.monotonic()
        marks, swaps = _watch(server, options, root, out)
        stop.set()
        counts, wrong = queue.get(timeout=60)
        seconds, spent = time.monotonic() - began, server.cpu() - spent
        process.join(30)
    _show(counts, spent, seconds, swaps)
    _show_memory(before, marks)
    print(f"{sum(wrong.values())} answers that were not as they must be", *(f"  {what}" for what in wrong.items()))
    return 1 if wrong or not counts.get("events") else 0


def _watch(
    server: Server, options: argparse.Namespace, root: Path, out: Path
) -> tuple[list[tuple[float, int, int]], int]:
    """Until the time is over: new generations, and (seconds, MB, MB) every now and then."""
    began = time.monotonic()
    marks: list[tuple[float, int, int]] = []
    swaps = 0
    while (gone := time.monotonic() - began) < options.seconds:
        marks.append((gone, *memory(server)))
        if gone > (swaps + 1) * options.swap_seconds:
            swaps += 1
            deprecate(root, swaps)
            export(root, out)
        time.sleep(min(1.0, options.seconds / 60))
    marks.append((time.monotonic() - began, *memory(server)))
    return marks, swaps


def _show(counts: dict[str, int], spent: float, seconds: float, swaps: int) -> None:
    requests = sum(counts.values()) - counts.get("events", 0)
    for kind, count in sorted(counts.items(), key=lambda item: -item[1]):
        print(f"  {count:>8} {kind}")
    print(f"{requests} requests in {seconds:.0f} s, {requests / seconds:.0f} a second, {swaps} new generations")
    print(f"{spent / requests * 1e6:.0f} µs CPU a request, judging workers and reloads included")


def _show_memory(before: tuple[int, int], marks: list[tuple[float, int, int]]) -> None:
    warm = [mark for mark in marks if mark[0] > marks[-1][0] * _WARM]
    middle = warm[len(warm) // 2]
    for name, at in (("server", 1), ("judging workers", 2)):
        most = max(mark[at] for mark in warm)
        print(
            f"{name}: {before[at - 1]} MB at the start, {warm[0][at]} MB when warm, {middle[at]} MB in the middle, "
            f"{marks[-1][at]} MB at the end, {most} MB at most"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--subjects", type=int, default=1000)
    parser.add_argument("--swap-seconds", type=float, default=10)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        raise SystemExit(measure(options, Path(scratch)))


if __name__ == "__main__":
    main()
