"""What a package's folder holds: formats, rules, outputs and commands are found by looking.

`pkgutil.iter_modules` says the same, but imports `inspect` first, which takes as long as a hook's whole verdict.
"""

from __future__ import annotations

import os
from collections.abc import Iterable


def modules(paths: Iterable[str]) -> tuple[str, ...]:
    """The modules and packages below a package's `__path__`, by name, sorted; nothing is imported."""
    return tuple(sorted(_found(paths)))


def packages(paths: Iterable[str]) -> tuple[str, ...]:
    """The packages alone."""
    return tuple(sorted(name for name, is_package in _found(paths).items() if is_package))


def _found(paths: Iterable[str]) -> dict[str, bool]:
    """Name → whether it is a package."""
    found: dict[str, bool] = {}
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112 -- pathlib takes longer to import than this takes to run
            from pkgutil import iter_modules  # a zip file

            found.update((item.name, item.ispkg) for item in iter_modules([path]))
            continue
        for entry in os.listdir(path):  # noqa: PTH208
            name, dot, suffix = entry.partition(".")
            if suffix == "py" and name != "__init__":
                found[name] = False
            elif not dot and os.path.exists(f"{path}/{name}/__init__.py"):  # noqa: PTH110
                found[name] = True
    return found
