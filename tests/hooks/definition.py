"""The hooks that `.pre-commit-hooks.yaml` publishes; `make docs` writes that file, and the tests run them from here."""

from __future__ import annotations

import yaml

_FILES = r"(^|/)(llmreg\.yaml$|subjects/)"
HOOKS = [
    {
        "id": "llmreg-check",
        "name": "check schemas (llmreg)",
        "description": "Stops a commit or push whose schemas break what reads them, with a document that shows it.",
        "entry": "llmreg check --staged",
        "language": "python",
        "files": _FILES,
        "pass_filenames": False,
        "require_serial": True,
        "stages": ["pre-commit", "pre-merge-commit", "pre-push", "manual"],
        "minimum_pre_commit_version": "3.2.0",
    },
    {
        "id": "llmreg-register",
        "name": "register changed schemas (llmreg)",
        "description": "Registers every changed working file, then fails so that the new versions are looked at.",
        "entry": "llmreg register --changed",
        "language": "python",
        "files": _FILES,
        "pass_filenames": False,
        "require_serial": True,
        "stages": ["pre-commit", "manual"],
        "minimum_pre_commit_version": "3.2.0",
    },
]


def text() -> str:
    """The file, for pre-commit."""
    note = "# Generated from tests/hooks/definition.py by `make docs`: change it there.\n"
    return note + yaml.safe_dump(HOOKS, sort_keys=False, width=120)
