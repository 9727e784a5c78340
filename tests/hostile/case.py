"""One hostile input: what lies in the checkout, what is run, and what must come of it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Content = str | bytes | dict[str, Any] | list[Any]
REGISTRY = "registry: 1\n"
TRAP = '#!/bin/sh\ntouch "{base}/sprung"\ncat\n'


@dataclass(frozen=True)
class Case:
    """`run` holds the arguments of llmreg. `says`: words of which each must be in the output. `never`: words that must
    not. `git`: Git commands (or `sh` and a script) beforehand, `links` symbolic links, `env` variables. `cpu` (seconds)
    and `memory` (bytes) are limits of the process, not expectations. `writes`: it may change files of the checkout.
    `raw`: standard output is a file's bytes, which may hold anything. `good`: the checkout starts as a committed
    registry with one subject, `good`, of two versions; without `registry` it has no llmreg.yaml. In texts `<base>` is
    the directory around everything, `<trap>` a program that leaves a mark when it runs."""

    run: tuple[str, ...]
    files: Mapping[str, Content] = field(default_factory=dict)
    exit: int | tuple[int, ...] = 2
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    git: tuple[tuple[str, ...], ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    cpu: int = 20
    memory: int = 1 << 30
    writes: bool = False
    raw: bool = False
    registry: bool = True
    good: bool = False

    @property
    def statuses(self) -> tuple[int, ...]:
        return (self.exit,) if isinstance(self.exit, int) else self.exit


def json_subject(schema: Content, name: str = "a", config: str = "format: json\n") -> dict[str, Content]:
    """The files of a subject that was not registered yet."""
    return {f"subjects/{name}/subject.yaml": config, f"subjects/{name}/schema.json": schema}


def subject(name: str, file: str, text: Content, config: str) -> dict[str, Content]:
    return {f"subjects/{name}/subject.yaml": config, f"subjects/{name}/{file}": text}


class Stage:
    """A directory for one case: `base` holds the checkout `place`, an empty `tmp`, and the trap."""

    def __init__(self, base: Path, model: Path) -> None:
        self.base = base
        self.place = base / "place"
        subprocess.run(["cp", "-rp", str(model), str(self.place)], check=True)
        (base / "tmp").mkdir()
        (base / "out").mkdir()
        trap = base / "trap"
        trap.write_text(TRAP.format(base=base))
        trap.chmod(0o755)
        (base / "outside.json").write_text('{"type": "string", "title": "outside the checkout"}\n')

    def prepare(self, case: Case) -> None:
        files = {"llmreg.yaml": REGISTRY, **case.files} if case.registry and not case.good else case.files
        for path, content in files.items():
            self._put(path, content)
        for path, target in case.links.items():
            (self.place / path).parent.mkdir(parents=True, exist_ok=True)
            (self.place / path).symlink_to(self.filled(target))
        for arguments in case.git:
            command = [self.filled(argument) for argument in arguments]
            command = ["sh", "-ec", *command[1:]] if command[0] == "sh" else ["git", *command]
            done = subprocess.run(command, cwd=self.place, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{arguments}: {done.stderr}"

    def filled(self, text: str) -> str:
        return text.replace("<trap>", str(self.base / "trap")).replace("<base>", str(self.base))

    def written(self) -> dict[str, str]:
        """Every file with its size and time, and every link with its target; without what llmreg keeps in .git."""
        found: dict[str, str] = {}
        for folder, folders, names in os.walk(os.fsencode(self.base)):
            for name in [*folders, *names]:
                path = folder + b"/" + name
                facts = os.lstat(path)
                shown = os.fsdecode(os.path.relpath(path, os.fsencode(self.base)))
                kept = not shown.startswith(("place/.git/llmreg", "out/")) and shown != "out"
                if kept and name not in folders:
                    found[shown] = f"{facts.st_size} {facts.st_mtime_ns} {facts.st_mode:o}"
        return found

    def _put(self, path: str, content: Content) -> None:
        target = self.place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content, indent=1) + "\n" if isinstance(content, (dict, list)) else content
        target.write_bytes(text if isinstance(text, bytes) else self.filled(text).encode("utf-8", "surrogatepass"))
