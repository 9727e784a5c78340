"""The same pairs, in turn, to llmreg and to the peers that the package index offers: answers, errors, time.

pip install -r benchmarks/json_schema/requirements.txt
python -m benchmarks.json_schema.peers CORPORA [--files NAME …] [--seconds 10]

Each has its own process without network, killed after `--seconds`. Times are CPU time of the comparison itself, parsing
not included (jsoncompat takes text, so its parsing is; it gets the schemas rewritten as draft 2020-12). A wrong
"compatible" is one against a document that two validators confirmed; a wrong "incompatible" is one against a label by
construction or llmreg's proof. A peer that says "unknown", raises, or is killed gave no answer.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.json_schema.corpus import percentile
from benchmarks.json_schema.engine import Judged, public, verdict_only
from benchmarks.json_schema.pairs import REAL, Pair, read
from benchmarks.json_schema.upgrade import upgraded
from benchmarks.json_schema.workers import Ask, Timed, Worker
from llmreg.formats.json.dialects import DIALECT_URIS

OURS = "llmreg, verdict"
WHOLE = "llmreg, everything"


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


@dataclass
class Score:
    """One engine over one set of pairs; `ratios` are its time by that of llmreg's verdict, pair by pair."""

    pairs: int = 0
    answered: int = 0
    wrong_compatible: int = 0
    wrong_incompatible: int = 0
    ms: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Answered:
    """`compatible` None: no answer, and `failure` says why."""

    compatible: bool | None
    ms: float
    failure: str = "unknown"


def truth_of(pair: Pair, judged: Judged | None) -> bool | None:
    """What is known of a pair: a confirmed witness first, then its label, then llmreg's proof."""
    if judged is not None and judged.witnesses:
        return False
    if pair.truth is not None:
        return pair.truth
    return judged.compatible if judged is not None else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--files", nargs="+", metavar="NAME", help="only these files, without .jsonl")
    parser.add_argument("--seconds", type=float, default=10.0, help="limit for each peer and pair")
    options = parser.parse_args()
    workers = {WHOLE: Worker(public, seconds=options.seconds), OURS: Worker(verdict_only, seconds=options.seconds)}
    for name, prepare in PEERS.items():
        try:
            workers[name] = Worker(prepare, seconds=options.seconds, memory_gb=4)
        except ImportError as error:
            print(f"{name} is not installed ({error}): left out")
    sets: dict[str, dict[str, Score]] = {}
    against: list[str] = []
    for pair in read(options.corpora, files=options.files):
        answers, judged = ask_all(workers, pair)
        truth = truth_of(pair, judged)
        names = [pair.file, "all"] + ["real versions"] * (pair.file in REAL)
        for name in names:
            add(sets.setdefault(name, {}), answers, truth)
        against += [
            f"{pair.file} {pair.name}: {peer} says {'' if one.compatible else 'in'}compatible"
            for peer, one in answers.items()
            if one.compatible is not None and one.compatible is not truth and peer in (OURS, WHOLE, *list(PEERS)[:1])
        ]
    for name in sorted(sets, key=lambda name: (name == "all", name == "real versions", name)):
        show(name, sets[name])
    print(f"\nllmreg or jsonschema-rs against what is known: {len(against)}")
    for line in against:
        print(f"  {line}")


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


def add(scores: dict[str, Score], answers: dict[str, Answered], truth: bool | None) -> None:
    base = answers[OURS]
    for name, one in answers.items():
        score = scores.setdefault(name, Score())
        score.pairs += 1
        if one.compatible is None:
            score.failures[one.failure] += 1
            continue
        score.answered += 1
        score.ms.append(one.ms)
        if base.compatible is not None:
            score.ratios.append(one.ms / base.ms)
        score.wrong_compatible += one.compatible and truth is False
        score.wrong_incompatible += (not one.compatible) and truth is True


def show(title: str, scores: dict[str, Score]) -> None:
    """A table of one set of pairs."""
    print(f"\n{title}: {next(iter(scores.values())).pairs} pairs")
    print(
        f"{'':<25}{'answered %':>11}{'wrong compat.':>15}{'wrong incomp.':>15}{'median ms':>11}{'p95':>9}{'ratio':>8}"
    )
    for name, score in scores.items():
        share = 100 * score.answered / score.pairs
        median = statistics.median(score.ms) if score.ms else float("nan")
        p95 = percentile(score.ms, 95) if score.ms else float("nan")
        ratio = statistics.median(score.ratios) if score.ratios else float("nan")
        print(f"{name:<25}{share:>11.1f}{score.wrong_compatible:>15}{score.wrong_incompatible:>15}", end="")
        print(f"{median:>11.2f}{p95:>9.1f}{ratio:>8.2f}   {dict(score.failures.most_common(5)) or ''}")


if __name__ == "__main__":
    main()
