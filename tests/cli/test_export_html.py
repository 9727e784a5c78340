"""`llmreg export --html`: pages beside the index, brought up to date with it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.cli.conftest import IDENTITY, Llmreg, Repo, new_repo

from llmreg.render.pages import engine


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    repo = new_repo(tmp_path / "repo")
    for name in ("chat/reply", "tools/search"):
        repo.write(f"subjects/{name}/subject.yaml", "format: json\n")
        repo.schema(name, "text")
        repo.register(name)
    repo.commit()
    return repo


def test_an_update_writes_the_pages_of_what_changed(repo: Repo, llmreg: Llmreg, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = llmreg("export", "--html", "--out", str(out), "-o", "json", cwd=repo.root)
    assert first.json["site"]["subjects"] == 2
    assert (out / "site" / "s/chat/reply/-/1.0.0.html").is_file()
    repo.schema("chat/reply", "text", "more")
    repo.register("chat/reply")
    repo.commit()
    second = llmreg("export", "--html", "--out", str(out), "-o", "json", cwd=repo.root)
    assert second.json["site"]["subjects"] == 1
    assert (out / "site" / "s/chat/reply/-/1.0.0..1.1.0.html").is_file()
    again = llmreg("export", "--html", "--out", str(out), cwd=repo.root)
    assert again.out.endswith("site: 0 files written, 0 removed\n")


def test_without_jinja_it_says_what_to_install(
    repo: Repo, llmreg: Llmreg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    engine.environment.cache_clear()
    said = llmreg("export", "--html", "--out", str(tmp_path / "out"), cwd=repo.root)
    assert said.status == 2
    assert "pip install jinja2" in said.err
