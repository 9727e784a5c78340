"""The audit log: lines are appended, the file may be moved, a full disk is told and fails nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from llmreg.server.telemetry import audit as room
from llmreg.server.telemetry.audit import Audit


@pytest.fixture
def lost() -> list[int]:
    return []


def kinds(path: Path) -> list[str]:
    return [json.loads(line)["kind"] for line in path.read_text().splitlines()]


def test_lines_are_appended(tmp_path: Path, lost: list[int]) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_text('{"kind":"before"}\n')
    audit = Audit(path, lost.append)
    audit.write([{"kind": "one"}, {"kind": "two"}])
    audit.write([])
    audit.close()
    assert kinds(path) == ["before", "one", "two"]
    assert lost == []


def test_a_file_that_was_moved_is_left(tmp_path: Path, lost: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_LOOK", -1.0)
    path = tmp_path / "audit.jsonl"
    audit = Audit(path, lost.append)
    audit.write([{"kind": "one"}])
    path.rename(tmp_path / "audit.jsonl.1")
    audit.write([{"kind": "two"}])
    audit.close()
    assert (kinds(tmp_path / "audit.jsonl.1"), kinds(path)) == (["one"], ["two"])


def test_reopening_where_nothing_can_be_opened_goes_on(tmp_path: Path, lost: list[int]) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    audit = Audit(folder / "audit.jsonl", lost.append)
    folder.rename(tmp_path / "moved")
    audit.reopen()
    assert audit.failure is not None
    audit.write([{"kind": "one"}])
    audit.close()
    assert kinds(tmp_path / "moved" / "audit.jsonl") == ["one"]


def test_a_full_disk_is_told(tmp_path: Path, lost: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "audit.jsonl"
    audit = Audit(path, lost.append)
    write = os.write

    def full(file: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    def torn(file: int, data: bytes) -> int:
        return write(file, data[:10])

    monkeypatch.setattr(os, "write", full)
    audit.write([{"kind": "one"}])
    assert "No space" in str(audit.failure)
    monkeypatch.setattr(os, "write", torn)
    audit.write([{"kind": "two"}])
    assert lost == [1, 1]
    monkeypatch.setattr(os, "write", write)
    audit.write([{"kind": "three"}])
    assert audit.failure is None
    audit.close()
    assert json.loads(path.read_text().splitlines()[-1])["kind"] == "three"


def test_a_disk_that_is_full_fails_no_request(serve: Any) -> None:
    site = serve(judges=1, audit_log=Path("/dev/full"))
    asked = {"subject": "tools/search-docs", "data": {"query": "x"}}
    assert site.post("/api/v1/validate/data", json=asked).json()["valid"]
    assert "audit" in site.get("/health/ready").json()
    assert "llmreg_audit_failures_total 1.0" in site.get("/metrics").text


def test_a_file_that_cannot_be_opened_is_an_error_at_once(tmp_path: Path, lost: list[int]) -> None:
    with pytest.raises(OSError, match="nowhere"):
        Audit(tmp_path / "nowhere" / "audit.jsonl", lost.append)
