"""`llmreg check --against main` of a pull request with 50 changed subjects, in registries of 5 versions a subject.

python -m benchmarks.check_against [--subjects 10000 ...] [--runs 5] [--keep DIR]

Of the 50, 38 are JSON Schemas, 5 Avro, 5 Protobuf and 2 prompts. Most gained a compatible version; 5
gained a major one, and 5 have a breaking working file that nobody registered, so the check finds something and exits
with 1.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import LLMREG, Command, in_turn, show
from benchmarks.synthetic import build, git, name_of, schema
from llmreg.store import layout

JSON, AVRO, PROTOBUF, PROMPTS = 38, 5, 5, 2
BRANCH = "change"


def avro(number: int, version: int) -> str:
    """Each version adds a field with a default; version -1 adds one without, which breaks."""
    fields: list[dict[str, Any]] = [{"name": f"field_{item}", "type": "string"} for item in range(12)]
    fields += [{"name": f"added_{item}", "type": "long", "default": 0} for item in range(version)]
    fields += [{"name": "needed", "type": "long"}] if version < 0 else []
    return json.dumps({"type": "record", "name": f"Record{number}", "namespace": "bench", "fields": fields}, indent=2)


def protobuf(number: int, version: int) -> str:
    """Each version adds a field; version -1 changes the type of one, which breaks."""
    types = ["int64" if version < 0 and item == 0 else "string" for item in range(12 + max(version, 0))]
    fields = "\n".join(f"  {kind} field_{item} = {item + 1};" for item, kind in enumerate(types))
    return f'syntax = "proto3";\n\npackage bench;\n\nmessage Message{number} {{\n{fields}\n}}\n'


def prompt(number: int, version: int) -> str:
    return f"Prompt {number}, wording {version}: answer {{{{ question }}}} in one sentence.\n"


def others(version: int) -> Iterator[dict[str, str]]:
    """The subjects that are not JSON Schemas, as lines of a batch."""
    for number in range(AVRO):
        yield {"subject": f"wire/avro{number}", "format": "avro", "schema": avro(number, version)}
    for number in range(PROTOBUF):
        yield {"subject": f"wire/protobuf{number}", "format": "protobuf", "schema": protobuf(number, version)}
    for number in range(PROMPTS):
        yield {"subject": f"prompts/p{number}", "format": "prompt", "kind": "prompt", "schema": prompt(number, version)}


def json_subjects(subjects: int) -> list[int]:
    """38 subjects, spread over the whole registry."""
    return [number * (subjects // JSON) for number in range(JSON)]


def breaking(number: int) -> str:
    """A property more, another required: what the writer of the last version need not write."""
    changed = schema(number, 6)
    changed["required"] = [*changed["required"], "field_3"]
    return json.dumps(changed, indent=2) + "\n"


def register(root: Path, lines: list[dict[str, str]]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as batch:
        batch.write("".join(json.dumps(line) + "\n" for line in lines))
        batch.flush()
        subprocess.run([LLMREG, "register", "--batch", batch.name], cwd=root, check=True, stdout=subprocess.DEVNULL)


def pull_request(root: Path, subjects: int) -> Path:
    """The registry on a branch whose one commit changes 50 subjects; reused when it is there."""
    if (root / ".git" / "refs" / "heads" / BRANCH).exists():
        return root
    register(root, list(others(0)))
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "other formats")
    git(root, "switch", "--quiet", "--create", BRANCH)
    numbers = json_subjects(subjects)
    majors = [{"subject": name_of(number), "schema": breaking(number), "bump": "major"} for number in numbers[:5]]
    minors = [
        {"subject": name_of(number), "schema": json.dumps(schema(number, 6), indent=2)} for number in numbers[5:-3]
    ]
    waiting = {"wire/avro0", "wire/protobuf0"}
    register(root, [*majors, *minors] + [line for line in others(1) if line["subject"] not in waiting])
    for number in numbers[-3:]:
        (root / layout.working_path(name_of(number), ".json")).write_text(breaking(number))
    (root / layout.working_path("wire/avro0", ".avsc")).write_text(avro(0, -1))
    (root / layout.working_path("wire/protobuf0", ".proto")).write_text(protobuf(0, -1))
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "fifty changes")
    return root


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subjects", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="build the registries here and keep them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        commands = []
        for subjects in options.subjects:
            place = (options.keep or Path(scratch)) / f"pull-request-{subjects}"
            root = pull_request(build(place, subjects), subjects)
            argv = [str(LLMREG), "check", "--against", "main"]
            commands.append(Command(f"check --against main, {subjects} subjects", argv, root, (1,)))
            argv = [*argv, "--head", BRANCH]
            commands.append(Command(f"the same, --head {BRANCH}, {subjects} subjects", argv, root, (1,)))
        show(in_turn(commands, options.runs), base=commands[0].name)


if __name__ == "__main__":
    main()
