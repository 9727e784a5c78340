"""Laws of the public comparison on generated documents of every draft, for closed and for open writers.

`LLMREG_JSON_LAWS=20000` tries more documents than CI does.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.property.json_laws.generate import DOCUMENTS, VALIDATORS, Schemas
from tests.property.json_laws.rewrite import Rewriter

import llmreg
from llmreg.formats.json.dialects import DIALECT_URIS, DRAFTS
from llmreg.model.finding import Finding
from llmreg.model.jsontext import plain

pytestmark = pytest.mark.property

LAW = settings(
    max_examples=int(os.environ.get("LLMREG_JSON_LAWS", "40")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
seeds = st.integers(0, 1 << 40)
drafts = st.sampled_from(DRAFTS)
writers = st.sampled_from(["closed", "open"])


def verdict(old: Any, new: Any, writer: str, mode: str = "BACKWARD") -> str:
    return str(llmreg.compare(old, new, writer=writer, mode=mode).verdict)


def accepts(schema: Any, draft: str, document: Any) -> bool:
    return bool(VALIDATORS[draft](schema).is_valid(document))


def combined(keyword: str, documents: list[Any], draft: str) -> dict[str, Any]:
    """Several documents of one draft below one keyword; their definitions move to the root under names of their own."""
    made: dict[str, Any] = {"$schema": DIALECT_URIS[draft], keyword: [], "definitions": {}}
    for number, document in enumerate(documents):
        moved = Rewriter(random.Random(0), draft).moved(document, str(number))
        made["definitions"] |= moved.pop("definitions", {})
        made[keyword].append({name: value for name, value in moved.items() if name != "$schema"})
    return made


def spelled(source: random.Random, draft: str, document: Any) -> Any:
    """Keys in another order, definitions under other names, references written out, some of each."""
    rewriter = Rewriter(source, draft)
    for spelling in ("inlined", "renamed_definitions", "renamed_container", "wrapped", "constants", "reordered"):
        if source.random() < 0.5:
            document = getattr(rewriter, spelling)(document)
    return rewriter.reordered_keys(document)


def shape(findings: tuple[Finding, ...]) -> Iterator[Any]:
    for one in findings:
        yield one.rule, one.cls, one.severity, one.writer, one.reader, one.message, one.fix, one.witness, one.claim


@LAW
@given(seeds, drafts, writers)
def test_a_schema_reads_every_spelling_of_itself(seed: int, draft: str, writer: str) -> None:
    source = random.Random(seed)
    old = Schemas(source, draft).document()
    assert verdict(old, spelled(source, draft, old), writer, "FULL") != "incompatible"


@LAW
@given(seeds, drafts, writers)
def test_a_recursive_schema_reads_every_spelling_of_itself(seed: int, draft: str, writer: str) -> None:
    source = random.Random(seed)
    old = Schemas(source, draft).document(recursive=True)
    rewriter = Rewriter(source, draft)
    new = rewriter.reordered_keys(rewriter.renamed_definitions(rewriter.wrapped(old)))
    assert verdict(old, new, writer, "FULL") == "compatible"


@LAW
@given(seeds, drafts, writers)
def test_the_verdict_does_not_hang_on_the_spelling(seed: int, draft: str, writer: str) -> None:
    source = random.Random(seed)
    schemas = Schemas(source, draft)
    old = schemas.document()
    new = schemas.mutated(old)
    plain_verdict = verdict(old, new, writer)
    other = verdict(spelled(source, draft, old), spelled(source, draft, new), writer)
    assert {plain_verdict, other} != {"compatible", "incompatible"}


@LAW
@given(seeds, drafts)
def test_what_holds_step_by_step_holds_at_once(seed: int, draft: str) -> None:
    schemas = Schemas(random.Random(seed), draft)
    third = schemas.document()
    second = schemas.mutated(third)
    first = schemas.mutated(second)
    if verdict(first, second, "open") == verdict(second, third, "open") == "compatible":
        assert verdict(first, third, "open") != "incompatible"


@LAW
@given(seeds, drafts, writers)
def test_a_union_reads_its_branches(seed: int, draft: str, writer: str) -> None:
    source = random.Random(seed)
    one, other = Schemas(source, draft).document(), Schemas(source, draft).document()
    assert verdict(one, combined("anyOf", [other, one], draft), writer) != "incompatible"


@LAW
@given(seeds, drafts, writers)
def test_the_members_of_an_intersection_read_it(seed: int, draft: str, writer: str) -> None:
    source = random.Random(seed)
    one, other = Schemas(source, draft).document(), Schemas(source, draft).document()
    assert verdict(combined("allOf", [one, other], draft), one, writer) != "incompatible"


@LAW
@given(seeds, drafts, drafts, writers)
def test_forward_mirrors_backward_and_full_is_both(seed: int, draft: str, second: str, writer: str) -> None:
    source = random.Random(seed)
    schemas = Schemas(source, draft)
    old = schemas.document()
    new = schemas.mutated(old) if draft == second else Schemas(source, second).document()
    forward = llmreg.compare(old, new, mode="FORWARD", writer=writer)
    backward = llmreg.compare(old, new, writer=writer)
    mirrored = llmreg.compare(new, old, writer=writer)
    assert forward.verdict == mirrored.verdict
    directed = [one for one in forward.findings if one.direction], [one for one in mirrored.findings if one.direction]
    assert list(shape(tuple(directed[0]))) == list(shape(tuple(directed[1])))
    full = llmreg.compare(old, new, mode="FULL", writer=writer)
    parts = {str(forward.verdict), str(backward.verdict)}
    worst = next(word for word in ("incompatible", "undecided", "compatible") if word in parts)
    assert str(full.verdict) == worst


@LAW
@given(seeds, drafts, drafts, writers)
def test_the_verdict_is_true_to_the_validators(seed: int, draft: str, second: str, writer: str) -> None:
    source = random.Random(seed)
    schemas = Schemas(source, draft)
    old = schemas.document(recursive=source.random() < 0.3)
    new = schemas.mutated(old) if draft == second else Schemas(source, second).document()
    report = llmreg.compare(old, new, writer=writer)
    for finding in report.findings:
        if finding.witness is not None and finding.cls.value == "breaking":
            document = plain(finding.witness.document)
            assert accepts(old, draft, document)
            assert not accepts(new, second, document)
    if str(report.verdict) == "compatible" and writer == "open":
        refuted = [one for one in DOCUMENTS if accepts(old, draft, one) and not accepts(new, second, one)]
        assert refuted == []
