"""Random small pairs: llmreg against jsonschema-rs' canonical forms, a random refuter, and validators on every witness.

python -m benchmarks.json_schema.fuzz [--seed 1] [--pairs 20000] [--documents 40] [--recursive 0.3] [--closed-every 5]

Pair N of seed S is always the same pair; `--only N` runs one and prints it. Every pair goes through the whole public
comparison. A disagreement is: both sides definite and different; a "compatible" that a document refutes; a witness that
a stock validator does not confirm; a crash; a time-out.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from benchmarks.json_schema.documents import Documents
from benchmarks.json_schema.engine import Judged, public, public_closed
from benchmarks.json_schema.generate import DRAFTS, Maker
from benchmarks.json_schema.validators import breaks, fast
from benchmarks.json_schema.workers import Reply, Worker
from benchmarks.peers.json_schema import canonical
from llmreg.formats.json.dialects import DIALECT_URIS

SLOW_MS = 500.0


@dataclass(frozen=True)
class Generated:
    number: str
    draft: str
    writer: Any
    reader: Any

    @property
    def texts(self) -> tuple[str, str]:
        """Both sides with the dialect named where a schema has room for it."""
        return self._text(self.writer), self._text(self.reader)

    def _text(self, schema: Any) -> str:
        return json.dumps({"$schema": DIALECT_URIS[self.draft], **schema} if isinstance(schema, dict) else schema)


@dataclass
class Seen:
    """Counts, and the lines that somebody should look at."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def report(self, kind: str, pair: Generated, why: object) -> None:
        self.counts[kind] += 1
        sides = f"{json.dumps(pair.writer)} => {json.dumps(pair.reader)}"
        line = f"{kind} {pair.number} {pair.draft}: {why}\n    {sides}"
        self.lines.append(line)
        print(line, flush=True)


class Fuzzer:
    """Judges pairs; `documents` are thrown at each "compatible"."""

    def __init__(self, documents: int) -> None:
        self._open = Worker(public, seconds=10)
        self._closed = Worker(public_closed, seconds=10)
        self._oracle = Worker(canonical, seconds=5)
        self._documents = documents
        self.seen = Seen()

    def judge(self, pair: Generated, *, closed: bool) -> None:
        """One pair, open, and with the writer closed when asked."""
        writer, reader = pair.texts
        try:
            compiled = fast(writer, pair.draft), fast(reader, pair.draft)
        except ValueError:
            self.seen.counts["not valid schemas, skipped"] += 1
            return
        self.seen.counts["pairs"] += 1
        judged = self._judged(pair, self._open.ask(writer, reader), "")
        theirs = self._oracle.ask(writer, pair.draft, reader, pair.draft)
        answer = theirs.value if theirs.failure is None else None
        self.seen.counts[f"jsonschema-rs: {_name(answer) if theirs.failure is None else theirs.failure[:40]}"] += 1
        if judged is not None:
            self._compare(pair, judged, answer)
            self._witnesses(pair, judged, compiled)
            if judged.compatible:
                self._refute(pair, compiled)
        if closed:
            self._closed_too(pair, judged, compiled)

    def _judged(self, pair: Generated, reply: Reply, prefix: str) -> Judged | None:
        if not isinstance(reply.value, Judged):
            if (reply.failure or "").startswith("SchemaError"):  # an edit may make a reference lead back in place
                self.seen.counts[prefix + "refused as no schema"] += 1
            else:
                self.seen.report(prefix + "CRASH", pair, reply.failure)
            return None
        judged = reply.value
        if judged.verdict == "undecided":
            self.seen.report(f"{prefix}undecided, {judged.undecided[0][0]}", pair, judged.undecided[0][2])
        else:
            self.seen.counts[prefix + judged.verdict] += 1
        if judged.unproved:
            self.seen.report(prefix + "NO CONFIRMED WITNESS", pair, judged.unproved)
        if reply.ms > SLOW_MS:
            self.seen.report(prefix + "slow", pair, f"{reply.ms:.0f} ms")
        return judged

    def _compare(self, pair: Generated, judged: Judged, answer: bool | None, prefix: str = "") -> None:
        if answer is None or judged.compatible is None:
            return
        self.seen.counts[prefix + "both decide"] += 1
        if answer is not judged.compatible:
            self.seen.report(prefix + "DISAGREE", pair, f"jsonschema-rs {_name(answer)}, llmreg {judged}")

    def _witnesses(self, pair: Generated, judged: Judged, compiled: tuple[Any, Any]) -> None:
        for text in judged.witnesses:
            self.seen.counts["witnesses"] += 1
            if breaks(*compiled, json.loads(text)) is not True:
                self.seen.report("WITNESS NOT CONFIRMED", pair, text)

    def _refute(self, pair: Generated, compiled: tuple[Any, Any], kind: str = "REFUTED") -> None:
        for document in Documents(pair.number, pair.writer, pair.reader).stream(self._documents):
            self.seen.counts["documents"] += 1
            if breaks(*compiled, document) is True:
                self.seen.report(kind, pair, json.dumps(document))
                return

    def _closed_too(self, pair: Generated, opened: Judged | None, compiled: tuple[Any, Any]) -> None:
        """Closing only takes documents away, and its witnesses are documents of the open writer. What it leaves is a
        document like any other, which others can judge too."""
        writer, reader = pair.texts
        judged = self._judged(pair, self._closed.ask(writer, reader), "closed ")
        if judged is None:
            return
        if opened is not None and opened.compatible and judged.verdict == "incompatible":
            self.seen.report("CLOSED BREAKS, OPEN DOES NOT", pair, judged.witnesses[:1])
        self._witnesses(pair, judged, compiled)
        shut = closed_form(writer, pair.draft)
        if shut is None:
            return
        theirs = self._oracle.ask(shut, pair.draft, reader, pair.draft)
        self._compare(pair, judged, theirs.value if theirs.failure is None else None, "closed ")
        if judged.compatible:
            self._refute(pair, (fast(shut, pair.draft), compiled[1]), "CLOSED REFUTED")


def closed_form(writer: str, draft: str) -> str | None:
    """The closed form of a writer; None where it has none that stock validators take."""
    from llmreg.formats.json.inclusion.decide import Side, closed_document
    from llmreg.model.jsontext import dumps, loads

    try:
        text = dumps(closed_document(Side(loads(writer), draft)))
        fast(text, draft)
    except (ValueError, RuntimeError):
        return None
    return text


def _name(answer: bool | None) -> str:
    return {True: "compatible", False: "incompatible", None: "unknown"}[answer]


def pair_of(seed: int, number: int, recursive: float) -> Generated:
    """The same pair for the same arguments, whatever ran before."""
    draft = DRAFTS[number % len(DRAFTS)]
    maker = Maker(f"{seed}:{number}", draft, recursive=(number // len(DRAFTS)) % 100 < recursive * 100)
    writer, reader = maker.pair()
    if draft == "draft4":
        writer, reader = ({} if isinstance(side, bool) else side for side in (writer, reader))
    return Generated(f"{seed}:{number}", draft, writer, reader)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--documents", type=int, default=40, help="random documents for each compatible")
    parser.add_argument("--recursive", type=float, default=0.3, help="share of pairs with references and cycles")
    parser.add_argument("--closed-every", type=int, default=5, help="also with a closed writer, every so many pairs")
    parser.add_argument("--only", type=int, metavar="N", help="this pair alone")
    options = parser.parse_args()
    fuzzer = Fuzzer(options.documents)
    began = time.monotonic()
    numbers = range(options.pairs) if options.only is None else [options.only]
    for number in numbers:
        pair = pair_of(options.seed, number, options.recursive)
        if options.only is not None:
            print(*pair.texts, sep="\n")
        fuzzer.judge(pair, closed=number % options.closed_every == 0 or options.only is not None)
    print(f"\nseed {options.seed}, {time.monotonic() - began:.0f} s")
    for name, count in sorted(fuzzer.seen.counts.items()):
        print(f"  {name:<60}{count:>9}")


if __name__ == "__main__":
    main()
