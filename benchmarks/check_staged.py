"""`llmreg check --staged` of one changed JSON subject: 1,000 against 10,000 subjects of 5 versions each, in turn.

python -m benchmarks.check_staged [--runs 9] [--keep DIR]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.measure import LLMREG, Command, in_turn, show
from benchmarks.synthetic import build, git, name_of, schema
from llmreg.store import layout


def stage_a_change(root: Path) -> None:
    """One more optional property in one working file, staged."""
    path = layout.working_path(name_of(7), ".json")
    (root / path).write_text(json.dumps(schema(7, 5), indent=2) + "\n")
    git(root, "add", path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--keep", type=Path, help="build the registries here and keep them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = options.keep or Path(scratch)
        commands = []
        for subjects in (1_000, 10_000):
            root = build(place / f"registry-{subjects}", subjects)
            stage_a_change(root)
            commands.append(Command(f"check --staged, {subjects} subjects", [str(LLMREG), "check", "--staged"], root))
        show(in_turn(commands, options.runs), base=commands[0].name)


if __name__ == "__main__":
    main()
