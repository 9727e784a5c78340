"""Witnesses get small, stay proofs, and come out the same every time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from llmreg.formats.json.explain.shrink import Advice, Shrinker, cost


def shrink(document: Any, keeps: Any, **advice: Advice) -> Any:
    return Shrinker(keeps, lambda path: advice.get("_".join(map(str, path)), Advice())).shrink(document)


def test_members_that_do_not_matter_go():
    document = {"a": 1, "b": {"c": [1, 2, 3]}, "d": "text"}
    assert shrink(document, lambda found: isinstance(found, dict) and "d" in found) == {"d": ""}


def test_the_last_item_alone_is_kept_when_it_alone_matters():
    assert shrink([1, 2, 3, 700], lambda found: isinstance(found, list) and 700 in found) == [700]


def test_a_nested_part_takes_the_place_of_the_whole():
    document = {"next": {"next": {"next": {"v": 6}}}}

    def keeps(found: Any) -> bool:
        while isinstance(found, dict) and "next" in found:
            found = found["next"]
        return isinstance(found, dict) and found.get("v") == 6

    assert shrink(document, keeps) == {"v": 6}


@pytest.mark.parametrize(
    ("text", "length", "expected"), [("zqxjk", 3, "aaa"), ("", 0, ""), ("\U0001f600\U0001f600", 1, "a")]
)
def test_texts_become_short_and_plain(text: str, length: int, expected: str):
    assert shrink(text, lambda found: isinstance(found, str) and len(found) >= length) == expected


def test_a_text_that_must_match_keeps_its_letters():
    assert shrink("zq", lambda found: found == "zq") == "zq"


def test_fractions_become_plain():
    found = shrink(Decimal("-999.999"), lambda value: isinstance(value, Decimal) and value % 1 != 0)
    assert found == Decimal("0.5")


def test_values_that_the_schema_names_are_tried():
    def keeps(found: Any) -> bool:
        return isinstance(found, dict) and found.get("unit") in ("Celsius", "C")

    assert shrink({"unit": "Celsius"}, keeps, unit=Advice(values=("Celsius", "C"))) == {"unit": "C"}


def test_required_names_are_not_tried():
    tried = []

    def keeps(found: Any) -> bool:
        tried.append(found)
        return isinstance(found, dict) and len(found) == 3

    names = {"a": "", "b": "", "c": ""}
    assert Shrinker(keeps, lambda path: Advice(required=names.keys())).shrink(names) == names
    assert all(not isinstance(found, dict) or len(found) in (0, 3) for found in tried)


def test_steps_bound_the_work():
    tried = []

    def keeps(found: Any) -> bool:
        tried.append(found)
        return False

    document = {str(number): [number] * 5 for number in range(50)}
    assert Shrinker(keeps, steps=20).shrink(document) == document
    assert len(tried) <= 20


def test_smaller_means_fewer_values_first():
    assert cost([]) < cost("aaaaaaaa") or cost([])[0] == cost("aaaaaaaa")[0]
    assert cost({"a": 1}) > cost("a" * 50)
    assert cost("a") < cost("\n")


def test_no_time_no_tries():
    tried = []

    def keeps(found: Any) -> bool:
        tried.append(found)
        return True

    assert Shrinker(keeps, running=lambda: False).shrink({"a": [1, 2]}) == {"a": [1, 2]}
    assert tried == []


def test_long_arrays_get_small_in_few_tries():
    tried = []

    def keeps(found: Any) -> bool:
        tried.append(found)
        return isinstance(found, list) and len(found) > 1000

    assert Shrinker(keeps).shrink([{"a": "text", "b": number} for number in range(1001)]) == [{}] * 1001
    assert len(tried) < 200  # not 400, and the items are small


def test_an_item_of_a_long_array_that_must_stay_as_it_is_stays():
    def keeps(found: Any) -> bool:
        return isinstance(found, list) and len(found) >= 100 and found[70] == "stay"

    found = shrink([*["other"] * 70, "stay", *["more"] * 29], keeps)
    assert found == [*[""] * 70, "stay", *[""] * 29]


def test_one_item_of_a_long_array_alone_is_found():
    assert shrink([*range(1000), "here"], lambda found: isinstance(found, list) and "here" in found) == ["here"]
