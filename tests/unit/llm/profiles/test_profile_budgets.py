"""Budgets: counted after references are written out, summed over a request, with a proposal that fits."""

from __future__ import annotations

from typing import Any

from llmreg.llm.profiles import budgets, catalogue
from llmreg.llm.profiles.engine import lint_tools

PERSON = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": ["integer", "null"]}}}


def test_definitions_count_where_they_are_used() -> None:
    twice = {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/p"}, "b": {"$ref": "#/$defs/p"}},
        "required": ["a"],
        "$defs": {"p": PERSON, "unused": PERSON},
    }
    counted = budgets.count(twice)
    assert (counted.tools, counted.optional, counted.unions, counted.depth) == (1, 1 + 2 + 2, 2, 2)


def test_recursion_is_counted_once() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {"next": {"$ref": "#"}}}
    assert budgets.count(schema).optional == 1


def test_counts_add_up_and_depth_does_not() -> None:
    both = budgets.count(PERSON) + budgets.count(PERSON)
    assert (both.tools, both.optional, both.depth) == (2, 4, 1)


def test_over_budget_proposes_what_fits() -> None:
    tools = {
        f"tool{number}": {"type": "object", "properties": {f"p{index}": {"type": "string"} for index in range(number)}}
        for number in range(1, 9)
    }
    profile = catalogue.get("anthropic-strict")
    (broken,) = budgets.over(profile, tools)
    assert (broken.measure, broken.found, broken.limit) == ("optional", 36, 24)
    assert sum(budgets.count(tools[name]).optional for name in broken.keep) <= 24
    assert broken.leave == ("tool7", "tool8")
    (finding,) = lint_tools(tools, profile)
    assert finding.rule == "anthropic_strict_optional_parameters"
    assert finding.message == "36 optional parameters, at most 24 in one request"
    assert finding.fix is not None
    assert "tool7, tool8 without strict mode" in finding.fix
    assert lint_tools({name: tools[name] for name in broken.keep}, profile) == []
