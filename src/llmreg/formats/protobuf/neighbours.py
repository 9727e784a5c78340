"""Find an imported file among the files around the one that wants it: where an import path counts from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from llmreg.errors import NotFoundError, SchemaError

SAY_WHERE = "say where imports count from: in buf.yaml, or with --proto-path FOLDER (check)"
# A path that the compiler cannot be told of (list separators and `=` are its own option syntax), or that is none.
_IMPOSSIBLE = re.compile(r"[:;=\\\x00-\x1f\x7f]|(?:^|/)\.{0,2}(?:/|$)")


def impossible(path: str) -> bool:
    """Whether no file can be imported under this path: absolute, with `..`, `.` or an empty part, or unmappable."""
    return _IMPOSSIBLE.search(path) is not None


_REMEMBERED: WeakKeyDictionary[Mapping[str, bytes], dict[Any, Any]] = WeakKeyDictionary()


def remembered(files: Mapping[str, bytes]) -> dict[Any, Any]:
    """What was found out about these files, for as long as they are kept; a plain dict is asked anew each time."""
    return {} if type(files).__hash__ is None else _REMEMBERED.setdefault(files, {})


def find(files: Mapping[str, bytes], roots: Sequence[str], wanting: str, path: str) -> str | None:
    """The file that `import "path"` means in the file `wanting`; None when there is none.

    Import paths count from the first folder that leads to a file: one of `roots`, then those above the wanting file,
    nearest first; else from wherever the one file lies that ends in this path. Raises SchemaError when several do,
    NotFoundError when nothing is found but a file that may not be read, such as a link."""
    known, key = remembered(files), (roots, wanting.rpartition("/")[0], path)
    if key not in known:
        known[key] = _find(files, roots, wanting, path)
    place: str | None = known[key]
    return place


def _find(files: Mapping[str, bytes], roots: Sequence[str], wanting: str, path: str) -> str | None:
    refused = None
    for folder in (*roots, *_above(wanting)):
        place = f"{folder}/{path}" if folder else path
        try:
            if place in files:
                return place
        except NotFoundError as error:
            refused = refused or error
    ends = sorted(place for place in files if place.endswith(f"/{path}") and place in files)  # listed, perhaps deleted
    if len(ends) > 1:
        shown = ", ".join(ends[:3]) + (f" and {len(ends) - 3} more" if len(ends) > 3 else "")
        raise SchemaError(f"the import {path!r} may be {shown}", hint=SAY_WHERE)
    if not ends and refused is not None:
        raise refused
    return ends[0] if ends else None


def _above(path: str) -> Iterator[str]:
    """The folders above a file, nearest first; "" is the top."""
    while path:
        path = path.rpartition("/")[0]
        yield path
