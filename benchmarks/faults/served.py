"""`llmreg serve` as a process to ask, to watch and to kill; its log goes to a file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.faults.ground import ENVIRONMENT

_PATIENCE = 60.0
_JSON = {"Content-Type": "application/json"}


class Served:
    """`llmreg serve` over a directory, its log in a file."""

    def __init__(self, out: Path, *options: str) -> None:
        self.log = out.with_name(f"{out.name}.log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "llmreg", "serve", "--index", str(out), "--port", "0", *options],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=ENVIRONMENT,
            )
        assert self.process.stdout is not None
        found = re.search(r"http://\S+", self.process.stdout.readline())
        assert found, self.log.read_text()
        self.url = found[0]
        self.wait(lambda: self.get("/health/ready")[0] == 200, "it does not start")

    def get(self, path: str, body: Any = None) -> tuple[int, bytes]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, _JSON if data else {})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def health(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.get("/health/ready")[1] or b"{}")
        return answer

    def wait(self, happened: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + _PATIENCE
        while not happened():
            if time.monotonic() > until:
                raise SystemExit(f"{what}: {self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
