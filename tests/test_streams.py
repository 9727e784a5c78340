"""What happens when the world outside fails: a reader goes away, the disk is full, somebody presses Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from llmreg.cli.app import run
from llmreg.store.atomic import publish_new

LLMREG = [sys.executable, "-m", "llmreg"]


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    run(["init"])
    for number in range(40):
        run(["new", f"area/subject{number}"])
    run(["register", "--changed"])
    return tmp_path


def test_a_reader_that_goes_away_is_no_error_message(registry: Path) -> None:
    with subprocess.Popen([*LLMREG, "list"], cwd=registry, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    assert process.returncode in (0, 141)
    assert errors == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said(registry: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*LLMREG, "list"], cwd=registry, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def test_an_interrupt_leaves_no_half_written_registry(registry: Path) -> None:
    for number in range(40):
        working = registry / f"subjects/area/subject{number}/schema.json"
        working.write_text('{"type": "object", "properties": {"more": {"type": "string"}}}')
    command = [*LLMREG, "register", "--changed", "--allow-undecided"]
    with subprocess.Popen(command, cwd=registry, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            process.communicate(timeout=0.6)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            process.communicate()
    assert process.returncode in (0, 1, 130, -signal.SIGINT)
    check = subprocess.run([*LLMREG, "check", "--all"], cwd=registry, capture_output=True, check=False)
    assert b"ledger" not in check.stdout
    assert b"Traceback" not in check.stderr


def test_an_interrupt_while_files_are_put_in_place_leaves_everything(
    registry: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for number in range(6):
        working = registry / f"subjects/area/subject{number}/schema.json"
        working.write_text(working.read_text().replace("{", '{"$comment": "more",', 1))
    placed = []

    def interrupted(temporary: Path, final: Path) -> None:
        placed.append(final)
        if len(placed) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        publish_new(temporary, final)

    monkeypatch.setattr("llmreg.store.atomic.publish_new", interrupted)
    assert run(["register", "--changed"]) == 130
    assert len(placed) == 6
    capfd.readouterr()
    assert run(["check", "--all"]) == 0, capfd.readouterr().out
    assert run(["doctor"]) == 0, capfd.readouterr().out
    monkeypatch.undo()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)  # as it was before


@pytest.mark.parametrize("words", [["check"], ["-C", ".", "check"], ["check", "--jobs", "2"]], ids=" ".join)
def test_an_interrupt_is_said_however_the_line_was_read(
    words: list[str], registry: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("llmreg.ops.check.check", interrupted)
    capfd.readouterr()
    assert run(words) == 130
    assert "interrupted" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("list >&-", 0),
        ("list >&- 2>&-", 0),
        ("show nosuch >&- 2>&-", 2),
        ("validate area/subject1 <&-", 1),
        ("-h >&-", 0),
    ],
)
def test_closed_standard_streams_are_no_bug(line: str, status: int, registry: Path) -> None:
    command = ["sh", "-c", f'"$0" -m llmreg {line}', sys.executable]
    done = subprocess.run(command, cwd=registry, capture_output=True, check=False)
    assert (done.returncode, b"internal error" in done.stderr) == (status, False), done.stderr


def test_shell_completion_offers_commands_and_subjects(registry: Path) -> None:
    for words, position, wanted in (
        ("llmreg depr", "1", "deprecate"),
        ("llmreg check area/subject7", "2", "area/subject7"),
    ):
        asked = os.environ | {"_LLMREG_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": position}
        command = [str(Path(sys.executable).with_name("llmreg"))]
        done = subprocess.run(command, cwd=registry, env=asked, capture_output=True, text=True, check=True)
        assert done.stdout.split() == [wanted]
