"""Processes to measure: `llmreg serve` and nginx, each on a free port of this machine, ended after use."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import LLMREG

_PATIENCE = 60.0  # seconds to start
NGINX = """daemon off;
worker_processes 1;
pid {root}/nginx.pid;
error_log {root}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  default_type application/octet-stream;
  client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; fastcgi_temp_path {root}/t3;
  uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
  server {{
    listen 127.0.0.1:{port};
    root {root}/site;
    etag on;
    add_header Cache-Control "public, max-age=31536000, immutable";
    add_header Vary "Accept-Encoding";
    add_header X-Content-Type-Options "nosniff";
  }}
}}
"""


class Server(NamedTuple):
    url: str
    pid: int

    def cpu(self) -> float:
        """Seconds of CPU so far, of the process and of its children that live."""
        return sum(_spent(pid) for pid in family(self.pid))


def family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        children = (task / "children").read_text().split()
        found += [one for child in children for one in family(int(child))]
    return found


def _spent(pid: int) -> float:
    """From the scheduler's own count, in nanoseconds, of every thread."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


@contextmanager
def llmreg(index: Path, *options: str) -> Iterator[Server]:
    process = subprocess.Popen(
        [str(LLMREG), "serve", "--index", str(index), "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    with _ended(process):
        url = process.stdout.readline().split()[-1]
        _answers(f"{url}/health/ready")
        yield Server(url, process.pid)


@contextmanager
def nginx(root: Path, port: int) -> Iterator[Server]:
    """Serves `root`/site."""
    config = root / "nginx.conf"
    config.write_text(NGINX.format(root=root, port=port))
    with _ended(subprocess.Popen(["nginx", "-c", str(config), "-p", str(root)], stderr=subprocess.DEVNULL)) as process:
        _answers(f"http://127.0.0.1:{port}/ready")
        yield Server(f"http://127.0.0.1:{port}", process.pid)


@contextmanager
def _ended(
    process: subprocess.Popen[str] | subprocess.Popen[bytes],
) -> Iterator[subprocess.Popen[str] | subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{url} does not answer")
