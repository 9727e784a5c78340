"""Avro: Apache's Python checker (Karapace runs a fork of it) and llmreg on the same pairs, in turn, in one process.

Both get text and parse it each time. What is known of a pair is llmreg's witness, which fastavro has confirmed;
without one, where llmreg says "compatible", fastavro reads data made from the writer with the reader's schema, and a
pair counts as compatible only where all of them arrive.
"""

from __future__ import annotations

import io
import json
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.avro.corpus import pairs as corpus_pairs
from benchmarks.avro.corpus import rows
from benchmarks.peers.cases import cases
from benchmarks.peers.score import Answered, Score, add, show
from llmreg.formats.avro import FORMAT
from llmreg.formats.interface import CompareOptions, Comparison, Source
from llmreg.model.report import Verdict

OURS = "llmreg, everything"
_SAMPLES = 6


def run(corpora: Path | None, files: list[str] | None) -> None:
    """Ask both about every pair that both can parse, and print a table for each set of pairs."""
    peer = _peer()
    if peer is None:
        print("avro is not installed: left out")
        return
    warnings.simplefilter("ignore")  # the peer warns of logical types that it does not know
    sets: dict[str, dict[str, Score]] = {}
    wrong: list[str] = []
    for file, name, writer, reader in pairs(corpora, files):
        try:
            FORMAT.parse(Source(writer.encode(), strict=False)), FORMAT.parse(Source(reader.encode(), strict=False))
        except Exception:  # noqa: BLE001 - not a schema of the specification: no verdict is owed
            continue
        ours, theirs = _timed(_ours, writer, reader), _timed(peer, writer, reader)
        answers = {OURS: ours, "avro": theirs}
        truth = known(_compared(writer, reader), writer, reader)
        for one in (file, "all"):
            add(sets.setdefault(one, {}), answers, truth, base=OURS)
        if None not in (theirs.compatible, truth) and theirs.compatible is not truth:
            wrong.append(f"{name}: avro says {'' if theirs.compatible else 'in'}compatible")
    for title, scores in sorted(sets.items(), key=lambda item: item[0] == "all"):
        show(f"Avro, {title}", scores)
    print(f"\navro against what is known: {len(wrong)}")
    for line in wrong:
        print(f"  {line}")


def pairs(corpora: Path | None, files: list[str] | None) -> Iterator[tuple[str, str, str, str]]:
    """(set, name, writer, reader): the cases of the rules, each way, and what a folder of corpora holds."""
    for case in cases("avro"):
        yield "rule cases", case.name, case.old, case.new
        yield "rule cases", f"{case.name} (turned)", case.new, case.old
    if corpora is None:
        return
    seen = set()
    for file, row in rows(corpora):
        for writer, reader in corpus_pairs(row) if not files or file in files else ():
            pair = json.dumps(writer), json.dumps(reader)
            if pair not in seen:
                seen.add(pair)
                yield file, row["id"], *pair


def known(ours: Comparison, writer: str, reader: str) -> bool | None:
    """False with a confirmed witness, True where random data arrive, else None."""
    if any(finding.witness is not None and finding.witness.confirmed_by for finding in ours.findings):
        return False if ours.verdict is Verdict.INCOMPATIBLE else None
    return True if ours.verdict is Verdict.COMPATIBLE and _arrive(json.loads(writer), json.loads(reader)) else None


def _arrive(writer: Any, reader: Any) -> bool:
    """Whether fastavro makes data of the writer, writes them, and reads each with the reader's schema."""
    import fastavro
    from fastavro.utils import generate_many

    try:
        for datum in generate_many(writer, _SAMPLES):
            stream = io.BytesIO()
            fastavro.schemaless_writer(stream, writer, datum)
            stream.seek(0)
            fastavro.schemaless_reader(stream, writer, reader)
    except Exception:  # noqa: BLE001 - fastavro refuses in many ways: then nothing is known
        return False
    return True


def _ours(writer: str, reader: str) -> bool | None:
    return {Verdict.COMPATIBLE: True, Verdict.INCOMPATIBLE: False}.get(_compared(writer, reader).verdict)


def _compared(writer: str, reader: str) -> Comparison:
    sides = [FORMAT.parse(Source(side.encode(), strict=False)) for side in (writer, reader)]
    return FORMAT.compare(sides[0], sides[1], CompareOptions())


def _peer() -> Callable[[str, str], bool] | None:
    try:
        import avro.schema
        from avro.compatibility import ReaderWriterCompatibilityChecker as Checker
        from avro.compatibility import SchemaCompatibilityType
    except ImportError:
        return None

    def judge(writer: str, reader: str) -> bool:
        sides = avro.schema.parse(reader), avro.schema.parse(writer)
        checker: Any = Checker
        answer = checker().get_compatibility(*sides)
        return bool(answer.compatibility is SchemaCompatibilityType.compatible)

    return judge


def _timed(ask: Callable[[str, str], bool | None], writer: str, reader: str) -> Answered:
    """The second of two calls: the first fills whatever keeps something."""
    try:
        ask(writer, reader)
        began = time.process_time()
        answer = ask(writer, reader)
        return Answered(answer, (time.process_time() - began) * 1000)
    except Exception as error:  # noqa: BLE001 - a peer that raises gave no answer
        return Answered(None, 0.0, type(error).__name__)
