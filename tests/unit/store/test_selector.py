"""`SUBJECT@RANGE`: which version is meant."""

from __future__ import annotations

import pytest

from llmreg.compat.selector import matching, pick, select, split
from llmreg.errors import NotFoundError, UsageError
from llmreg.store.memory import MemorySnapshot
from llmreg.store.registry import RegistryView

VERSIONS = ("1.0.0", "1.1.0", "2.0.0", "1.2.0", "3.0.0-rc.1")
RETIRED = "format: json\nstatus:\n  2.0.0: {retired: leak}\n"


def _view(line, versions=VERSIONS, config=RETIRED):
    ledger = b"".join(line(version, version.encode()).to_line() for version in versions)
    files = {"llmreg.yaml": b"registry: 1\n", "subjects/a/b/subject.yaml": config.encode()}
    return RegistryView(MemorySnapshot({**files, "subjects/a/b/versions.jsonl": ledger}))


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a/b", ("a/b", "")), ("a/b@^1.2", ("a/b", "^1.2")), ("a@ 1 || 2 ", ("a", "1 || 2"))],
)
def test_split(text, parts):
    assert split(text) == parts


@pytest.mark.parametrize("text", ["", "@1", "@", "a@", "a@ "])
def test_split_needs_a_subject_and_what_follows_the_mark(text):
    with pytest.raises(UsageError):
        split(text)


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        ("", "1.2.0"),
        ("latest", "1.2.0"),
        ("*", "1.2.0"),
        ("^1.0", "1.2.0"),
        ("~1.1", "1.1.0"),
        (">=1", "1.2.0"),
        ("2.0.0", "2.0.0"),
        ("=2.0.0", "2.0.0"),
        ("3.0.0-rc.1", "3.0.0-rc.1"),
        ("^3.0.0-rc", "3.0.0-rc.1"),
    ],
)
def test_a_retired_version_is_taken_only_by_its_exact_number(line, wanted, version):
    assert str(pick(_view(line).subject("a/b"), wanted).version) == version


@pytest.mark.parametrize("wanted", ["^2", "3.x", "7.0.0", "2.0.0 || 7"])
def test_what_is_not_there_is_told_with_what_is(line, wanted):
    with pytest.raises(NotFoundError) as caught:
        pick(_view(line).subject("a/b"), wanted)
    assert caught.value.hint == "there is 3.0.0-rc.1, 2.0.0 (retired: name it exactly), 1.2.0, 1.1.0, 1.0.0"


def test_a_prerelease_is_the_latest_only_where_there_is_nothing_else(line):
    view = _view(line, ("1.0.0-rc.1", "1.0.0-rc.2"))
    assert str(pick(view.subject("a/b"), "").version) == "1.0.0-rc.2"


def test_nothing_registered(line):
    with pytest.raises(NotFoundError, match="no version") as caught:
        select(_view(line, ()), "a/b")
    assert "llmreg register a/b" in (caught.value.hint or "")


def test_a_long_list_is_cut(line):
    view = _view(line, tuple(f"1.{number}.0" for number in range(50)))
    with pytest.raises(NotFoundError) as caught:
        pick(view.subject("a/b"), "9")
    assert (caught.value.hint or "").endswith("1.30.0 and 30 more")


def test_matching_takes_retired_ones_too(line):
    subject = _view(line).subject("a/b")
    assert [str(found.version) for found in matching(subject, ">=1.1 <3")] == ["1.1.0", "2.0.0", "1.2.0"]
    assert len(matching(subject, "")) == 5
    assert [str(found.version) for found in matching(subject, "latest")] == ["1.2.0"]
    with pytest.raises(NotFoundError):
        matching(subject, "9")


def test_an_exact_number_needs_no_settings(line):
    view = _view(line, config="nonsense\n")
    assert str(pick(view.subject("a/b"), "1.0.0").version) == "1.0.0"
