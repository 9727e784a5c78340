"""Every output against its goldens in `tests/cases/render/<output>/`.

After a change that is meant, write the goldens anew with

    LLMREG_WRITE_GOLDENS=1 pytest tests/unit/render/test_outputs.py

and read the difference before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from llmreg.errors import UsageError
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity
from llmreg.model.report import Report
from llmreg.render import catalogue
from llmreg.render.options import RenderOptions

GOLDENS = Path(__file__).parents[2] / "cases" / "render"
SUFFIXES = {"json": ".json", "sarif": ".sarif.json", "junit": ".xml", "markdown": ".md"}
PAGE = """The maximum got smaller.

Why it breaks:
    The writer still writes larger numbers.

Example:
    `{"maximum": 2}` → `{"maximum": 1}`

Instead:
    Keep the maximum.
"""
RULES = {
    "maximum_lowered": Rule(
        "The maximum got smaller.", ChangeClass.BREAKING, Severity.ERROR, iter, id="maximum_lowered", page=PAGE
    )
}


@pytest.fixture(autouse=True)
def _fixed_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Goldens must not change with the release or with somebody's rule page."""
    monkeypatch.setattr("llmreg.render.outputs.sarif.__version__", "0.0.0")
    monkeypatch.setattr("llmreg.render.outputs.sarif.rulebook", lambda package: RULES if ".json." in package else {})


def golden(output: str, sample_name: str) -> Path:
    return GOLDENS / output / f"{sample_name}{SUFFIXES.get(output, '.txt')}"


@pytest.mark.parametrize("output", catalogue.names())
def test_output_equals_its_golden(output: str, sample_name: str, sample: Report) -> None:
    text = catalogue.get(output).render(sample, RenderOptions(root_prefix="services/chat"))
    path = golden(output, sample_name)
    if os.environ.get("LLMREG_WRITE_GOLDENS"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()


def test_no_golden_is_an_orphan(samples: dict[str, Report]) -> None:
    expected = {golden(output, name) for output in catalogue.names() for name in samples}
    assert {path for path in GOLDENS.glob("*/*") if path.is_file()} == expected


@pytest.mark.parametrize("output", catalogue.names())
def test_nothing_invisible_leaves_the_program(output: str, sample: Report) -> None:
    text = catalogue.get(output).render(sample, RenderOptions())
    assert text.endswith("\n")
    assert all(line.isprintable() for line in text.split("\n"))


def test_an_unknown_output_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="unknown output 'yaml'") as caught:
        catalogue.get("yaml")
    assert caught.value.hint == f"one of {', '.join(catalogue.names())}"
