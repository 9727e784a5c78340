"""Verdicts against what other checkers' own tests expect, row by row, with the witness where the two differ.

python -m benchmarks.protobuf.corpus CORPORA [--surfaces wire json] [--verbose]

CORPORA is a folder of `*.jsonl` files with `id`, `old`, `new` (text, `{path: text}`, or for `old` a list, oldest first)
and `expected`: true or false for a `direction_or_level`, `{"backward_compatible": …}`, or `{"annotations": […]}` of
buf, which has no direction. They are not part of this project. A file that one side lacks is a break.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llmreg.formats.interface import CompareOptions, Comparison
from llmreg.formats.protobuf import FORMAT, protoc
from llmreg.formats.protobuf.schema import ProtobufSchema
from llmreg.formats.protobuf.side import Side
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.mode import Direction, Mode

MAIN = "main.proto"
# What buf is told in its configuration, and rules of plugins: no facts of the two trees.
NOT_COMPARED = ("unstable", "ignores", "custom_plugins", "policy")


@dataclass(frozen=True)
class Row:
    """One row. `olds` are trees, oldest first; `compatible` what the source expects; `rules` those of buf."""

    name: str
    olds: tuple[Mapping[str, str], ...]
    new: Mapping[str, str]
    mode: Mode
    compatible: bool
    rules: tuple[str, ...]


@dataclass
class Answer:
    """What llmreg says: the worst verdict over files and directions, and what it found."""

    verdict: str
    findings: list[Finding] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    files: int = 0
    milliseconds: float = 0.0


def rows(path: Path) -> Iterator[Row]:
    """The rows of one file that can be compared."""
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if any(word in item["id"] for word in NOT_COMPARED):
            continue
        expected = item["expected"]
        rules: tuple[str, ...] = ()
        mode = Mode.parse(item.get("direction_or_level") or "BACKWARD")
        if isinstance(expected, Mapping) and "annotations" in expected:
            rules = tuple(sorted({one["rule"] for one in expected["annotations"]}))
            compatible, mode = not rules, Mode.FULL
        else:
            compatible = expected["backward_compatible"] if isinstance(expected, Mapping) else expected
        olds = item["old"] if isinstance(item["old"], list) else [item["old"]]
        yield Row(item["id"], tuple(map(_tree, olds)), _tree(item["new"]), mode, compatible, rules)


def _tree(content: Any) -> Mapping[str, str]:
    return {MAIN: content} if isinstance(content, str) else content


def load(tree: Mapping[str, str], path: str) -> ProtobufSchema:
    """One file of a tree with what it imports from it. Raises ValueError when compiler or runtime refuses it."""
    files = {name: text.encode() for name, text in tree.items()}
    compiled = protoc.compile_closure(path, files)
    if compiled.descriptors is None:
        raise ValueError(compiled.messages)
    imported = {name: data for name, data in files.items() if name != path}
    try:
        side = Side(compiled.descriptors, path)
    except TypeError as error:
        raise ValueError(str(error)) from None
    return ProtobufSchema(files[path], path, imported, (), (), compiled.descriptors, side)


def judge(row: Row, surfaces: tuple[str, ...]) -> Answer:
    """Every pair that the row's mode asks for."""
    answer = Answer("compatible")
    began = time.process_time()
    for old in row.olds if row.mode.transitive else row.olds[-1:]:
        for path in _compared(old, row.new, whole=bool(row.rules)):
            if path not in row.new:
                answer.verdict = "incompatible"
                answer.undecided.append(f"{path} is gone")
                continue
            try:
                sides = load(old, path), load(row.new, path)
            except ValueError as error:
                answer.refused.append(f"{path}: {' '.join(str(error).split())[:120]}")
                continue
            answer.files += 1
            for direction in row.mode.directions:
                writer, reader = sides if direction is Direction.BACKWARD else sides[::-1]
                options = CompareOptions(surfaces=surfaces, deadline=time.monotonic() + 10)
                _add(answer, FORMAT.compare(writer, reader, options))
    answer.milliseconds = (time.process_time() - began) * 1000
    return answer


def _compared(old: Mapping[str, str], new: Mapping[str, str], *, whole: bool) -> list[str]:
    """A registry compares the file that is registered, a checker of trees every file."""
    if whole:
        return list(old)
    return [next((path for path in old if path in new), MAIN)]


def _add(answer: Answer, comparison: Comparison) -> None:
    order = ["compatible", "undecided", "incompatible"]
    answer.verdict = max(answer.verdict, comparison.verdict.value, key=order.index)
    answer.findings += [item for item in comparison.findings if item.severity is not Severity.INFO]
    answer.undecided += [str(item) for item in comparison.undecided]


def shown(answer: Answer) -> str:
    """The first break of each rule with its witness."""
    told: dict[str, str] = {}
    for item in answer.findings:
        if item.cls is ChangeClass.BREAKING:
            witness = item.witness
            proof = (witness.bytes or json.dumps(witness.document, ensure_ascii=False)) if witness else item.claim
            told.setdefault(item.rule, f"{item.level} {item.surface} {item.message} [{proof}]")
    warned = sorted({item.rule for item in answer.findings if item.cls is ChangeClass.IGNORED})
    return "; ".join([*(f"{rule}: {text}" for rule, text in told.items()), *answer.undecided]) or f"warned: {warned}"


def measure(path: Path, surfaces: tuple[str, ...], *, verbose: bool) -> None:
    """One file: agreement, disagreements, and breaks without a confirmed witness."""
    counts: Counter[str] = Counter()
    differing, times = [], []
    for row in rows(path):
        answer = judge(row, surfaces)
        differing += [f"{'refused':<13}{row.name}: {reason}" for reason in answer.refused]
        if not answer.files:
            counts["refused"] += 1
            continue
        counts["compared"] += 1
        times.append(answer.milliseconds)
        counts[answer.verdict] += 1
        for finding in answer.findings:
            if finding.cls is ChangeClass.BREAKING and finding.surface != "source":
                counts["findings"] += 1
                counts["unconfirmed"] += not (finding.witness and finding.witness.confirmed_by)
        agrees = answer.verdict == ("compatible" if row.compatible else "incompatible")
        counts["agree"] += agrees
        if not agrees or verbose:
            said = "compatible" if row.compatible else "incompatible"
            rules = f" {', '.join(row.rules)}" if row.rules else ""
            differing.append(f"{answer.verdict:<13}{row.name} ({row.mode}, expected {said}{rules}): {shown(answer)}")
    print(f"\n{path.stem}: {dict(counts)}, {sum(times) / max(len(times), 1):.1f} ms CPU a row")
    print("\n".join(differing))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--surfaces", nargs="+", default=["wire"], choices=["wire", "json", "source"])
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    print(f"surfaces: {' '.join(arguments.surfaces)}")
    for path in sorted(arguments.corpora.glob("*.jsonl")):
        measure(path, tuple(arguments.surfaces), verbose=arguments.verbose)


if __name__ == "__main__":
    main()
