"""A whole site: valid pages, links that lead somewhere, the same bytes each time, and no more work than the change."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from tests.unit.render.pages.conftest import MakeIndex, subject_row, version_row
from tests.unit.render.pages.page_reader import Page, broken_links

from llmreg.errors import InputError
from llmreg.index.reader import Index
from llmreg.index.rows import SubjectRow
from llmreg.render.pages import page, paths, searchfile, write
from llmreg.render.pages.writing import STATE

STRING, NUMBER = b'{"type": "string"}\n', b'{"type": "number"}\n'


def tree(root: Path) -> dict[str, bytes]:
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def registry(*, changed: bool = False) -> list[SubjectRow]:
    used = subject_row("shared/id", [version_row(1, "1.0.0", STRING)])
    versions = [version_row(1, "1.0.0", NUMBER, references=(("llmreg:shared/id@1.0.0", "shared/id", "1.0.0"),))]
    if changed:
        versions.append(version_row(2, "1.0.1", NUMBER + b"\n"))
    return [subject_row("user/one", versions), used, subject_row("user/one/below", [version_row(1, "1.0.0", STRING)])]


def test_every_page_of_the_example_is_valid_and_every_link_leads_to_a_file(example: Index, tmp_path: Path) -> None:
    write(example, tmp_path)
    problems = []
    for path, content in tree(tmp_path).items():
        if path.endswith(".html"):
            read = Page(path, content)
            problems += read.problems + broken_links(read, tmp_path)
    assert problems == []


def test_a_site_is_what_the_paths_say_and_what_single_pages_are(example: Index, tmp_path: Path) -> None:
    write(example, tmp_path)
    files = tree(tmp_path)
    del files[STATE]
    assert sorted(files) == sorted(paths(example))
    for path, content in files.items():
        assert (page(example, path) or ("", b""))[1] == content, path


def test_the_same_index_gives_the_same_bytes_and_nothing_is_written_twice(example: Index, tmp_path: Path) -> None:
    first = write(example, tmp_path / "a")
    write(example, tmp_path / "b")
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    assert first.files == len(tree(tmp_path / "a"))
    assert write(example, tmp_path / "a") == (0, 0, 0)


def test_a_change_rewrites_what_it_touches_and_gives_what_a_new_site_would_be(
    make_index: MakeIndex, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    write(make_index(registry(), name="old"), site)
    before = tree(site)
    new = make_index(registry(changed=True), name="new", generation="4")
    told: dict[str, str | None] = {}
    written = write(new, site, changed=told)
    write(new, tmp_path / "fresh")
    assert tree(site) == tree(tmp_path / "fresh")
    assert written.subjects == 1
    assert told == {
        path: hashlib.sha256(content).hexdigest() for path, content in tree(site).items() if before.get(path) != content
    }
    untouched = {path for path, content in tree(site).items() if before.get(path) == content}
    assert "s/shared/id/-/index.html" in untouched
    assert "s/user/one/below/-/1.0.0.html" in untouched


def test_who_is_referred_to_tells_of_it_again_when_the_other_one_goes(make_index: MakeIndex, tmp_path: Path) -> None:
    site = tmp_path / "site"
    write(make_index(registry(), name="old"), site)
    assert b"user/one@1.0.0" in (site / "s/shared/id/-/index.html").read_bytes()
    new = make_index(registry()[1:], name="new")
    told: dict[str, str | None] = {}
    written = write(new, site, changed=told)
    assert b"user/one@1.0.0" not in (site / "s/shared/id/-/index.html").read_bytes()
    assert written.removed == 3
    gone = sorted(path for path, digest in told.items() if digest is None)
    assert gone == [f"s/user/one/-/{name}" for name in ("1.0.0.html", "1.0.0.json", "index.html")]
    assert (site / "s/user/one/below/-/1.0.0.html").is_file()
    write(new, tmp_path / "fresh")
    assert tree(site) == tree(tmp_path / "fresh")


def test_a_reference_to_what_is_gone_is_no_link(make_index: MakeIndex, tmp_path: Path) -> None:
    site = tmp_path / "site"
    write(make_index(registry(), name="old"), site)
    write(make_index([row for row in registry() if row.name != "shared/id"], name="new"), site)
    content = (site / "s/user/one/-/1.0.0.html").read_bytes()
    assert b"no longer here" in content
    assert broken_links(Page("s/user/one/-/1.0.0.html", content), site) == []
    assert not (site / "s/shared").exists()


@pytest.mark.parametrize("state", [b"", b"[]", b'{"maker": "another"}', b'{"maker": "x", "subjects": 3}'])
def test_a_site_without_a_good_state_file_is_made_anew(make_index: MakeIndex, tmp_path: Path, state: bytes) -> None:
    site = tmp_path / "site"
    write(make_index(registry(), name="old"), site)
    (site / STATE).write_bytes(state)
    (site / "s/shared/id/-/index.html").write_bytes(b"torn")
    new = make_index(registry()[1:], name="new")
    write(new, site)
    write(new, tmp_path / "fresh")
    assert tree(site) == tree(tmp_path / "fresh")


def test_files_of_other_makers_stay(make_index: MakeIndex, tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "x.json").write_bytes(b"{}")
    write(make_index(registry()), tmp_path)
    assert (tmp_path / "api" / "x.json").is_file()


def test_a_name_that_is_no_path_is_refused(make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index([subject_row("../../out", [version_row(1, "1.0.0", STRING)])])
    with pytest.raises(InputError, match="no pages for the subject"):
        write(index, tmp_path / "deep" / "site")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "path",
    [
        "nothing.html",
        "assets/nothing.css",
        "assets/../conftest.py",
        "assets/search-1.js",
        "s/shared/id/-/9.9.9.html",
        "s/shared/id/-/1.0.0..1.0.0.html",
        "s/shared/id/-/9.9.9.json",
        "s/shared/id/-/1.0.0.avsc",
        "s/shared/id/-/1.0.0",
        "s/nobody/-/index.html",
        "s/shared/id/index.html",
        "../index.html",
    ],
)
def test_what_is_not_there_is_none(make_index: MakeIndex, path: str) -> None:
    assert page(make_index(registry()), path) is None


def test_the_start_page_needs_no_name(make_index: MakeIndex) -> None:
    index = make_index(registry())
    assert page(index, "/") == page(index, "index.html")


def test_an_empty_registry_has_pages_too(make_index: MakeIndex) -> None:
    index = make_index([])
    for path in ("index.html", "graph.html", "changes.html"):
        content_type, content = page(index, path) or ("", b"")
        assert content_type == "text/html; charset=utf-8"
        assert Page(path, content).problems == []


def test_a_large_registry_has_a_small_overview_and_its_search_file_is_split(
    make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searchfile, "_ONE_FILE", 200)
    monkeypatch.setattr(searchfile, "_PER_FILE", 100)
    index = make_index([subject_row(f"team{at % 30}/s{at}", [], owner=f"o{at % 90}", fields=()) for at in range(201)])
    _, content = page(index, "index.html") or ("", b"")
    assert content.count(b'class="row"') == 101  # with the blank one that scripts copy
    assert b"30 rarer ones" in content
    shards = [path for path in paths(index) if "search-" in path]
    assert len(shards) == 3
    found = [json.loads(page(index, path)[1][11:-3]) for path in shards]  # type: ignore[index]
    assert sum(map(len, found)) == 201


def test_search_files_that_are_no_longer_needed_go(
    make_index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searchfile, "_ONE_FILE", 1)
    monkeypatch.setattr(searchfile, "_PER_FILE", 1)
    write(make_index(registry(), name="old"), tmp_path / "site")
    write(make_index(registry()[:1], name="new"), tmp_path / "site")
    assert [file.name for file in (tmp_path / "site" / "assets").glob("search-*")] == ["search-0.js"]
