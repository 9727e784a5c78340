"""A few of the faults that `benchmarks/faults/` tries in full: cut off, merged wrongly, raced."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.faults import merges, race, steps
from benchmarks.faults.ground import Tally, copy, start


@pytest.mark.parametrize(
    ("name", "how", "every"), [("register", "kill", 5), ("register", "ENOSPC", 5), ("new", "kill", 3)]
)
def test_what_is_cut_off_is_completed_by_the_next_run(tmp_path: Path, name: str, how: str, every: int) -> None:
    start(tmp_path / "start")
    case = next(case for case in steps.CASES if case.name == name)
    tally = steps.try_case(case, how, every, tmp_path)
    assert tally.tried >= 2
    assert not tally.failures


def test_wrong_merges_are_named_by_code_and_line(tmp_path: Path) -> None:
    tally = Tally()
    merges.prepare(tmp_path / "start")
    for name in ("strategy ours", "both lines, theirs first", "subject deleted", "as the guide says"):
        row = next(row for row in merges.ROWS if row.name == name)
        merges.try_row(row, copy(tmp_path / "start", tmp_path / "root"), tally)
    assert not tally.failures


def test_two_clones_that_race_both_arrive(tmp_path: Path) -> None:
    tally = Tally()
    race.two("same version, other content", "rebase", tmp_path, tally)
    assert tally.counts == {"conflicts resolved": 1}
    assert not tally.failures
