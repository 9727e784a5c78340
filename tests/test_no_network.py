"""A canary on the loopback interface: whatever a schema names, nobody connects to it."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import llmreg
from llmreg.cli.app import run


class Canary:
    """Listens on a free port and remembers whether anybody came."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.visits = 0
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        while True:
            try:
                visitor, _ = self.socket.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(timeout=5)


@pytest.fixture
def canary() -> Iterator[Canary]:
    bird = Canary()
    yield bird
    bird.close()


def schemas(port: int, file: Path) -> list[str]:
    """Schemas that ask to be fetched, in every way that a library somewhere obeys."""
    url = f"http://127.0.0.1:{port}/schema.json"
    return [
        json.dumps({"$ref": url}),
        json.dumps({"$ref": f"file://{file}"}),
        json.dumps({"$schema": url, "type": "object"}),
        json.dumps({"$id": url, "$ref": "other.json"}),
        json.dumps({"properties": {"a": {"allOf": [{"$ref": url}]}}}),
        json.dumps({"$schema": "http://json-schema.org/draft-04/schema#", "id": url, "items": {"$ref": "x.json#/y"}}),
        json.dumps({"$dynamicRef": url}),
        json.dumps({"$recursiveRef": url}),
    ]


@pytest.mark.parametrize("number", range(8))
def test_no_command_fetches(
    canary: Canary, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / "secret.json"
    secret.write_text('{"type": "string"}')
    subprocess.run(["git", "init", "--quiet"], check=True)
    schema = schemas(canary.port, secret)[number]
    subject = tmp_path / "subjects/a"
    subject.mkdir(parents=True)
    (tmp_path / "llmreg.yaml").write_text("registry: 1\n")
    (subject / "subject.yaml").write_text("format: json\n")
    (subject / "schema.json").write_text(schema)
    (tmp_path / "document.json").write_text("{}")
    for command in (
        ["register", "a"],
        ["check", "a"],
        ["diff", "subjects/a/schema.json", "secret.json"],
        ["validate", "subjects/a/schema.json", "document.json"],
    ):
        assert run(command) in (0, 1, 2)
    try:
        llmreg.compare(schema, '{"type": "string"}', format="json")
        llmreg.compare('{"type": "string"}', schema, format="json")
    except llmreg.LlmregError:
        pass
    assert "Traceback" not in "".join(capfd.readouterr())
    assert canary.visits == 0


def test_the_address_that_tools_came_from_is_asked_only_by_name(
    canary: Canary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    url = f"http://127.0.0.1:{canary.port}/mcp"
    subprocess.run(["git", "init", "--quiet"], check=True)
    (tmp_path / "llmreg.yaml").write_text("registry: 1\n")
    (tmp_path / "tools.json").write_text(json.dumps({"tools": [{"name": "t", "inputSchema": {"type": "object"}}]}))
    assert run(["lock-mcp", "wiki", "--from", "tools.json"]) == 0
    working = tmp_path / "subjects/wiki/t/schema.json"
    working.write_text(working.read_text().replace('"type": "object"', '"type": "object", "title": "T"'))
    assert run(["register", "wiki/t", "--meta", f"mcp-server={url}"]) == 0
    for command in (
        ["check", "--all"],
        ["doctor"],
        ["drift"],
        ["show", "wiki/t"],
        ["export-mcp", "wiki"],
        ["verify-mcp", "wiki", "--from", "tools.json"],
    ):
        assert run(command) in (0, 1)
    assert canary.visits == 0
    assert run(["verify-mcp", "wiki", "--url", url]) == 2
    assert canary.visits == 1
    assert "Traceback" not in "".join(capfd.readouterr())
