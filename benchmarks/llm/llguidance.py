"""How often the rules of the `llguidance` profile agree with its compiler, and every schema where they do not.

python -m benchmarks.llm.llguidance CORPORA [--compile]

CORPORA holds `llm/jsonschemabench-sample.jsonl`; its column `llguidance` is what the compiler said. `--compile` asks
the installed compiler instead.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from benchmarks.llm.schemas import sample
from llmreg.llm.profiles import catalogue, decoder
from llmreg.llm.profiles.engine import lint_schema

FLOOR = 0.99


def main() -> int:
    """Print the agreement; 1 where it is below 99 %."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--compile", action="store_true")
    arguments = parser.parse_args()
    profile = catalogue.get("llguidance")
    counts: Counter[str] = Counter()
    differing = []
    began = time.perf_counter()
    for row in sample(arguments.corpora):
        said = decoder.compile_error(row.schema) if arguments.compile else (row.llguidance or "")
        found = lint_schema(row.schema, profile)
        counts["both refuse" if said and found else "both take" if not (said or found) else "differ"] += 1
        if bool(said) is not bool(found):
            ours = ", ".join(sorted({finding.rule for finding in found})) or "nothing"
            differing.append(f"{row.name}: ours {ours}; theirs {said[:100] or 'nothing'}")
    total = sum(counts.values())
    agreement = 1 - counts["differ"] / total
    source = f"llguidance {decoder.available()}" if arguments.compile else "the recorded answers"
    print(f"{total} schemas against {source}: {dict(counts)}, {100 * agreement:.2f} % agree")
    print(f"{time.perf_counter() - began:.1f} s")
    print(*differing, sep="\n")
    return 0 if agreement >= FLOOR else 1


if __name__ == "__main__":
    raise SystemExit(main())
