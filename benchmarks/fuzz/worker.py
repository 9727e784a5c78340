"""One target in one process: tries inputs until its time is over, and writes down what left as no LlmregError."""

from __future__ import annotations

import json
import random
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.fuzz.coverage import Coverage
from benchmarks.fuzz.mutate import mutate
from benchmarks.fuzz.targets import TARGETS, Target
from llmreg.errors import LlmregError

MEMORY = 2 << 30
MOST_WORDS = 5_000_000
SLOW_SECONDS = 10.0  # of processor time, for one input of at most 20 kB


class SlowError(BaseException):
    """Not an Exception, so that nothing swallows it."""


class Worker:
    """`place` is where the input that is being tried stands, so that it survives a crash of the interpreter."""

    def __init__(self, target: Target, place: Path, seed: int) -> None:
        self.target = target
        self.place = place
        self.chance = random.Random(seed)
        self.coverage = Coverage()
        self.corpus: list[bytes] = []
        self.tried = self.refused = 0
        self.failures: dict[str, dict[str, Any]] = {}

    def run(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        seeds = list(dict.fromkeys(self.target.seeds()))
        self.chance.shuffle(seeds)
        for seed in seeds:
            if time.monotonic() > end:
                break
            self.corpus.append(seed)
            self._attempt(seed)
        while time.monotonic() < end:
            # half of the time one of the newest, which reached what nothing before did
            pool = self.corpus[-50:] if self.chance.random() < 0.5 else self.corpus
            data = mutate(self.chance, self.chance.choice(pool), self.target.words, self.corpus)
            before = self.coverage.seen
            self._attempt(data)
            if self.coverage.seen > before:
                self.corpus.append(data)

    def _attempt(self, data: bytes) -> None:
        self.place.write_bytes(data)
        self.tried += 1
        signal.setitimer(signal.ITIMER_VIRTUAL, SLOW_SECONDS)
        try:
            with self.coverage:
                self.target.call(data)
        except LlmregError as error:
            self.refused += 1
            self._told(error, data)
        except (Exception, SlowError) as error:  # noqa: BLE001 - that is what is looked for
            self._failed(error, data)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def _told(self, error: LlmregError, data: bytes) -> None:
        """An error must have words, and few enough to be read."""
        try:
            text = json.dumps(error.to_json())
        except (ValueError, TypeError, AttributeError) as found:
            self._failed(found, data)
        else:
            if not error.message or len(text) > MOST_WORDS:
                self._failed(ValueError(f"an error of {len(text)} characters"), data)

    def _failed(self, error: BaseException, data: bytes) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "/llmreg/" in frame.filename] or frames
        last = ours[-1]
        key = f"{type(error).__name__} at {last.filename.rpartition('/llmreg/')[2]}:{last.lineno}"
        known = self.failures.get(key)
        if known is None or len(data) < len(known["input"]) // 2:
            self.failures[key] = {"error": str(error)[:300], "input": data.hex()}


def main(name: str, place: str, seconds: str, seed: str) -> None:
    """`place` gets `.input` and `.json`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGVTALRM, _slow)
    worker = Worker(TARGETS[name], Path(place + ".input"), int(seed))
    try:
        worker.run(float(seconds))
    finally:
        found = {"tried": worker.tried, "refused": worker.refused, "lines": worker.coverage.seen}
        found |= {"corpus": len(worker.corpus), "failures": worker.failures}
        Path(place + ".json").write_text(json.dumps(found))


def _slow(*_: object) -> Callable[..., None]:
    raise SlowError(f"more than {SLOW_SECONDS:.0f} s of processor time")


if __name__ == "__main__":
    main(*sys.argv[1:])
