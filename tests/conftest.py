"""For the whole suite: no Git configuration but the repository's own, nothing of a surrounding hook or CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "1767225600 +0000",
    "GIT_COMMITTER_NAME": "Grace",
    "GIT_COMMITTER_EMAIL": "grace@example.org",
    "GIT_COMMITTER_DATE": "1767229200 +0000",
}
_FOREIGN = ("GIT_", "PRE_COMMIT", "GITHUB_", "CI_MERGE_", "LLMREG_TRACEBACK", "NO_COLOR")


@pytest.fixture(autouse=True)
def isolated_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every test, whatever the machine that it runs on is set up like."""
    for key in [key for key in os.environ if key.startswith(_FOREIGN)]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_EDITOR", "true")  # a git that wants to ask somebody would wait for ever
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "0")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for key, value in _IDENTITY.items():
        monkeypatch.setenv(key, value)
