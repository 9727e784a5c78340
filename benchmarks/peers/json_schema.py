"""JSON Schema: jsoncompat, jsonsubschema and jsonschema-rs' `canonical` on the same pairs, in turn, by plain inclusion.

Each has its own process without network, killed after a limit. Times are CPU time of the comparison itself, parsing not
included (jsoncompat takes text, so its parsing is; it gets the schemas rewritten as draft 2020-12). A wrong
"compatible" is one against a document that two validators confirmed; a wrong "incompatible" is one against a label by
construction or llmreg's proof. A peer that says "unknown", raises, or is killed gave no answer.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.json_schema.engine import Judged, public, verdict_only
from benchmarks.json_schema.pairs import REAL, Pair, read
from benchmarks.json_schema.upgrade import upgraded
from benchmarks.json_schema.workers import Ask, Timed, Worker
from benchmarks.peers.cases import cases
from benchmarks.peers.score import Answered, Score, add, show
from llmreg.formats.json.dialects import DIALECT_URIS, draft_of

OURS = "llmreg, verdict"
WHOLE = "llmreg, everything"
_UNNAMED = "2020-12"  # what a schema without `$schema` is read as


def plain(schema: Any, draft: str) -> Any:
    """With the draft's own `$schema`: a peer may refuse a dialect that only adds annotations."""
    return {**schema, "$schema": DIALECT_URIS[draft]} if isinstance(schema, dict) else schema


def canonical() -> Ask:
    """jsonschema-rs: `covers` of the canonical forms; where that is unknown, whether the difference has a value."""
    import jsonschema_rs

    drafts = {
        "draft4": jsonschema_rs.Draft4,
        "draft6": jsonschema_rs.Draft6,
        "draft7": jsonschema_rs.Draft7,
        "2019-09": jsonschema_rs.Draft201909,
        "2020-12": jsonschema_rs.Draft202012,
    }

    def judge(writer: str, first: str, reader: str, second: str) -> Timed:
        old, new = plain(json.loads(writer), first), plain(json.loads(reader), second)
        if first != second:  # it compares schemas of one draft only
            old, new, first, second = upgraded(old, first), upgraded(new, second), "2020-12", "2020-12"
        began = time.process_time()
        covered = jsonschema_rs.canonicalize(old, draft=drafts[first], validate_formats=False)
        covering = jsonschema_rs.canonicalize(new, draft=drafts[second], validate_formats=False)
        answer = {"yes": True, "no": False}.get(covering.covers(covered).value)
        if answer is None:
            answer = {"yes": False, "no": True}.get(covered.subtract(covering).satisfiability().value)
        return Timed(answer, (time.process_time() - began) * 1000)

    judge("{}", "draft7", "{}", "draft7")
    return judge


def jsoncompat() -> Ask:
    """jsoncompat: the role `deserializer` asks whether the new schema reads what the old one accepts."""
    from jsoncompat import check_compat  # type: ignore[import-not-found,unused-ignore]

    def judge(writer: str, first: str, reader: str, second: str) -> Timed:
        old = json.dumps(upgraded(json.loads(writer), first))
        new = json.dumps(upgraded(json.loads(reader), second))
        began = time.process_time()
        answer = check_compat(old, new, "deserializer")
        return Timed(bool(answer), (time.process_time() - began) * 1000)

    judge("{}", "draft7", "{}", "draft7")
    return judge


def jsonsubschema() -> Ask:
    """jsonsubschema: `isSubschema`, the schemas as they are."""
    warnings.simplefilter("ignore")
    from jsonsubschema import isSubschema  # type: ignore[import-not-found,unused-ignore]

    def judge(writer: str, first: str, reader: str, second: str) -> Timed:
        old, new = plain(json.loads(writer), first), plain(json.loads(reader), second)
        began = time.process_time()
        answer = isSubschema(old, new)
        return Timed(answer if isinstance(answer, bool) else None, (time.process_time() - began) * 1000)

    judge('{"type":"integer"}', "draft4", '{"type":"number"}', "draft4")
    return judge


PEERS = {"jsonschema-rs canonical": canonical, "jsoncompat": jsoncompat, "jsonsubschema": jsonsubschema}


def truth_of(pair: Pair, judged: Judged | None) -> bool | None:
    """What is known of a pair: a confirmed witness first, then its label, then llmreg's proof."""
    if judged is not None and judged.witnesses:
        return False
    if pair.truth is not None:
        return pair.truth
    return judged.compatible if judged is not None else None


def run(corpora: Path | None, files: list[str] | None, seconds: float) -> None:
    """Ask every peer that is installed about every pair, and print a table for each set of pairs."""
    workers = {WHOLE: Worker(public, seconds=seconds), OURS: Worker(verdict_only, seconds=seconds)}
    for name, prepare in PEERS.items():
        try:
            workers[name] = Worker(prepare, seconds=seconds, memory_gb=4)
        except ImportError as error:
            print(f"{name} is not installed ({error}): left out")
    sets: dict[str, dict[str, Score]] = {}
    against: list[str] = []
    for pair in pairs(corpora, files):
        answers, judged = ask_all(workers, pair)
        truth = truth_of(pair, judged)
        for name in [pair.file, "all"] + ["real versions"] * (pair.file in REAL):
            add(sets.setdefault(name, {}), answers, truth, base=OURS)
        against += [
            f"{pair.file} {pair.name}: {peer} says {'' if one.compatible else 'in'}compatible"
            for peer, one in answers.items()
            if one.compatible is not None and one.compatible is not truth and peer in (OURS, WHOLE, *list(PEERS)[:1])
        ]
    for name in sorted(sets, key=lambda name: (name == "all", name == "real versions", name)):
        show(f"JSON Schema, {name}", sets[name])
    print(f"\nllmreg or jsonschema-rs against what is known: {len(against)}")
    for line in against:
        print(f"  {line}")
    for worker in workers.values():
        worker.stop()


def pairs(corpora: Path | None, files: list[str] | None) -> Iterator[Pair]:
    """The cases of the rules, each way, and what a folder of corpora holds."""
    for case in cases("json"):
        pair = Pair("rule cases", case.name, case.old, case.new, _draft(case.old), _draft(case.new))
        yield pair
        yield pair.turned()
    if corpora is not None:
        yield from read(corpora, files=files)


def _draft(text: str) -> str:
    """The draft that a case's text is read as."""
    schema = json.loads(text, parse_float=Decimal)
    named = schema.get("$schema") if isinstance(schema, dict) else None
    return (draft_of(named) if isinstance(named, str) else None) or _UNNAMED


def ask_all(workers: dict[str, Worker], pair: Pair) -> tuple[dict[str, Answered], Judged | None]:
    """Each engine's answer on one pair, one after the other."""
    judged: Judged | None = None
    answers: dict[str, Answered] = {}
    for name, worker in workers.items():
        ours = name in (OURS, WHOLE)
        drafts = (pair.writer, pair.writer_draft, pair.reader, pair.reader_draft)
        reply = worker.ask(*((pair.writer, pair.reader) if ours else drafts))
        value = reply.value
        if isinstance(value, Judged):
            judged, value = value, value.compatible
        answers[name] = Answered(value, reply.ms, (reply.failure or "unknown").split(":")[0])
    return answers, judged
