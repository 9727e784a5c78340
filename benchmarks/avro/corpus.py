"""Verdicts on pairs of Avro schemas against the answers that other projects' tests expect.

python -m benchmarks.avro.corpus FOLDER

FOLDER holds JSON Lines files: `{id, reader, expected, level_or_direction}` and `writer`, or `previous` (oldest first)
with a mode as direction. Prints a table by file, and every disagreement with the findings and witnesses that decide it.
Rows that ask another question (what one datum becomes, nothing asserted) are left out and counted.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from llmreg.errors import LlmregError
from llmreg.formats.avro import FORMAT
from llmreg.formats.interface import CompareOptions, Source
from llmreg.model.finding import ChangeClass, Finding, Severity, Status
from llmreg.model.report import Verdict

ANSWERS = {"compatible": Verdict.COMPATIBLE, "incompatible": Verdict.INCOMPATIBLE}


def rows(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file, row) of every file, in order."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield path.stem, json.loads(line)


def pairs(row: dict[str, Any]) -> list[tuple[Any, Any]]:
    """The (writer, reader) pairs that the row's mode asks about."""
    mode = row["level_or_direction"]
    if row.get("writer") is not None or "previous" not in row:
        return [(row["writer"], row["reader"])]
    earlier = row["previous"] if mode.endswith("_TRANSITIVE") else row["previous"][-1:]
    found = []
    if not mode.startswith("FORWARD"):
        found += [(old, row["reader"]) for old in earlier]
    if not mode.startswith("BACKWARD"):
        found += [(row["reader"], old) for old in earlier]
    return found


def judge(row: dict[str, Any]) -> tuple[Verdict, list[Finding]]:
    """The verdict over all pairs of a row, and what breaks. Raises LlmregError for a schema that is refused."""
    breaks: list[Finding] = []
    for writer, reader in pairs(row):
        sides = [FORMAT.parse(Source(json.dumps(side).encode(), strict=False)) for side in (writer, reader)]
        comparison = FORMAT.compare(sides[0], sides[1], CompareOptions())
        breaks += [
            each for each in comparison.findings if each.cls is ChangeClass.BREAKING and each.severity is Severity.ERROR
        ]
    return Verdict.INCOMPATIBLE if breaks else Verdict.COMPATIBLE, breaks


def main() -> None:
    """Read the arguments, judge every row, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    counts: dict[str, Counter[str]] = {}
    claims: Counter[str] = Counter()
    for file, row in rows(parser.parse_args().folder):
        count = counts.setdefault(file, Counter())
        wanted = ANSWERS.get(row["expected"])
        if wanted is None:
            count["left out"] += 1
            continue
        try:
            verdict, breaks = judge(row)
        except LlmregError as error:
            count["refused"] += 1
            print(f"{row['id']} refused: {error.message}")
            continue
        claims.update(finding.claim or "" for finding in breaks if finding.status is Status.CLAIMED)
        claims["witnessed"] += sum(finding.status is Status.WITNESSED for finding in breaks)
        count["agree" if verdict is wanted else "disagree"] += 1
        if verdict is not wanted:
            print(f"{row['id']} expected {wanted.value}: {_told(breaks)}  [{row.get('note', '')[:80]}]")
    _table(counts)
    print(f"breaking findings: {dict(claims)}")


def _told(breaks: list[Finding]) -> str:
    return "; ".join(f"{each.rule} {each.witness.bytes if each.witness else each.claim}" for each in breaks) or "silent"


def _table(counts: dict[str, Counter[str]]) -> None:
    columns = ("agree", "disagree", "refused", "left out")
    total: Counter[str] = sum(counts.values(), Counter())
    for name, count in [*counts.items(), ("all", total)]:
        print(f"{name:28}" + "".join(f"{column} {count[column]:<6}" for column in columns))


if __name__ == "__main__":
    main()
