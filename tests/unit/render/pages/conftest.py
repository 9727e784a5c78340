"""Indexes to make pages of: the example registry as it is exported, and small ones that are written by hand."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from llmreg.index.codec import registry_to_text
from llmreg.index.reader import Index
from llmreg.index.rows import EventRow, Origin, SubjectRow, VersionRow
from llmreg.index.writer import IndexWriter
from llmreg.model.mode import Mode
from llmreg.model.subject import LedgerLine, RegistryConfig, SubjectConfig
from llmreg.model.version import Bump, Version
from llmreg.ops.export import ExportRequest, export

EXAMPLE = Path(__file__).parents[4] / "example-registry"
MakeIndex = Callable[..., Index]


def version_row(number: int, version: str, data: bytes, **more: Any) -> VersionRow:
    digest = hashlib.sha256(data).hexdigest()
    bump = more.pop("bump", Bump.MAJOR if number == 1 else Bump.MINOR)
    line = LedgerLine(
        Version.parse(version), digest, int(digest[:6], 16), digest, bump, Mode.BACKWARD, meta=more.pop("meta", {})
    )
    origin = more.pop("origin", Origin("0123456789abcdef" * 2, "Ada", 1767225600, "Add it", 7))
    return VersionRow(
        number, line, data, "00000000-0000-0000-0000-000000000000", {"prompt": digest}, origin=origin, **more
    )


def subject_row(name: str, versions: Sequence[VersionRow], **config: Any) -> SubjectRow:
    latest = str(versions[-1].line.version) if versions else None
    fields = config.pop("fields", ("query", "limit"))
    return SubjectRow(
        name, SubjectConfig(**{"format": "json", **config}), "BACKWARD", "closed", latest, tuple(versions), fields
    )


@pytest.fixture
def make_index(tmp_path: Path) -> Iterator[MakeIndex]:
    """`make_index(rows, events=…, name=…)` writes an index and opens it."""
    opened: list[Index] = []

    def make(rows: Sequence[SubjectRow], events: Sequence[EventRow] = (), name: str = "index", **facts: str) -> Index:
        path = tmp_path / f"{name}.sqlite"
        with IndexWriter(path) as writer:
            for row in rows:
                writer.put(row)
            writer.add_events(events)
            told = {
                "generation": "3",
                "commit": "c0ffee" * 6 + "c0ff",
                "time": "1767225600",
                "program": "1.0",
                "registry": "abc",
            }
            writer.finish({**told, "config": registry_to_text(RegistryConfig()), **facts})
        opened.append(Index(path))
        return opened[-1]

    yield make
    for index in opened:
        index.close()


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The example registry, exported."""
    root = tmp_path_factory.mktemp("pages")
    shutil.copytree(EXAMPLE, root / "registry")
    environment = _environment()
    for arguments in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "-m", "The example")):
        subprocess.run(["git", *arguments], cwd=root / "registry", env=environment, check=True)
    export(ExportRequest(root / "registry", root / "out", environment=environment))
    with Index(root / "out" / "index.sqlite") as index:
        yield index


def _environment() -> Mapping[str, str]:
    who = {f"GIT_{role}_{part}": "ada" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, **who, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
