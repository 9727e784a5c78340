"""A format that refuses, or leaves open, without a word: nothing passes for want of anything to report."""

from __future__ import annotations

from typing import Any

import pytest

from llmreg.compat.judge import Earlier, Judge
from llmreg.compat.policy import Terms
from llmreg.formats import catalogue
from llmreg.formats.interface import Comparison, Source
from llmreg.model.kind import KINDS
from llmreg.model.mode import Direction, Mode
from llmreg.model.report import Verdict
from llmreg.model.subject import Rules
from llmreg.model.version import Version

JSON = catalogue.get("json")


class Silent:
    """JSON Schema, but for `compare`, which gives a bare verdict."""

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict

    def __getattr__(self, name: str) -> Any:
        return getattr(JSON, name)

    def compare(self, *_: Any) -> Comparison:
        return Comparison(self._verdict)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_bare_verdict_fails_unless_it_is_compatible(verdict: Verdict) -> None:
    schema = JSON.parse(Source(b"{}"))
    judge = Judge(Silent(verdict), Terms(Rules(Mode.BACKWARD, "closed", "major", {}), KINDS["data"]))
    found = judge.pair(Earlier(Version.parse("1.0.0"), lambda: schema), schema, Direction.BACKWARD)
    bare = verdict is not Verdict.COMPATIBLE
    assert found.verdict is (Verdict.UNDECIDED if bare else Verdict.COMPATIBLE)
    assert [item.reason for item in found.undecided] == ["unexplained"] * bare
