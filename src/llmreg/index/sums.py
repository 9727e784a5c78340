"""`site.sha256`: the SHA-256 of every file below `site`, in the form that `sha256sum -c` reads.

`manifest.json` names this one file, so that it stays small and still vouches for all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from llmreg.index.manifest import SUMS, describe

SITE = "site"
_DOUBT = ".site.writing"  # there while files change; left behind by a run that was stopped

Changed = dict[str, str | None]


@contextmanager
def kept(directory: Path) -> Iterator[Changed]:
    """Write down below `directory` / `site` what the block changed there: path → SHA-256, None where it was removed.

    After a run that was stopped, and the first time, every file is read instead."""
    doubt = directory / _DOUBT
    whole = doubt.exists() or not (directory / SUMS).is_file()
    doubt.touch()
    changed: Changed = {}
    yield changed
    if whole:
        known = _walk(directory / SITE)
    else:
        known = _read(directory)
        for path, digest in changed.items():
            if digest is None:
                known.pop(path, None)
            else:
                known[path] = digest
    if whole or changed:
        fresh = directory / f".{SUMS}.tmp"
        fresh.write_text("".join(f"{known[path]}  {SITE}/{path}\n" for path in sorted(known)))
        fresh.replace(directory / SUMS)
    doubt.unlink()


def _read(directory: Path) -> dict[str, str]:
    cut = 66 + len(SITE) + 1  # the digest, two spaces, "site/"
    lines = (directory / SUMS).read_text().splitlines()
    return {line[cut:]: line[:64] for line in lines}


def _walk(site: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for folder, _, names in os.walk(site):
        for name in names:
            if name.startswith(".") and name.endswith(".tmp"):  # of a run that was stopped
                continue
            path = Path(folder, name)
            with suppress(FileNotFoundError):
                found[path.relative_to(site).as_posix()] = describe(path)["sha256"]
    return found
