"""`llmreg check --against HEAD 'protos/**/*.proto'` of a tree of files that import each other, with one change.

python -m benchmarks.protobuf.tree [--files 100] [--runs 9] [--keep DIR]

The tree has layers: every file imports three of the layer below it, and the first file of all. Changed is a file that
nobody imports, one in the middle, or the one that all import: then every file means something else.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from benchmarks.measure import LLMREG, Command, in_turn, show
from benchmarks.synthetic import git

_LAYER = 20
_FIELDS = 30


def path_of(number: int) -> str:
    return f"acme/area{number % 7}/v1/file{number}.proto"


def text_of(number: int, *, changed: bool = False) -> str:
    """One file: an enum, a request, a response with fields of its imports, a service; about 100 lines."""
    below = sorted({(number - number % _LAYER - _LAYER) + (number * step) % _LAYER for step in (1, 3, 7)})
    imports = sorted({0, *(item for item in below if item >= 0)} - {number})
    lines = ['syntax = "proto3";', "", f"package acme.area{number % 7}.v1;", ""]
    lines += [f'import "{path_of(item)}";' for item in imports]
    lines += ['import "google/protobuf/timestamp.proto";', "", f"// What number {number} is about."]
    lines += [f"message Thing{number} {{", "  google.protobuf.Timestamp at = 1;"]
    for field in range(2, _FIELDS):
        kind = ("string", "int64", "repeated string", "double", "bool")[field % 5]
        lines += [f"  // What field {field} says.", f"  {kind} field_{field} = {field};"]
    lines += [
        f"  acme.area{item % 7}.v1.Thing{item} thing_{item} = {100 + index};" for index, item in enumerate(imports)
    ]
    if changed:
        lines.append("  string added = 200;")
    lines += [f"  Kind{number} kind = 99;", "}", "", f"enum Kind{number} {{", f"  KIND{number}_UNSPECIFIED = 0;"]
    lines += [f"  KIND{number}_{value} = {value};" for value in range(1, 6)]
    lines += ["}", "", f"message Get{number}Request {{", "  string name = 1;", "}", ""]
    lines += [f"service Service{number} {{", f"  rpc Get(Get{number}Request) returns (Thing{number});", "}", ""]
    return "\n".join(lines)


def build(root: Path, files: int, changed: int | None) -> Path:
    """A repository with the tree committed and one file changed on disk (None: none)."""
    shutil.rmtree(root, ignore_errors=True)
    for number in range(files):
        place = root / "protos" / path_of(number)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text_of(number))
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=tree")
    if changed is not None:
        (root / "protos" / path_of(changed)).write_text(text_of(changed, changed=True))
    return root


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--keep", type=Path, help="build the trees here and keep them")
    options = parser.parse_args()
    cases = {
        "nothing changed": None,
        "changed: nobody imports it": options.files - 1,
        "changed: in the middle": options.files // 2,
        "changed: imported by all": 0,
    }
    with tempfile.TemporaryDirectory() as scratch:
        commands = []
        for index, (name, changed) in enumerate(cases.items()):
            root = build((options.keep or Path(scratch)) / f"tree-{index}", options.files, changed)
            argv = [str(LLMREG), "check", "--against", "HEAD", "protos/**/*.proto"]
            commands.append(Command(name, argv, root))
        show(in_turn(commands, options.runs), base=next(iter(cases)))


if __name__ == "__main__":
    main()
