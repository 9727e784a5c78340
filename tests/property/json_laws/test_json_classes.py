"""Spellings that change nothing are told as nothing; real changes are never told as nothing.

`LLMREG_JSON_LAWS=20000` tries more documents than CI does.
"""

from __future__ import annotations

import json
import os
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.property.json_laws.generate import DOCUMENTS, VALIDATORS, Schemas, at, places_of, replaced
from tests.property.json_laws.rewrite import Rewriter

import llmreg
from llmreg.formats.interface import CompareOptions, Source
from llmreg.formats.json import FORMAT
from llmreg.formats.json.dialects import DRAFTS, REF_IS_ALONE
from llmreg.model.finding import ChangeClass
from llmreg.model.kind import KINDS

pytestmark = pytest.mark.property

LAW = settings(
    max_examples=int(os.environ.get("LLMREG_JSON_LAWS", "40")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
SPELLINGS = ("reordered_keys", "dialect", "wrapped", "renamed_container", "renamed_definitions", "inlined", "constants")
seeds = st.integers(0, 1 << 40)


def parsed(document: Any) -> Any:
    return FORMAT.parse(Source(json.dumps(document).encode(), strict=False))


def told(old: Any, new: Any) -> list[Any]:
    return list(FORMAT.changes(parsed(old), parsed(new), CompareOptions()))


@LAW
@given(seeds, st.sampled_from(DRAFTS), st.sets(st.sampled_from(SPELLINGS), min_size=1), st.sampled_from(list(KINDS)))
def test_other_spellings_are_no_change(seed: int, draft: str, spellings: set[str], kind: str) -> None:
    source = random.Random(seed)
    old = Schemas(source, draft).document()
    rewriter = Rewriter(source, draft)
    new = old
    for spelling in sorted(spellings):
        new = getattr(rewriter, spelling)(new)
    assert told(old, new) == []
    report = llmreg.compare(old, new, mode="FULL", kind=kind, writer="open")
    assert report.findings == ()
    assert report.subjects[0].bump.computed == "patch"


def documented(source: random.Random, draft: str) -> tuple[Any, Any, list[tuple[str | int, ...]]]:
    """A document without annotations, what rewrites it, and the places of its schema objects."""
    schemas = Schemas(source, draft)
    rewriter = Rewriter(source, draft)
    bare = rewriter.through(
        schemas.document(),
        lambda schema: {k: v for k, v in schema.items() if k not in ("title", "description", "default")},
    )
    places = [place for place in places_of(bare, draft) if draft not in REF_IS_ALONE or "$ref" not in at(bare, place)]
    return bare, rewriter, places


@LAW
@given(
    seeds,
    st.sampled_from(DRAFTS),
    st.sampled_from([("title", "t", "u"), ("description", "one", "two"), ("default", 1, 2), ("default", 1, None)]),
    st.sets(st.sampled_from(SPELLINGS)),
)
def test_what_a_model_reads_is_told_with_both_texts(
    seed: int, draft: str, change: tuple[str, Any, Any], spellings: set[str]
) -> None:
    source = random.Random(seed)
    keyword, before, after = change
    bare, rewriter, places = documented(source, draft)
    place = source.choice(places)
    old = replaced(bare, place, lambda schema: {**schema, keyword: before})
    new = replaced(bare, place, lambda schema: {**schema, keyword: after})
    for spelling in sorted(spellings):
        new = getattr(rewriter, spelling)(new)
    found = told(old, new)
    assert {(one.rule, one.cls) for one in found} == {(f"{keyword}_changed", ChangeClass.PROMPT_VISIBLE)}
    for one in found:
        assert f"from {json.dumps(before)} to {json.dumps(after)}" in one.message


@LAW
@given(seeds, st.sampled_from(DRAFTS), st.sets(st.sampled_from(SPELLINGS)))
def test_another_order_is_told_as_nothing_but_order(seed: int, draft: str, spellings: set[str]) -> None:
    source = random.Random(seed)
    old, rewriter, places = documented(source, draft)
    ordered = [
        (place, name)
        for place in places
        for name in ("properties", "enum", "anyOf", "oneOf")
        if len(at(old, place).get(name, ())) > 1
    ]
    if not ordered:
        return
    place, name = source.choice(ordered)
    if name in ("anyOf", "oneOf"):
        members = rewriter.inlined({**old, "allOf": at(old, place)[name]}, 1.0)["allOf"]
        texts = {json.dumps({} if one is True else one, sort_keys=True) for one in members}
        if len(texts) < len(members):
            return  # some are equal

    def turned(schema: dict[str, Any]) -> dict[str, Any]:
        value = schema[name]
        return {**schema, name: dict(reversed(value.items())) if isinstance(value, dict) else value[::-1]}

    new = replaced(old, place, turned)
    for spelling in sorted(spellings):
        new = getattr(rewriter, spelling)(new)
    found = told(old, new)
    rule = {"properties": "property_order_changed", "enum": "enum_order_changed"}.get(name, "branch_order_changed")
    assert {(one.rule, one.cls) for one in found} == {(rule, ChangeClass.ORDER)}


@LAW
@given(seeds, st.sampled_from(DRAFTS), st.sets(st.sampled_from((*SPELLINGS, "reordered", "mutated"))))
def test_equal_meanings_accept_the_same_documents(seed: int, draft: str, changed_by: set[str]) -> None:
    source = random.Random(seed)
    schemas = Schemas(source, draft)
    old = schemas.document()
    rewriter = Rewriter(source, draft)
    new = schemas.mutated(old) if "mutated" in changed_by else old
    for spelling in sorted(changed_by - {"mutated"}):
        new = getattr(rewriter, spelling)(new)
    one, other = parsed(old), parsed(new)
    meant = [side.digests()["meaning"] for side in (one, other)]
    assert "mutated" in changed_by or changed_by & {"inlined", "renamed_definitions"} or meant[0] == meant[1]
    if meant[0] == meant[1]:
        assert FORMAT.equivalent(one, other, CompareOptions()) is not False
        assert str(llmreg.compare(old, new, mode="FULL", writer="open").verdict) != "incompatible"
    report = llmreg.compare(old, new, mode="FULL", writer="open")
    if str(report.subjects[0].bump.computed) == "patch":
        judges = [VALIDATORS[draft](side) for side in (old, new)]
        assert all(judges[0].is_valid(document) == judges[1].is_valid(document) for document in DOCUMENTS)
