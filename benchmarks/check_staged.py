"""`llmreg check --staged` of one changed JSON subject in registries of 1,000 to 100,000 versions, 5 a subject, in turn.

python -m benchmarks.check_staged [--subjects 200 2000 10000 20000] [--runs 9] [--keep DIR]

Beside them `import typer` in the same rounds: what a command line of that library costs before it does anything.
"""

from __future__ import annotations

import argparse
import json
import sys
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subjects", type=int, nargs="+", default=[200, 2_000, 10_000, 20_000])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--keep", type=Path, help="build the registries here and keep them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = options.keep or Path(scratch)
        commands = [Command("import typer", [sys.executable, "-c", "import typer"])]
        for subjects in options.subjects:
            root = build(place / f"registry-{subjects}", subjects)
            stage_a_change(root)
            name = f"check --staged, {subjects * 5} versions"
            commands.append(Command(name, [str(LLMREG), "check", "--staged"], root))
        show(in_turn(commands, options.runs), base=commands[0].name)


if __name__ == "__main__":
    main()
