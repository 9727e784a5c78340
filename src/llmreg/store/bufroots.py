"""The folders that a Buf configuration names as roots of import paths, as far as they lie in the repository.

`buf.work.yaml` lists `directories`; `buf.yaml` is a root where it lies (v1), or lists `build.roots` (v1beta1) or
`modules` (v2). Nothing else in them matters here; modules of a remote registry are never fetched.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from llmreg.errors import DocumentError
from llmreg.store import yamltext

FILES = ("buf.work.yaml", "buf.yaml")


def import_roots(path: str, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The roots that the configurations above a file name, nearest first; "" is the top of `files`.

    Raises DocumentError for a configuration that cannot be read."""
    found: dict[str, None] = {}
    while path:
        path = path.rpartition("/")[0]
        for name in FILES:
            place = posixpath.join(path, name)
            if place in files:
                inside = map(partial(_joined, path), _named(name, _load(files[place], place)))
                found.update((root, None) for root in inside if root is not None)
    return tuple(found)


def _load(data: bytes, place: str) -> Mapping[str, Any]:
    try:
        config = yamltext.load(data, place)
    except DocumentError as error:
        raise DocumentError(f"{place} tells where imports count from: {error.message}") from None
    return config if isinstance(config, dict) else {}


def _named(name: str, config: Mapping[str, Any]) -> Iterator[str]:
    if name == "buf.work.yaml":
        yield from _texts(config.get("directories"))
        return
    build, modules = config.get("build"), config.get("modules")
    if isinstance(modules, list):
        yield from (str(item.get("path", ".")) for item in modules if isinstance(item, dict))
    elif isinstance(build, dict) and "roots" in build:
        yield from _texts(build["roots"])
    else:
        yield "."


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _joined(folder: str, root: str) -> str | None:
    """The folder seen from the top; None for one outside."""
    joined = posixpath.normpath(posixpath.join(folder, root))
    return None if joined.startswith(("..", "/")) else "" if joined == "." else joined
