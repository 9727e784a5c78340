"""What each checker answered over a set of pairs, against what is known of them, and the table of it."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.measure import percentile


@dataclass(frozen=True)
class Answered:
    """`compatible` None: no answer, and `failure` says why. `ms` is CPU time."""

    compatible: bool | None
    ms: float
    failure: str = "unknown"


@dataclass
class Score:
    """One checker over one set of pairs; `ratios` are its time by that of llmreg's, pair by pair."""

    pairs: int = 0
    answered: int = 0
    wrong_compatible: int = 0
    wrong_incompatible: int = 0
    ms: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)


def add(scores: dict[str, Score], answers: Mapping[str, Answered], truth: bool | None, *, base: str) -> None:
    """Count one pair. `truth` None: nothing is known, so no answer is wrong. `base` is whose time is the measure."""
    measure = answers[base]
    for name, one in answers.items():
        score = scores.setdefault(name, Score())
        score.pairs += 1
        if one.compatible is None:
            score.failures[one.failure] += 1
            continue
        score.answered += 1
        score.ms.append(one.ms)
        if measure.compatible is not None and measure.ms:
            score.ratios.append(one.ms / measure.ms)
        score.wrong_compatible += one.compatible and truth is False
        score.wrong_incompatible += (not one.compatible) and truth is True


def show(title: str, scores: Mapping[str, Score]) -> None:
    """A table of one set of pairs."""
    print(f"\n{title}: {next(iter(scores.values())).pairs} pairs")
    print(
        f"{'':<27}{'answered %':>11}{'wrong compat.':>15}{'wrong incomp.':>15}{'median ms':>11}{'p95':>9}{'ratio':>8}"
    )
    for name, score in scores.items():
        share = 100 * score.answered / score.pairs
        median = statistics.median(score.ms) if score.ms else float("nan")
        p95 = percentile(score.ms, 95) if score.ms else float("nan")
        ratio = statistics.median(score.ratios) if score.ratios else float("nan")
        print(f"{name:<27}{share:>11.1f}{score.wrong_compatible:>15}{score.wrong_incompatible:>15}", end="")
        print(f"{median:>11.2f}{p95:>9.1f}{ratio:>8.2f}   {dict(score.failures.most_common(5)) or ''}")
