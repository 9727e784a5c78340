"""How the tests of the engine ask it, and how both validators check what it answers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from llmreg.formats.json.inclusion.decide import Contained, Counterexample, Question, Side

_ENGINES: list[dict[str, Any]] = [
    {
        "draft4": jsonschema.Draft4Validator,
        "draft6": jsonschema.Draft6Validator,
        "draft7": jsonschema.Draft7Validator,
        "2019-09": jsonschema.Draft201909Validator,
        "2020-12": jsonschema.Draft202012Validator,
    },
    {
        "draft4": jsonschema_rs.Draft4Validator,
        "draft6": jsonschema_rs.Draft6Validator,
        "draft7": jsonschema_rs.Draft7Validator,
        "2019-09": jsonschema_rs.Draft201909Validator,
        "2020-12": jsonschema_rs.Draft202012Validator,
    },
]


def _plain(value: Any) -> Any:
    """Exact decimals as the floats that validators know."""
    return json.loads(json.dumps(value, default=float))


def _exact(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_float=Decimal)


@pytest.fixture(name="valid")
def _valid() -> Callable[[Any, str, Any], bool]:
    """Is a document valid? Both validators must agree."""

    def valid(schema: Any, draft: str, document: Any) -> bool:
        first, second = (engine[draft](_plain(schema)).is_valid(_plain(document)) for engine in _ENGINES)
        assert first is second
        return bool(first)

    return valid


@pytest.fixture(name="side")
def _side() -> Callable[..., Side]:
    def side(document: Any, draft: str = "2020-12", **options: Any) -> Side:
        return Side(_exact(document), draft, **options)

    return side


@pytest.fixture(name="question")
def _question() -> Callable[..., Question]:
    def question(writer: Side, reader: Side, **options: Any) -> Question:
        return Question(writer, reader, deadline=time.monotonic() + 10, **options)

    return question


@pytest.fixture(name="confirmed")
def _confirmed(valid: Callable[[Any, str, Any], bool]) -> Callable[[Counterexample, Side, Side], bool]:
    def confirmed(answer: Counterexample, writer: Side, reader: Side) -> bool:
        accepted = valid(writer.document, writer.draft, answer.document)
        return accepted and not valid(reader.document, reader.draft, answer.document)

    return confirmed


@pytest.fixture(name="assert_verdict")
def _assert_verdict(question: Callable[..., Question], confirmed: Callable[..., bool]) -> Callable[..., None]:
    """Assert what a row of a table says: `yes`, `no` with a confirmed document, or `taint` with a candidate."""

    def assert_verdict(left: Side, right: Side, verdict: str) -> None:
        answer = question(left, right).decide()
        if verdict == "yes":
            assert answer == Contained()
        else:
            assert isinstance(answer, Counterexample)
            assert answer.tainted is (verdict == "taint")
            assert answer.tainted or confirmed(answer, left, right)

    return assert_verdict
