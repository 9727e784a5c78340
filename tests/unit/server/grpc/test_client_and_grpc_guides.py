"""The guides to the client and to gRPC do what they show."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import transcript

pytest.importorskip("grpc", reason="pip install 'llmreg[grpc]'")

GUIDES = Path(__file__).parents[4] / "docs" / "guides"


@pytest.fixture(scope="module")
def places(exported_once: Any) -> Iterator[dict[str, str]]:
    """What the guides call the server and the index → what they are here."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "llmreg", "serve", "--index", str(exported_once.out), "--port", "0"]
    with subprocess.Popen(
        [*command, "--grpc", str(port)], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None
            address = re.search(r"http://\S+", process.stdout.readline())
            assert address
            yield {
                "http://localhost:8080": address[0],
                "localhost:9090": f"127.0.0.1:{port}",
                "build/index.sqlite": str(exported_once.out / "index.sqlite"),
            }
        finally:
            os.killpg(process.pid, signal.SIGTERM)


@pytest.mark.parametrize("guide", ["client.md", "grpc.md"])
def test_the_guide_runs(guide: str, places: dict[str, str]) -> None:
    program = "\n".join(transcript.blocks((GUIDES / guide).read_text(encoding="utf-8"), "python"))
    for shown, here in places.items():
        program = program.replace(shown, here)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
