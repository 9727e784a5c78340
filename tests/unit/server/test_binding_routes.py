"""The routes of bindings over the example registry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llmreg.index.reader import Index

GOOD = {"reasoning": "no passage", "answer": "I will ask a colleague.", "citations": []}
PATH = "/api/v1/bindings/answer-openai"


def test_bindings_are_resolved(site: Any) -> None:
    body = site.get("/api/v1/bindings").json()
    assert [item["name"] for item in body["bindings"]] == ["answer-anthropic", "answer-openai"]
    one = site.get(PATH).json()
    assert one["model"] == "openai/gpt-6"
    assert {item["role"]: item["version"] for item in one["bound"]}["output"] == "2.0.0"
    assert site.get("/api/v1/bindings/nobody").status_code == 404


def test_two_reports(site: Any) -> None:
    sent = {"input": {"question": "why?", "passages": []}, "output": {**GOOD, "answer": 1}}
    body = site.post(f"{PATH}/validate-io", json=sent).json()
    assert (body["binding"], body["valid"], body["input"]["valid"]) == ("answer-openai", False, True)
    assert [error["pointer"] for error in body["output"]["errors"]] == ["/answer"]
    assert body["output"]["version"] == "2.0.0"
    half = site.post(f"{PATH}/validate-io", json={"output": GOOD}).json()
    assert (half["valid"], half["input"]) == (True, None)


@pytest.mark.parametrize(
    ("name", "sent", "status"),
    [("answer-openai", {}, 422), ("answer-openai", {"outptu": 1}, 422), ("nobody", {"output": {}}, 404)],
)
def test_what_cannot_be_judged_is_refused(site: Any, name: str, sent: Any, status: int) -> None:
    assert site.post(f"/api/v1/bindings/{name}/validate-io", json=sent).status_code == status


def test_a_changed_binding_reaches_the_index_without_a_changed_subject(registry: Any, tmp_path: Path) -> None:
    with Index(registry.out / "index.sqlite") as before:
        content = before.info.content
    file = registry.path / "bindings/answer-openai.yaml"
    file.write_text(file.read_text().replace("openai/gpt-6", "openai/gpt-7"))
    (registry.path / "bindings/answer-anthropic.yaml").unlink()
    registry.commit("another model")
    registry.export()
    with Index(registry.out / "index.sqlite") as after:
        assert {name: item["model"] for name, item in after.bindings.items()} == {"answer-openai": "openai/gpt-7"}
        assert after.info.content != content
