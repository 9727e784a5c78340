"""The paths that templates use, and their roots beside Jinja2's own analysis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from llmreg.formats.prompt import engines

TABLE = Path(__file__).parents[3] / "cases" / "formats" / "prompt" / "templates.yaml"
ROWS: list[dict[str, Any]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:60] for row in ROWS])
def test_paths(row: dict[str, Any]) -> None:
    needs = engines.get(row.get("engine", "jinja2")).needs(row["text"])
    unguarded = {need.shown for need in needs if not need.guarded}
    found = {need.shown + ("" if need.shown in unguarded else "!") for need in needs}
    assert found == set(row["paths"])


@pytest.mark.parametrize("row", [row for row in ROWS if "engine" not in row], ids=lambda row: row["text"][:60])
def test_roots_are_those_that_jinja2_finds(row: dict[str, Any]) -> None:
    environment = ImmutableSandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
    roots = {need.path[0].name for need in engines.get("jinja2").needs(row["text"])}
    assert roots - environment.globals.keys() == meta.find_undeclared_variables(environment.parse(row["text"]))


def test_there_are_enough_templates() -> None:
    assert len(ROWS) >= 60


def test_lines_and_statements() -> None:
    (first, second) = engines.get("jinja2").needs("a\n{{ x }}\n{{ 1 +\n y }}")
    assert (first.line, first.statement) == (2, 2)
    assert (second.line, second.statement) == (4, 3)


def test_facts_end_with_their_branch() -> None:
    needs = engines.get("jinja2").needs("{% if x is defined %}{{ x }}{% endif %}{{ x }}")
    assert [need.guarded for need in needs] == [True, True, False]
