"""Every quoted error text fires its rule on a minimal schema, and the nearest schema that is fine stays silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llmreg.llm.profiles import catalogue
from llmreg.llm.profiles.engine import lint_schema
from llmreg.store import yamltext

CASES = Path(__file__).parents[4] / "tests" / "cases" / "profiles"


def _cases() -> list[Any]:
    found = [case for path in sorted(CASES.glob("*.yaml")) for case in yamltext.load(path.read_text(encoding="utf-8"))]
    return [pytest.param(case, id=case["about"][:90].replace("/", " ")) for case in found]


def _schema(case: dict[str, Any], near: str) -> Any:
    """The schema that a case writes out, or one that it describes by a number."""
    if f"{near}nested" in case:
        return _nested(case[f"{near}nested"])
    if f"{near}wide" in case:
        return _strict({f"p{number}": {"type": "string"} for number in range(case[f"{near}wide"])})
    if f"{near}unions" in case:
        return _unions(**case[f"{near}unions"])
    return case["near_miss" if near else "schema"]


def _strict(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = _strict({"a": schema})
    return schema


def _unions(written: int, used: int) -> dict[str, Any]:
    """`written` unions in properties, and one more in a definition that is used `used` times."""
    union = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    own = {f"p{number}": union for number in range(written)}
    shared = {f"q{number}": {"$ref": "#/$defs/maybe"} for number in range(used)}
    return {**_strict({**own, **shared}), "$defs": {"maybe": union}}


@pytest.mark.parametrize("case", _cases())
def test_quoted_errors(case: dict[str, Any]) -> None:
    profile = catalogue.get(case["profile"])
    findings = lint_schema(_schema(case, ""), profile, name=case.get("name"))
    assert set(case["fires"]) <= {finding.rule for finding in findings}
    for finding in findings:
        assert "{" not in finding.message.replace("{1,", ""), "a value was not filled in"
        assert finding.claim
        assert finding.claim.startswith(profile.label)
        assert "accepted by" not in finding.message
    silent = {item.rule for item in lint_schema(_schema(case, "near_"), profile, name=case.get("near_name"))}
    assert not silent & set(case["fires"])
