"""Ranges: what each form stands for, which versions it holds, and what is refused.

The expected values follow node-semver's documentation ("Ranges"), and were compared with node's own answers.
"""

from __future__ import annotations

import pytest

from llmreg.model.range import Range
from llmreg.model.version import Version

MEANINGS = {
    "": "*",
    "latest": "*",
    " * ": "*",
    "x": "*",
    "X.x": "*",
    "~*": "*",
    ">=0.0.0": "*",
    ">=*": "*",
    ">*": "<0.0.0-0",
    "<x": "<0.0.0-0",
    "1.2.3": "1.2.3",
    "v1.2.3": "1.2.3",
    "=1.2.3": "1.2.3",
    "= v1.2.3": "1.2.3",
    "1.2.3+build.5": "1.2.3",
    "1": ">=1.0.0 <2.0.0-0",
    "1.x": ">=1.0.0 <2.0.0-0",
    "1.2": ">=1.2.0 <1.3.0-0",
    "1.2.*": ">=1.2.0 <1.3.0-0",
    "1.2.x-beta": ">=1.2.0 <1.3.0-0",
    "=1.2": ">=1.2.0 <1.3.0-0",
    "~1": ">=1.0.0 <2.0.0-0",
    "~1.2": ">=1.2.0 <1.3.0-0",
    "~1.2.3": ">=1.2.3 <1.3.0-0",
    "~>1.2.3": ">=1.2.3 <1.3.0-0",
    "~ 1.2.3-beta.2": ">=1.2.3-beta.2 <1.3.0-0",
    "~0.0.1": ">=0.0.1 <0.1.0-0",
    "~1.x.3": ">=1.0.0 <2.0.0-0",
    "^1.2.3": ">=1.2.3 <2.0.0-0",
    "^ 1.2": ">=1.2.0 <2.0.0-0",
    "^1": ">=1.0.0 <2.0.0-0",
    "^v1.2": ">=1.2.0 <2.0.0-0",
    "^=1.2": ">=1.2.0 <2.0.0-0",
    "^0.2.3": ">=0.2.3 <0.3.0-0",
    "^0.0.3": ">=0.0.3 <0.0.4-0",
    "^0.0.3-beta": ">=0.0.3-beta <0.0.4-0",
    "^0.0": "<0.1.0-0",
    "^0": "<1.0.0-0",
    "^0.1.x": ">=0.1.0 <0.2.0-0",
    "^1.2.3-beta.2": ">=1.2.3-beta.2 <2.0.0-0",
    ">1.2.3": ">1.2.3",
    "> 1.2": ">=1.3.0",
    ">1": ">=2.0.0",
    ">= 1.2": ">=1.2.0",
    "<1.2": "<1.2.0-0",
    "<=1.2": "<1.3.0-0",
    "<=1": "<2.0.0-0",
    "<= 1.2.3": "<=1.2.3",
    ">=1 <2": ">=1.0.0 <2.0.0-0",
    ">= 1.2.3   <\t2": ">=1.2.3 <2.0.0-0",
    "1.2 - 2.3": ">=1.2.0 <2.4.0-0",
    "1.2.3 - 2.3.4": ">=1.2.3 <=2.3.4",
    "1.2.3-a - 2": ">=1.2.3-a <3.0.0-0",
    "1 - *": ">=1.0.0",
    "* - 2": "<3.0.0-0",
    "1.x || >=2.5.0 || 5.0.0 - 7.2.3": ">=1.0.0 <2.0.0-0 || >=2.5.0 || >=5.0.0 <=7.2.3",
    "1.2.3 || 1.2.3": "1.2.3",
    "1||": "*",
    "* || 1.0.0-beta": "*",
}
MATCHES = {
    "*": ("1.0.0 0.0.0", "1.0.0-beta 0.0.0-0"),
    "latest": ("3.2.1", "3.2.1-rc.1"),
    "1.2.3": ("1.2.3 1.2.3+any", "1.2.4 1.2.3-rc.1"),
    "^1.2": ("1.2.0 1.99.0", "1.1.9 2.0.0 2.0.0-0 1.3.0-beta 1.2.0-beta"),
    "~1.2.3": ("1.2.3 1.2.99", "1.3.0 1.2.2 1.2.4-beta"),
    "^1.2.3-beta.2": ("1.2.3-beta.2 1.2.3-beta.10 1.2.3-rc 1.2.3 1.4.0", "1.2.3-beta.1 1.2.4-beta.2 2.0.0-0"),
    ">1.2.3-alpha.3": ("1.2.3-alpha.7 1.2.3 3.4.5", "3.4.5-alpha.9 1.2.3-alpha.3"),
    ">=1 <2 || 3.0.0-rc.1": ("1.5.0 3.0.0-rc.1", "2.0.0 3.0.0 3.0.0-rc.2"),
    "* || 1.0.0-beta": ("1.0.0", "1.0.0-beta"),
    ">=0.0.0 <=0.0.0-beta": ("0.0.0-alpha", "0.0.0"),
    ">*": ("", "0.0.0 0.0.0-0 1.0.0"),
    "<2": ("0.0.0 1.9.9", "2.0.0-0 2.0.0"),
}
REFUSED = {
    "^": "'^' is no version",
    "one": "'one' is no version",
    "^latest": "is no version",
    "1.2.3.4": "is no version",
    "01.2.3": "is no version",
    "1.2.3-": "is no version",
    ">=1<2": "is no version",
    "> = = 1": "is no version",
    "1.2 -2.3": "is no version",
    "1.2.3*": "is no version",
    "*1.2.3": "is no version",
    "١.2": "is no version",
    "1 - 2 <3": "'-' is no version",
    "vv1.2.3": "'vv' before a version",
    "==1.2.3": "'=' before a version",
    "=v1.2.3 - =v2.0.0": "'=v' before a version",
    "x.2": "fixes a part after one that is left open",
    ">1.x.3": "fixes a part after one that is left open",
    "1.2.3-01": "'01' is no pre-release",
    "1.2.x-a..b": "'a..b' is no pre-release",
    "9007199254740992.0.0": "larger than 9007199254740991",
    "^9007199254740991.0.0": "larger than 9007199254740991",
    "1 || " * 60: "a version range of 300 characters; at most 256",
}


@pytest.mark.parametrize(("text", "meaning"), MEANINGS.items())
def test_what_a_range_stands_for(text: str, meaning: str) -> None:
    assert str(Range.parse(text)) == meaning
    assert str(Range.parse(meaning)) == meaning


@pytest.mark.parametrize("text", MATCHES)
def test_which_versions_match(text: str) -> None:
    inside, outside = (map(Version.parse, versions.split()) for versions in MATCHES[text])
    wanted = Range.parse(text)
    assert [str(version) for version in inside if not wanted.matches(version)] == []
    assert [str(version) for version in outside if wanted.matches(version)] == []


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(ValueError, match="version range") as caught:
        Range.parse(text)
    assert REFUSED[text] in str(caught.value)


def test_the_best_is_the_highest_that_matches() -> None:
    versions = [Version.parse(text) for text in ("1.2.0", "1.10.0", "1.9.0", "2.0.0", "1.11.0-rc.1")]
    assert str(Range.parse("^1.2").best(versions)) == "1.10.0"
    assert str(Range.parse("").best(versions)) == "2.0.0"
    assert Range.parse("3.x").best(versions) is None
