"""Make a synthetic registry: S subjects, V versions each, schemas of about 2.3 kB; the files are what register writes.

python -m benchmarks.synthetic DIR [--subjects 10000] [--versions 5]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from llmreg.formats import catalogue
from llmreg.formats.interface import Source
from llmreg.model.mode import Mode
from llmreg.model.subject import LedgerLine, content_id, fingerprint
from llmreg.model.version import Bump, Version
from llmreg.store import layout

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


def schema(subject: int, version: int) -> dict[str, Any]:
    """Each version adds one optional property, which is compatible both ways."""
    properties: dict[str, Any] = {
        f"field_{number}": {
            "type": ["string", "integer", "number", "boolean"][number % 4],
            "description": f"What field {number} of subject {subject} is for, in one sentence.",
        }
        for number in range(16 + version)
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Subject {subject}",
        "type": "object",
        "properties": properties,
        "required": ["field_0", "field_1"],
    }


def name_of(subject: int) -> str:
    return f"team{subject % 50:02d}/area{subject % 7}/subject{subject:05d}"


def write(root: Path, subjects: int, versions: int) -> None:
    """Write the files; the ids are real, so that `check --all` passes."""
    (root / layout.SUBJECTS).mkdir(parents=True)
    (root / layout.REGISTRY_FILE).write_text("registry: 1\n")
    (root / layout.ATTRIBUTES_FILE).write_text(layout.ATTRIBUTES)
    json_format = catalogue.get("json")
    taken: dict[int, str] = {}
    for subject in range(subjects):
        name = name_of(subject)
        folder = root / layout.versions_dir(name)
        folder.mkdir(parents=True)
        lines = []
        data = b""
        for number in range(versions):
            data = (json.dumps(schema(subject, number), indent=2) + "\n").encode()
            fp = fingerprint("json", json_format.parse(Source(data)).canonical(), ())
            version = Version(1, number, 0)
            identity = content_id(fp, taken)
            taken[identity] = fp
            bump = Bump.MINOR if number else Bump.MAJOR
            digest = hashlib.sha256(data).hexdigest()
            lines.append(LedgerLine(version, digest, identity, fp, bump, Mode.BACKWARD).to_line())
            (root / layout.version_path(name, version, ".json")).write_bytes(data)
        (root / layout.config_path(name)).write_text(f"format: json\nkind: data\nowner: team{subject % 50:02d}\n")
        (root / layout.ledger_path(name)).write_bytes(b"".join(lines))
        (root / layout.working_path(name, ".json")).write_bytes(data)


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, env=os.environ | IDENTITY, stdout=subprocess.DEVNULL)


def build(root: Path, subjects: int, versions: int = 5) -> Path:
    """A committed registry in a new repository at `root`; reused when it is there."""
    if not (root / ".git").exists():
        write(root, subjects, versions)
        git(root, "init", "--quiet", "--initial-branch=main")
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "-m", "a synthetic registry")
    return root


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--subjects", type=int, default=10_000)
    parser.add_argument("--versions", type=int, default=5)
    options = parser.parse_args()
    build(options.directory, options.subjects, options.versions)


if __name__ == "__main__":
    main()
