"""Which tag is the newest release of a registry."""

from __future__ import annotations

import re
from collections.abc import Callable

from llmreg.store.git import GitReader

_COMMITTED = re.compile(rb"^committer [^\n]*> (-?[0-9]+) [-+][0-9]{4}$", re.MULTILINE)


def newest_tag(reader: GitReader, holds: Callable[[str], bool]) -> str | None:
    """The tag of the youngest commit for which `holds(commit id)` is true; of several there the highest by version.

    A monorepo has tags of other things, and old ones from before the registry was there: `holds` leaves them out."""
    tags = reader.tags()
    wanted = sorted({oid for _, oid in tags})
    times = {oid: _time(data) for oid, data in reader.read_objects(wanted, kind="commit")}
    ranked = sorted(enumerate(tags), key=lambda item: (times[item[1][1]], item[0]), reverse=True)
    return next((name for _, (name, oid) in ranked if holds(oid)), None)


def _time(commit: bytes) -> int:
    """When it was committed, in seconds since 1970; 0 where the commit does not say."""
    found = _COMMITTED.search(commit.partition(b"\n\n")[0])
    return int(found[1]) if found else 0
