"""The law of prompt checks: verdict and render agree, on generated pairs of template and schema."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmreg.formats import catalogue
from llmreg.formats.interface import Source
from llmreg.formats.json.verify import accepts
from llmreg.formats.prompt.sandbox import render
from llmreg.llm.prompts import check_prompt, clean_documents
from llmreg.model.finding import Severity

NAMES = st.sampled_from(["a", "b", "c"])
SCALARS = st.sampled_from(
    [{"type": "string"}, {"type": "integer"}, {"type": ["string", "null"]}, {"type": "boolean"}, {"enum": ["x", "y"]}]
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda properties, required: {
            "type": "object",
            "properties": properties,
            "required": [name for name in properties if name in required],
        },
        st.dictionaries(NAMES, inner, min_size=1, max_size=3),
        st.sets(NAMES),
    )


def arrays(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(lambda items, low: {"type": "array", "items": items, "minItems": low}, inner, st.integers(0, 1))


INNER = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        objects(inner),
        arrays(inner),
        st.builds(lambda one, other: {"anyOf": [one, other]}, inner, st.just({"type": "null"})),
    ),
    max_leaves=5,
)
SCHEMAS = objects(INNER)


@st.composite
def templates(draw: st.DrawFn, known: tuple[str, ...] = (), depth: int = 0) -> str:
    """Statements over variables, members and elements, with and without guards."""
    parts = []
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from([*known, "a", "b", "c"]))
        for _ in range(draw(st.integers(0, 2))):
            path += draw(st.sampled_from([".a", ".b", "['c']", "[0]"]))
        shape = draw(st.integers(0, 9 if depth < 2 else 3))
        if shape <= 1:
            parts.append("{{ " + path + " }}")
        elif shape == 2:
            parts.append("{{ " + path + "|default('-') }}")
        elif shape == 3:
            parts.append("{{ " + path + "|tojson }}")
        elif shape == 4:
            body = draw(templates(known, depth + 1))
            parts.append("{% if " + path + " is defined %}{{ " + path + " }}" + body + "{% endif %}")
        elif shape == 5:
            parts.append("{% if " + path + " %}{{ " + path + " }}{% else %}-{% endif %}")
        elif shape == 6:
            parts.append("{% set s = " + path + " %}{{ s }}")
        else:
            name = f"i{depth}"
            body = draw(templates((*known, name, name), depth + 1))
            parts.append("{% for " + name + " in " + path + " %}" + body + "{% endfor %}")
    return "\n".join(parts)


def parsed(schema: Any, template: str) -> tuple[Any, Any]:
    prompt = catalogue.get("prompt").parse(Source(template.encode()))
    return prompt, catalogue.get("json").parse(Source(json.dumps(schema).encode()))


@pytest.mark.property
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(SCHEMAS, templates())
def test_verdict_and_render_agree(schema: Any, template: str) -> None:
    prompt, variables = parsed(schema, template)
    report = check_prompt(prompt, variables)
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    for finding in errors:
        assert finding.witness is not None
        assert all(accepts(variables, finding.witness.document).values())
        (answer,) = render(prompt, [finding.witness.document], strict=True)
        assert answer.failed, finding
    if not errors:
        for document, answer in zip(
            documents := clean_documents(variables, 40), render(prompt, documents), strict=True
        ):
            assert answer.texts is not None, (document, answer)
