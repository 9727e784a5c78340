"""The example registry in a Git repository of its own, to be changed, committed and exported by tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Self

from llmreg.index.overview import reference_lines
from llmreg.index.reader import Index
from llmreg.ops.export import ExportRequest, export

EXAMPLES = Path(__file__).parents[1] / "example-registry"
_GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_DATE": "1767225600 +0000",
    "GIT_COMMITTER_DATE": "1767229200 +0000",
}


class Registry:
    """A registry at `path`, and the directory `out` that it is exported to."""

    def __init__(self, base: Path) -> None:
        self.path = base / "registry"
        self.out = base / "out"

    @classmethod
    def start(cls, base: Path) -> Self:
        """The examples, committed and exported."""
        registry = cls(base)
        shutil.copytree(EXAMPLES, registry.path)
        registry.git("init", "--quiet", "--initial-branch=main")
        registry.commit()
        registry.export()
        return registry

    def copy(self, base: Path) -> Self:
        """One to change."""
        registry = type(self)(base)
        shutil.copytree(self.path, registry.path)
        shutil.copytree(self.out, registry.out)
        return registry

    def git(self, *arguments: str) -> None:
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "core.fsync=none"]
        subprocess.run(["git", *identity, *arguments], cwd=self.path, env=os.environ | _GIT, check=True)

    def commit(self, message: str = "change", *more: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message, *more)

    def describe(self, subject: str, text: str) -> None:
        """Change a subject's description, and commit."""
        file = self.path / "subjects" / subject / "subject.yaml"
        lines = [line for line in file.read_text().splitlines() if not line.startswith("description:")]
        file.write_text("\n".join([*lines, f"description: {text}", ""]))
        self.commit(f"describe {subject}")

    def request(self, **more: Any) -> ExportRequest:
        return ExportRequest(self.path, self.out, environment=os.environ, **more)

    def export(self) -> Any:
        export(self.request())

    def remove_unreferenced(self) -> None:
        """Take away a subject that no other refers to; it is not committed."""
        with Index(self.out / "index.sqlite") as index:
            targets = {line.target for line in reference_lines(index)}
            free = next(subject.name for subject in index.subjects() if subject.name not in targets)
        shutil.rmtree(self.path / "subjects" / free)
