"""`registry.binding(NAME).validate_inference`: two answers, each with its errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmreg import Registry
from llmreg.errors import NotFoundError, UsageError

EXAMPLES = Path(__file__).parents[4] / "example-registry"
INPUT = {"question": "How do I get a refund?", "passages": []}
OUTPUT = {"reasoning": "nothing found", "answer": "I will ask a colleague.", "citations": []}


@pytest.mark.parametrize("name", ["answer-anthropic", "answer-openai"])
def test_both_sides_are_judged(name: str) -> None:
    with Registry.open(EXAMPLES) as registry:
        binding = registry.binding(name)
        assert binding is registry.binding(name)
        good = binding.validate_inference(INPUT, OUTPUT)
        bad = binding.validate_inference({"question": 1}, {**OUTPUT, "extra": 1})
    assert good
    assert good.input
    assert good.output
    assert not bad
    assert bad.input is not None
    assert [problem.pointer for problem in bad.input.errors] == ["", "/question"]
    assert bad.output is not None
    assert bad.output.schema == "chat/reply@2.0.0"
    assert not bad.output


def test_a_side_may_be_left_out_but_null_is_a_document() -> None:
    with Registry.open(EXAMPLES) as registry:
        binding = registry.binding("answer-openai")
        assert binding.validate_inference(output=OUTPUT).input is None
        refused = binding.validate_inference(output=None).output
        assert refused is not None
        assert not refused.valid


def test_what_is_not_bound_is_said(tmp_path: Path) -> None:
    (tmp_path / "llmreg.yaml").write_text("registry: 1\n")
    (tmp_path / "bindings").mkdir()
    (tmp_path / "bindings" / "empty.yaml").write_text("model: m\noutput: gone@^1\n")
    with Registry.open(tmp_path) as registry:
        with pytest.raises(NotFoundError, match="no binding"):
            registry.binding("nobody")
        with pytest.raises(UsageError, match="has no input"):
            registry.binding("empty").validate_inference(input={})
        with pytest.raises(NotFoundError, match="no subject 'gone'"):
            registry.binding("empty").validate_inference(output={})
