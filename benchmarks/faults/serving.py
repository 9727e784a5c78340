"""Break what a running server reads, and kill its processes: it goes on with the last good index, and says so.

python -m benchmarks.faults.serving [--only NAME] [--kills 30]

damage: the index is truncated, overwritten, replaced by another registry's or deleted, with and without its manifest,
while clients ask; every answer must be the old one (a judging worker that starts meanwhile, and so cannot have read the
old index, says 503), health and log must name the failure, and the next export must be taken. judges: a judging worker
gets SIGKILL at a random moment of a request; the answer must be right, or a 503, and the next one right; the same for
the process that starts them. drain: SIGTERM under load; no answer may be cut short. orphans: SIGKILL of the first
process; nothing may live on. clock: commits and files that are older than those before; the new generation is taken.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.faults.ground import ENVIRONMENT, Tally, commit, copy, edit, llmreg, must, start
from benchmarks.faults.served import Served
from benchmarks.server.served import family

_PATIENCE = 60.0
_STARTERS = 3  # the server, the tracker of resources and the fork server
_STARTER_KILLS = 3
_PATH = "/api/v1/subjects/a/b/versions/1.0.0/schema"
_CHECK = "/api/v1/compatibility/check"
_QUESTION = {"subject": "a/b", "schema": {"type": "object"}}
_INDEX, _MANIFEST = "index.sqlite", "manifest.json"


def _replace(path: Path, data: bytes) -> None:
    fresh = path.with_name("fresh")
    fresh.write_bytes(data)
    fresh.replace(path)


def _damage(out: Path, other: Path) -> dict[str, Callable[[], object]]:
    index, manifest = out / _INDEX, out / _MANIFEST
    data = index.read_bytes()
    touched = manifest.read_bytes() + b"\n"  # a manifest that came, with an index that is not its own
    return {
        "index truncated": lambda: (_replace(index, data[:-5000]), _replace(manifest, touched)),
        "index empty": lambda: (_replace(index, b""), _replace(manifest, touched)),
        "one byte of the index flipped": lambda: (
            _replace(index, data[:9000] + bytes([data[9000] ^ 1]) + data[9001:]),
            _replace(manifest, touched),
        ),
        "index of another registry": lambda: (
            _replace(index, (other / _INDEX).read_bytes()),
            _replace(manifest, touched),
        ),
        "index of another registry, no manifest": lambda: _replace(index, (other / _INDEX).read_bytes()),
        "index deleted": index.unlink,
        "index deleted, manifest touched": lambda: (index.unlink(), _replace(manifest, touched)),
        "manifest deleted": manifest.unlink,
        "manifest empty": lambda: _replace(manifest, b""),
        "manifest cut": lambda: _replace(manifest, manifest.read_bytes()[:50]),
        "manifest of another registry": lambda: _replace(manifest, (other / _MANIFEST).read_bytes()),
        "both deleted": lambda: (index.unlink(), manifest.unlink()),
    }


def damage(scratch: Path) -> Tally:
    tally = Tally()
    for name in _damage(scratch / "out", scratch / "other"):
        root, out = copy(scratch / "registry", scratch / "r"), copy(scratch / "out", scratch / "o")
        served = Served(out)
        right = served.get(_PATH)
        _damage(out, scratch / "other")[name]()
        asked = 0
        until = time.monotonic() + _PATIENCE
        while "failure" not in served.health() and time.monotonic() < until:
            asked += _ask(served, right, tally, name)
        told = served.health()
        if "failure" not in told or told["status"] != "ready":
            tally.fail(name, f"health says {told}")
        if "the new index was not taken" not in served.log.read_text():
            tally.fail(name, "the log does not say it")
        asked += _ask(served, right, tally, name)
        if "Traceback" in served.log.read_text():
            tally.fail(name, served.log.read_text()[-600:])
        edit(root, "a/b", ["one", "two"])
        must(llmreg(root, "register", "a/b", "--commit"))
        must(llmreg(root, "export", "--allow-rewritten", "--out", str(out)))
        path = _PATH.replace("1.0.0", "1.1.0")
        served.wait(lambda: served.get(path)[0] == 200, f"{name}: the next export is not taken")  # noqa: B023
        if "failure" in served.health():
            tally.fail(name, "it has not recovered")
        served.end()
        tally.tried += 1
        tally.count("requests answered meanwhile", asked)
    return tally


def _ask(served: Served, right: tuple[int, bytes], tally: Tally, name: str) -> int:
    """Registered bytes, something that is not in memory, and a judgement."""
    chance = random.randrange(1 << 40)
    answers = {
        "registered bytes": served.get(_PATH) == right,
        "search": served.get(f"/api/v1/search?q=b&limit=20&offset={chance % 50}")[0] == 200,
        "validation": served.get("/api/v1/validate/data", {"subject": "a/b", "data": {"one": str(chance)[:9]}})[0]
        == 200,
        "comparison": served.get(_CHECK, _QUESTION)[0] in {200, 503},
    }
    for what, good in answers.items():
        if not good:
            tally.fail(name, f"{what} is not answered as before")
    return len(answers)


def judges(scratch: Path, kills: int) -> Tally:
    tally = Tally()
    chance = random.Random(1)
    served = Served(copy(scratch / "out", scratch / "o"), "--judges", "1")
    question = {"schema": {"type": "object", "maxProperties": 3}, "old": {"type": "object"}}
    served.get(_CHECK, question)
    for _ in range(kills):
        answers: list[tuple[int, bytes]] = []
        asking = threading.Thread(target=lambda: answers.append(served.get(_CHECK, question)))  # noqa: B023
        served.wait(lambda: len(family(served.process.pid)) > _STARTERS, "no judge comes back")
        victim = family(served.process.pid)[-1]
        asking.start()
        time.sleep(chance.uniform(0, 0.02))
        with suppress(OSError):
            os.kill(victim, signal.SIGKILL)
        asking.join()
        tally.tried += 1
        status, body = answers[0]
        tally.count(f"answered {status}")
        if status != 200 and (status != 503 or b"urn:llmreg:problem:busy" not in body):
            tally.fail("judges", f"{status} {body[:200]!r}")
        if served.get(_CHECK, question)[0] != 200:
            tally.fail("judges", "the next request fails")
    for _ in range(_STARTER_KILLS):
        os.kill(family(served.process.pid)[_STARTERS - 1], signal.SIGKILL)
        tally.tried += 1
        served.wait(lambda: served.get(_CHECK, question)[0] == 200, "no judge comes after the fork server's end")
        tally.count("recovered from a killed fork server")
    served.end()
    return tally


def drain(scratch: Path, workers: str) -> Tally:
    tally = Tally()
    served = Served(copy(scratch / "out", scratch / "o"), "--workers", workers)
    right = served.get(_PATH)[1]
    cut: list[str] = []
    done: list[int] = []

    def hammer() -> None:
        connection = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=30)
        while True:
            try:
                connection.request("GET", _PATH)
                answer = connection.getresponse()
            except (OSError, http.client.HTTPException):
                return  # refused, or closed before an answer began: another server would be asked
            try:
                if answer.read() != right:
                    cut.append("other bytes")
            except (OSError, http.client.HTTPException) as error:
                cut.append(repr(error))
            done.append(1)

    threads = [threading.Thread(target=hammer) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    served.process.send_signal(signal.SIGTERM)
    status = served.process.wait(30)
    for thread in threads:
        thread.join(40)
    tally.tried += 1
    tally.count("requests answered", len(done))
    if status or cut:
        tally.fail(f"drain, {workers} workers", f"exit {status}, cut short: {cut[:3]}")
    return tally


def orphans(scratch: Path, workers: str) -> Tally:
    tally = Tally()
    served = Served(copy(scratch / "out", scratch / "o"), "--workers", workers)
    for _ in range(4):
        served.get(_CHECK, {"schema": {"type": "string"}, "old": {"type": "integer"}})
    pids = family(served.process.pid)
    served.end()
    until = time.monotonic() + 10
    while (left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]) and time.monotonic() < until:
        time.sleep(0.05)
    tally.tried += len(pids)
    if left:
        tally.fail(f"orphans, {workers} workers", f"{left} live on")
    return tally


def clock(scratch: Path) -> Tally:
    tally = Tally()
    root, out = copy(scratch / "registry", scratch / "r"), copy(scratch / "out", scratch / "o")
    served = Served(out)
    for number in range(1, 4):
        edit(root, "a/b", ["one", *(f"f{at}" for at in range(number))])
        must(llmreg(root, "register", "a/b"))
        past = f"{1767225600 - number * 86400 * 365} +0000"
        ENVIRONMENT.update(GIT_AUTHOR_DATE=past, GIT_COMMITTER_DATE=past)
        commit(root, "earlier than the one before")
        must(llmreg(root, "export", "--out", str(out)))
        for path in (out / _INDEX, out / _MANIFEST):
            os.utime(path, (1000 - number, 1000 - number))
        tally.tried += 1
        served.wait(lambda: served.health().get("generation") == number + 1, "an earlier commit is not taken")  # noqa: B023
        if served.get(f"/api/v1/subjects/a/b/versions/1.{number}.0")[0] != 200:
            tally.fail("clock", f"1.{number}.0 is not served")
    served.end()
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="damage, judges, drain, orphans or clock")
    parser.add_argument("--kills", type=int, default=30)
    options = parser.parse_args()
    status = 0
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name).resolve()
        for place, subject in (("registry", "a/b"), ("elsewhere", "c/d")):
            start(scratch / place, (subject,))
        must(llmreg(scratch / "registry", "export", "--out", str(scratch / "out")))
        must(llmreg(scratch / "elsewhere", "export", "--out", str(scratch / "other")))
        trials: dict[str, Callable[[], Tally]] = {
            "damage": lambda: damage(scratch),
            "judges killed": lambda: judges(scratch, options.kills),
            "drain, 1 worker": lambda: drain(scratch, "1"),
            "drain, 2 workers": lambda: drain(scratch, "2"),
            "orphans of 1 worker": lambda: orphans(scratch, "1"),
            "orphans of 2 workers": lambda: orphans(scratch, "2"),
            "clock": lambda: clock(scratch),
        }
        for what, trial in trials.items():
            if what.startswith(options.only):
                status |= trial().show(what)
    raise SystemExit(status)


if __name__ == "__main__":
    main()
