"""What the disk refuses is told in words, and nothing is left of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmreg.errors import LlmregError
from llmreg.index.writer import IndexWriter


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(LlmregError, match="disk is full"), IndexWriter(tmp_path / "index.sqlite") as writer:
        writer._db.execute("PRAGMA max_page_count = 1")  # SQLite answers as it does when the system has no space
        writer._db.execute("INSERT INTO meta VALUES ('large', ?)", ("x" * 100_000,))
    assert not list(tmp_path.iterdir())
