"""`manifest.json`: what an exported directory holds, from which commit, and the SHA-256 of each file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llmreg.errors import InputError, NotFoundError

NAME = "manifest.json"
INDEX = "index.sqlite"
SUMS = "site.sha256"  # the files below `site`, in the form that `sha256sum -c` reads
SIGNATURE = f"{NAME}.sig"
MANIFEST = 1
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files`: path below the directory → {"sha256", "size"}. `time` is the commit's, in seconds since 1970 (UTC)."""

    generation: int
    commit: str
    time: int
    content: str
    program: str
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in ("generation", "commit", "time", "content", "program")}
        return {"manifest": MANIFEST, **fields, "files": {path: dict(self.files[path]) for path in sorted(self.files)}}


def read_manifest(directory: Path) -> Manifest:
    """Raises NotFoundError, and InputError for a file that is no manifest of this layout."""
    path = directory / NAME
    try:
        members = json.loads(path.read_bytes())
        layout = members.pop("manifest")
        manifest = Manifest(**members)
    except FileNotFoundError:
        raise NotFoundError(f"there is no {path}", hint="make it: llmreg export --out DIR") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{path} is no manifest: {error}") from None
    if layout != MANIFEST:
        raise InputError(f"{path} has manifest layout {layout}; this program reads {MANIFEST}")
    return manifest


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step; it is written last, because it says that the rest is whole. One that says the
    same stays, with its signature; the signature of another does not."""
    path = directory / NAME
    text = json.dumps(manifest.to_json(), indent=1) + "\n"
    with suppress(FileNotFoundError):
        if path.read_text() == text:
            return
    (directory / SIGNATURE).unlink(missing_ok=True)
    fresh = path.with_name(f".{NAME}.tmp")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def describe(path: Path) -> dict[str, Any]:
    """{"sha256", "size"} of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return {"sha256": digest.hexdigest(), "size": path.stat().st_size}


def verify(directory: Path, manifest: Manifest, name: str) -> None:
    """Raises InputError when a file is not the one that the manifest names."""
    path = directory / name
    wanted = manifest.files.get(name)
    if wanted is None or not path.is_file() or describe(path) != dict(wanted):
        raise InputError(
            f"{path} is not the file that {NAME} describes",
            hint="it was changed or half copied: make it anew with llmreg export, and copy the manifest last",
        )
