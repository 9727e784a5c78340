"""One digest over a file and everything that it imports, without a compiler: equal digests, equal meaning.

A file's digest holds those of its imports, so in a tree each file is read once, however many want it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from llmreg.errors import InputError, NotFoundError
from llmreg.formats.interface import Source
from llmreg.formats.protobuf import closure, neighbours, wellknown

Edges: TypeAlias = list[tuple[str, str]]


def fingerprint(source: Source) -> bytes:
    """See `Importing.fingerprint`."""
    digest = None
    if source.files is not None and source.path is not None:
        digest = _of_tree(source, source.files, source.path)
    if digest is not None:
        return digest
    needed = closure.collect(source, closure.imports_of(source.data, source.name))
    parts = ((path, hashlib.sha256(data).digest()) for path, data in needed.imported.items())
    return _digest(source.data, sorted(parts))


def _of_tree(source: Source, files: Mapping[str, bytes], start: str) -> bytes | None:
    """Depth first, each file once for as long as `files` is kept; None when an import is no neighbour, or leads back:
    what to say of that, the closure knows."""
    known: dict[str, bytes] = neighbours.remembered(files).setdefault(("fingerprint", source.roots), {})
    edges: dict[str, Edges | None] = {}
    way = [start]
    while way:
        place = way[-1]
        if place in known:
            way.pop()
            continue
        data = source.data if place == start else files[place]
        if place not in edges:
            edges[place] = _edges(source, files, place, data)
        below = edges[place]
        if below is None:
            return None
        waiting = next((item for _, item in below if item not in known), None)
        if waiting is None:
            known[place] = _digest(data, [(path, known[item]) for path, item in below])
        elif waiting in way:
            return None
        else:
            way.append(waiting)
    return known[start]


def _edges(source: Source, files: Mapping[str, bytes], place: str, data: bytes) -> Edges | None:
    """(import path, file) of each import; None when one of them is not a neighbour."""
    found = []
    try:
        for item in closure.imports_of(data, place):
            if item.path in wellknown.PATHS:
                continue
            known = None if neighbours.impossible(item.path) else neighbours.find(files, source.roots, place, item.path)
            if known is None:
                return None
            found.append((item.path, known))
    except (InputError, NotFoundError):
        return None
    return found


def _digest(data: bytes, imports: Iterable[tuple[str, bytes]]) -> bytes:
    whole = hashlib.sha256(hashlib.sha256(data).digest())
    for path, digest in imports:
        whole.update(path.encode() + b"\0" + digest)
    return whole.digest()
