"""The commands that there are: the modules of `cli/commands`, found by looking; a folder in there is a group."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType

from llmreg.cli import commands
from llmreg.model import folder

ROOT = commands.__name__


@cache
def command_names(package: str = ROOT) -> tuple[str, ...]:
    """Every command in a folder, sorted, with dashes as it is typed; imports none. A folder in it is a group."""
    home = import_module(package)
    return tuple(sorted(name.replace("_", "-") for name in folder.modules(home.__path__)))


@cache
def command_paths() -> tuple[str, ...]:
    """Every command as it is typed, a group before its own: `bind`, `bind check`, …, `check`."""
    paths: list[str] = []
    groups = folder.packages(commands.__path__)
    for name in command_names():
        paths.append(name)
        if name.replace("-", "_") in groups:
            paths += (f"{name} {inner}" for inner in command_names(f"{ROOT}.{name.replace('-', '_')}"))
    return tuple(paths)


def load(word: str, package: str = ROOT) -> ModuleType | None:
    """The module of the command that is typed as `word`, or the package of the group; None where there is none."""
    last = word.replace("-", "_")
    if "_" in word or not last.isidentifier():
        return None
    name = f"{package}.{last}"
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None
