"""The whole public comparison on every pair of a folder of corpus files: verdicts against what is known, and time.

python -m benchmarks.json_schema.corpus CORPORA [--files NAME …] [--both-ways] [--closed] [--seconds 10]

CORPORA is a folder of `*.jsonl` files as benchmarks/json_schema/pairs.py reads them; they are not part of this project.
A confirmed witness beats a label that says "compatible": such labels are listed as disputed.
"""

from __future__ import annotations

import argparse
import statistics
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.json_schema.engine import Judged, public, public_closed, verdict_only
from benchmarks.json_schema.pairs import REAL, Pair, read
from benchmarks.json_schema.validators import recheck
from benchmarks.json_schema.workers import Reply, Worker
from benchmarks.measure import percentile

SLOW_MS = 100.0


@dataclass
class Tally:
    """What was seen of one set of pairs."""

    verdicts: Counter[str] = field(default_factory=Counter)
    false_compatible: list[str] = field(default_factory=list)
    false_incompatible: list[str] = field(default_factory=list)
    disputed: list[str] = field(default_factory=list)
    unconfirmed: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    unexpected: Counter[str] = field(default_factory=Counter)
    whole_ms: list[float] = field(default_factory=list)
    verdict_ms: list[float] = field(default_factory=list)
    megabytes: float = 0.0

    def add(self, pair: Pair, reply: Reply, verdict_ms: float | None) -> None:
        """One pair's answer, judged against what is known of the pair."""
        name = f"{pair.file} {pair.name}"
        self.megabytes = max(self.megabytes, reply.megabytes)
        if not isinstance(reply.value, Judged):
            refused = (reply.failure or "").startswith(("SchemaError", "DocumentError", "LimitError"))
            self.verdicts["refused" if refused else "crashed"] += 1
            self.failures.append(f"{name}: {reply.failure}")
            return
        judged = reply.value
        self.verdicts[judged.verdict] += 1
        self.whole_ms.append(reply.ms)
        if verdict_ms is not None:
            self.verdict_ms.append(verdict_ms)
        if reply.ms > SLOW_MS:
            self.slow.append(f"{name}: {reply.ms:.0f} ms, {judged.verdict}, {judged.findings} findings")
        self._against_label(name, pair, judged)
        if judged.verdict == "undecided":
            self.undecided.append(f"{name}: {judged.undecided}")

    def _against_label(self, name: str, pair: Pair, judged: Judged) -> None:
        if pair.expected is not None and judged.compatible is not None and judged.compatible is not pair.expected:
            self.unexpected[f"{judged.verdict}, expected otherwise"] += 1
        if judged.verdict == "compatible" and pair.truth is False:
            self.false_compatible.append(name)
        if judged.verdict == "incompatible":
            if not judged.witnesses or judged.unproved:
                self.unconfirmed.append(f"{name}: {judged.unproved}")
            if pair.truth is True:
                where = self.disputed if judged.witnesses else self.false_incompatible
                where.append(f"{name}: {judged.witnesses[:1]}")

    def look_again(self, pair: Pair, judged: Judged, again: Reply) -> None:
        """What stock validators, not llmreg's wrapping of them, say of the witnesses."""
        answers = again.value or [(None, None)] * len(judged.witnesses)
        for document, (exact, stock) in zip(judged.witnesses, answers, strict=True):
            if exact is not True or stock is not True:
                why = f"jsonschema-rs {exact}, jsonschema {stock} {again.failure or ''}"
                self.differing.append(f"{pair.file} {pair.name}: {document[:80]} ({why.strip()})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--files", nargs="+", metavar="NAME", help="only these files, without .jsonl")
    parser.add_argument("--both-ways", action="store_true", help="every pair turned round, too")
    parser.add_argument("--closed", action="store_true", help="writers closed; the labels then say nothing")
    parser.add_argument("--seconds", type=float, default=10.0, help="kill a worker after so long")
    options = parser.parse_args()
    tallies: dict[str, Tally] = {}
    everything, real = Tally(), Tally()
    whole = Worker(public_closed if options.closed else public, seconds=options.seconds)
    verdict = Worker(verdict_only, seconds=options.seconds)
    validators = Worker(recheck, seconds=options.seconds)
    for pair in read(options.corpora, both_ways=options.both_ways, files=options.files):
        known = pair if not options.closed else pair.unlabelled()
        reply = whole.ask(known.writer, known.reader)
        timed = None if options.closed else verdict.ask(known.writer, known.reader)
        again = None
        if isinstance(reply.value, Judged) and reply.value.witnesses:
            sides = known.writer, known.writer_draft, known.reader, known.reader_draft
            again = validators.ask(*sides, list(reply.value.witnesses))
        for tally in [tallies.setdefault(pair.file, Tally()), everything] + [real] * (pair.file in REAL):
            tally.add(known, reply, timed.ms if timed and not timed.failure else None)
            if again is not None:
                tally.look_again(known, reply.value, again)
    show(tallies | {"real versions": real, "all": everything})
    details(everything)


def show(tallies: dict[str, Tally]) -> None:
    """One line per file, and the two sums."""
    print(f"{'':<18}{'pairs':>7}{'compat':>8}{'incomp':>8}{'undec':>7}{'refused':>8}{'crash':>6}", end="")
    print(f"{'decided %':>10}{'false C':>8}{'false I':>8}{'disputed':>9}{'unconf.':>8}", end="")
    print(f"{'verdict ms: median':>20}{'p95':>7}{'max':>7}{'whole ms: median':>18}{'p95':>7}{'max':>8}{'MB':>6}")
    for name, tally in tallies.items():
        seen = tally.verdicts
        total = seen.total()
        if not total:
            continue
        read_ones = total - seen["refused"]
        decided = 100 * (seen["compatible"] + seen["incompatible"]) / max(read_ones, 1)
        print(f"{name:<18}{total:>7}{seen['compatible']:>8}{seen['incompatible']:>8}{seen['undecided']:>7}", end="")
        print(f"{seen['refused']:>8}{seen['crashed']:>6}{decided:>10.2f}{len(tally.false_compatible):>8}", end="")
        print(f"{len(tally.false_incompatible):>8}{len(tally.disputed):>9}{len(tally.unconfirmed):>8}", end="")
        print(f"{_times(tally.verdict_ms, 20, 7)}{_times(tally.whole_ms, 18, 8)}{tally.megabytes:>6.0f}")


def _times(values: list[float], first: int, last: int) -> str:
    if not values:
        return f"{'-':>{first}}{'-':>7}{'-':>{last}}"
    return f"{statistics.median(values):>{first}.2f}{percentile(values, 95):>7.1f}{max(values):>{last}.1f}"


def details(tally: Tally) -> None:
    """Every pair that somebody should look at."""
    lists = {
        "FALSE COMPATIBLE (the label has a witness)": tally.false_compatible,
        "FALSE INCOMPATIBLE (no witness against the label)": tally.false_incompatible,
        "BREAKING FINDINGS WITHOUT A CONFIRMED WITNESS": tally.unconfirmed,
        "refused or crashed": tally.failures,
        "undecided": tally.undecided,
        f"slower than {SLOW_MS:.0f} ms": tally.slow,
        "labels that a confirmed witness contradicts": tally.disputed,
        "witnesses of which stock validators say otherwise": tally.differing,
    }
    for title, lines in lists.items():
        print(f"\n{title}: {len(lines)}")
        for line in lines:
            print(f"  {line}")
    print(f"\nagainst the projects' own expectations (opinions, not truth): {dict(tally.unexpected)}")


if __name__ == "__main__":
    main()
