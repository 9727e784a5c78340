"""Versions against semver 2.0.0 and the `semver` package."""

from __future__ import annotations

from itertools import pairwise

import pytest
import semver
from hypothesis import given
from hypothesis import strategies as st

from llmreg.model.version import Bump, Version

ASCENDING = (
    "0.0.0-0",
    "0.0.0",
    "0.0.1",
    "0.10.0",
    "1.0.0-0",
    "1.0.0-2",
    "1.0.0-10",
    "1.0.0--",
    "1.0.0-00a",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1",
    "1.2.0",
    "9007199254740991.0.0",
)
NUMBERS = st.integers(0, 12).map(str)
WORDS = st.sampled_from(["alpha", "beta", "0", "1", "10", "-", "a-b", "00a"])
VERSIONS = st.builds(
    lambda parts, words: ".".join(parts) + ("-" + ".".join(words) if words else ""),
    st.tuples(NUMBERS, NUMBERS, NUMBERS),
    st.lists(WORDS, max_size=3),
)


@pytest.mark.parametrize(("lower", "higher"), list(pairwise(ASCENDING)))
def test_precedence(lower: str, higher: str) -> None:
    assert Version.parse(lower) < Version.parse(higher)
    assert str(Version.parse(lower)) == lower


def test_build_metadata_does_not_count() -> None:
    one, other = Version.parse("1.0.0+a.001"), Version.parse("1.0.0+b")
    assert one == other
    assert hash(one) == hash(other)
    assert str(one) == "1.0.0+a.001"


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "1.2", "1.2.3.4", "v1.2.3", " 1.2.3", "1.2.3\n", "01.2.3", "1.2.03", "1.2.3-", "1.2.3-01"),
        *("1.2.3-a..b", "1.2.3+", "1.2.3+a+b", "-1.2.3", "1.2.3-ä", "١.2.3", "1.2.٣-a"),
        *(f"1.2.{'9' * 5000}", f"1.2.3-{'a' * 300}"),
    ],
)
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="is not a semantic version"):
        Version.parse(text)


def test_parts_that_not_every_implementation_reads_alike_are_refused() -> None:
    with pytest.raises(ValueError, match="larger than 9007199254740991"):
        Version.parse("9007199254740992.0.0")


@pytest.mark.property
@given(VERSIONS, VERSIONS)
def test_order_is_that_of_the_semver_package(one: str, other: str) -> None:
    ours = (Version.parse(one) > Version.parse(other)) - (Version.parse(one) < Version.parse(other))
    assert ours == semver.Version.parse(one).compare(other)


@pytest.mark.parametrize(
    ("version", "bump", "following"),
    [
        ("1.2.3", Bump.PATCH, "1.2.4"),
        ("1.2.3", Bump.MINOR, "1.3.0"),
        ("1.2.3", Bump.MAJOR, "2.0.0"),
        ("1.2.3-rc.1", Bump.PATCH, "1.2.3"),
        ("1.2.3-rc.1", Bump.MINOR, "1.3.0"),
        ("1.3.0-rc.1", Bump.MINOR, "1.3.0"),
        ("1.3.0-rc.1", Bump.MAJOR, "2.0.0"),
        ("2.0.0-rc.1", Bump.MAJOR, "2.0.0"),
        ("2.0.0-rc.1", Bump.PATCH, "2.0.0"),
    ],
)
def test_the_next_version(version: str, bump: Bump, following: str) -> None:
    assert str(Version.parse(version).next(bump)) == following
