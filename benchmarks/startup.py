"""`llmreg --version` against a hello world of the same typer, in turn.

python -m benchmarks.startup [--runs 15]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import LLMREG, Command, in_turn, show

HELLO = """import typer

app = typer.Typer(rich_markup_mode=None)


@app.command()
def main(name: str = "world") -> None:
    typer.echo(f"hello {name}")


app()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        hello = Path(scratch) / "hello.py"
        hello.write_text(HELLO)
        commands = [
            Command("typer hello world", [sys.executable, str(hello)]),
            Command("llmreg --version", [str(LLMREG), "--version"]),
            Command("llmreg --help", [str(LLMREG), "--help"]),
        ]
        show(in_turn(commands, options.runs), base=commands[0].name)


if __name__ == "__main__":
    main()
