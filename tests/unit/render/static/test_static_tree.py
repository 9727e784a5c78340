"""`export --static`: every file is what the server answers to its URL; an update leaves what a new tree would be."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tests.example

from llmreg.index.reader import Index
from llmreg.index.sums import kept
from llmreg.ops.export import ExportRequest, export
from llmreg.render.pages import write as write_pages
from llmreg.render.static import write


class Registry(tests.example.Registry):
    """Exported with its plain files."""

    def export(self, out: Path | None = None) -> dict[str, str | None]:
        """What was written and removed."""
        out = out or self.out
        told: dict[str, str | None] = {}

        def beside(made: Path) -> None:
            with Index(made) as index, kept(out) as changed:
                write(index, out / "site", changed)
                told.update(changed)

        export(ExportRequest(self.path, out, environment=os.environ), beside=beside)
        return told


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return Registry.start(tmp_path_factory.mktemp("static"))


@pytest.fixture
def registry(whole: Registry, tmp_path: Path) -> Registry:
    return whole.copy(tmp_path)


def files(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def get(whole: Registry) -> Iterator[Callable[[str], Any]]:
    """The server's answer to a URL, in this process."""
    import asyncio

    import httpx

    from llmreg.server.app import build
    from llmreg.server.options import ServerOptions
    from llmreg.server.state import State

    state = State(ServerOptions(whole.out))
    app = build(state)
    with asyncio.Runner() as runner:
        runner.run(state.load())
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
        yield lambda url: runner.run(client.get(url))
        runner.run(client.aclose())
        state.close()


_MEDIA = {"json": "application/json", "schema": "application/schema+json", "avsc": "application/json"}


def test_every_file_is_the_answer_of_the_server(whole: Registry, get: Callable[[str], Any]) -> None:
    found = files(whole.out / "site")
    assert {"api/v1/subjects/_index.json", "subjects/_index.json", ".static.json"} <= found.keys()
    for path, content in found.items():
        folder, _, name = path.rpartition("/")
        if path == ".static.json":
            continue
        if name.endswith(".gz"):
            assert gzip.decompress(content) == found[path.removesuffix(".gz")]
            continue
        answer = get(f"/{folder}")
        assert (answer.status_code, answer.content) == (200, content), path
        media = _MEDIA.get(name.rpartition(".")[2], "text/plain; charset=utf-8")
        if not path.startswith("api/"):
            media = "application/vnd.schemaregistry.v1+json"
        assert answer.headers["content-type"] == media, path


def test_what_is_there(whole: Registry) -> None:
    site = whole.out / "site"
    with Index(whole.out / "index.sqlite") as index:
        for subject in index.subjects():
            for version in subject.versions:
                folder = site / "api/v1/subjects" / subject.name / "versions" / version.version
                assert json.loads((folder / "_index.json").read_bytes())["sha256"] == version.sha256
                [registered] = [path for path in (folder / "schema").iterdir() if path.suffix != ".gz"]
                assert hashlib.sha256(registered.read_bytes()).hexdigest() == version.sha256
                assert (site / "api/v1/schemas" / version.sha256 / "_index.json").is_file()
                known = subject.config.kind != "prompt"
                assert (site / "schemas/ids" / str(version.schema_id) / "_index.json").is_file() == known


def _retire(registry: Registry) -> None:
    file = registry.path / "subjects/chat/message/subject.yaml"
    lines = file.read_text().split("status:")[0]
    file.write_text(f"{lines}status:\n  1.0.0: {{retired: old}}\n")


def _describe(registry: Registry) -> None:
    file = registry.path / "subjects/chat/reply/subject.yaml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("description:")]
    file.write_text("\n".join([*lines, "description: another", ""]))


def _remove(registry: Registry) -> None:
    registry.remove_unreferenced()


def _nothing(registry: Registry) -> None:
    (registry.path / "README.md").write_text("other words")


@pytest.mark.parametrize("change", [_retire, _describe, _remove, _nothing])
def test_an_update_leaves_what_a_new_tree_would_be(
    registry: Registry, change: Callable[[Registry], None], tmp_path: Path
) -> None:
    before = files(registry.out / "site")
    change(registry)
    registry.commit()
    told = registry.export()
    registry.export(tmp_path / "anew")
    after = files(registry.out / "site")
    assert after == files(tmp_path / "anew" / "site")
    assert (registry.out / "site.sha256").read_text() == (tmp_path / "anew" / "site.sha256").read_text()
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} <= told.keys()
    assert len(told) < len(before) / 2


def test_only_what_differs_is_written(registry: Registry) -> None:
    first = {path: path.stat().st_mtime_ns for path in (registry.out / "site").rglob("*") if path.is_file()}
    told = registry.export()
    second = {path: path.stat().st_mtime_ns for path in (registry.out / "site").rglob("*") if path.is_file()}
    assert told == {}
    assert first == second


def test_a_tree_that_is_half_there_is_completed(registry: Registry, whole: Registry) -> None:
    site = registry.out / "site"
    (site / ".static.json").unlink()
    (registry.out / ".site.writing").touch()
    shutil.rmtree(site / "api/v1/schemas")
    stale = site / "api/v1/subjects/gone/by/versions/1.0.0/_index.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("{}")
    registry.export()
    assert files(site) == files(whole.out / "site")
    assert (registry.out / "site.sha256").read_text() == (whole.out / "site.sha256").read_text()


def test_pages_and_files_leave_each_other_alone(registry: Registry) -> None:
    site = registry.out / "site"
    plain = set(files(site))
    for _ in range(2):
        with Index(registry.out / "index.sqlite") as index, kept(registry.out) as changed:
            write(index, site, changed)
            write_pages(index, site, changed=changed)
    both = set(files(site))
    assert plain < both
    assert {"index.html", "subjects/_index.json"} <= both
    done = subprocess.run(["sha256sum", "--check", "--quiet", "site.sha256"], cwd=registry.out, check=False)
    assert done.returncode == 0
    listed = {line[71:] for line in (registry.out / "site.sha256").read_text().splitlines()}
    assert listed == both


def test_the_manifest_names_the_list(registry: Registry) -> None:
    manifest = json.loads((registry.out / "manifest.json").read_bytes())
    assert set(manifest["files"]) == {"index.sqlite", "site.sha256"}
    listed = (registry.out / "site.sha256").read_bytes()
    assert manifest["files"]["site.sha256"] == {"sha256": hashlib.sha256(listed).hexdigest(), "size": len(listed)}
