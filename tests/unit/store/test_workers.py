"""Work that several processes share: answers in order, errors told, nobody left behind."""

import os
import signal
from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import Any

import pytest

from llmreg.errors import DocumentError, LimitError
from llmreg.model.jsontext import loads
from llmreg.store.workers import Workers, how_many


def test_answers_come_in_the_order_of_the_tasks() -> None:
    tasks = [(number, "x" * (number * 997 % 200_000)) for number in range(100)]  # more than a pipe holds, both ways
    with Workers(3, itemgetter, 0) as workers:
        assert list(workers.map(tasks)) == list(range(100))
        assert list(workers.map([])) == []
        assert list(workers.map([("again",)])) == ["again"]


def test_what_a_process_prints_does_not_mix_with_its_answers(capfd: pytest.CaptureFixture[str]) -> None:
    with Workers(1, partial, print) as workers:
        assert list(workers.map(["noise"])) == [None]
    assert capfd.readouterr().out == ""


def test_an_error_is_told_in_its_turn() -> None:
    with pytest.raises(DocumentError, match="not JSON") as caught, Workers(2, partial, loads) as workers:
        answers = workers.map([b"1", b"{", b"[", b"2"])
        assert next(answers) == 1
        next(answers)
    assert caught.value.problems[0].code == "json-syntax"
    with pytest.raises(RuntimeError, match="IndexError"), Workers(2, itemgetter, 5) as workers:
        list(workers.map([(1,)]))


@pytest.mark.parametrize(
    ("how", "task", "words"),
    [(os._exit, 9, "ended with status 9"), (signal.raise_signal, signal.SIGKILL, "was killed by signal 9")],
)
def test_a_process_that_dies_is_told(how: Callable[..., Any], task: int, words: str) -> None:
    with pytest.raises(LimitError, match=words) as caught, Workers(2, partial, how) as workers:
        list(workers.map([task, task, task]))
    assert "--jobs 1" in (caught.value.hint or "")


def test_ctrl_c_ends_every_process() -> None:
    workers = Workers(2, partial, signal.sigwait)  # waits for ever
    with pytest.raises(KeyboardInterrupt), workers:
        started = list(workers._processes)
        raise KeyboardInterrupt
    assert [process.returncode for process in started] == [-signal.SIGKILL, -signal.SIGKILL]
    for process in started:
        with pytest.raises(ProcessLookupError):
            os.kill(process.pid, 0)


def test_ctrl_c_reaches_only_the_caller() -> None:
    with Workers(1, partial, signal.getsignal) as workers:
        assert list(workers.map([signal.SIGINT])) == [signal.SIG_IGN]
        assert os.getpgid(workers._processes[0].pid) != os.getpgid(0)


def test_how_many() -> None:
    assert how_many(8, 3) == 3
    assert how_many(2, 100) == 2
    assert how_many(None, 0) == 1
    assert 1 <= how_many(None, 1000) <= (os.cpu_count() or 1)
