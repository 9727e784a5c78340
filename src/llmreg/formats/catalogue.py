"""Find formats by looking into this folder, and decide which format a text has."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from llmreg.errors import FormatUnavailableError, UsageError
from llmreg.model import folder

if TYPE_CHECKING:
    from llmreg.formats.interface import Format

# Known to registries elsewhere, reserved here: no Python parser keeps what its compatibility rules need.
_WITHOUT_PLUGIN = {"thrift": ".thrift"}


@cache
def names() -> tuple[str, ...]:
    """The installed formats, sorted; reads the folder, imports nothing."""
    from llmreg import formats

    return folder.packages(formats.__path__)


@cache
def get(name: str) -> Format:
    """The format called `name` (`json`, also `JSON`). Raises UsageError or FormatUnavailableError."""
    key = name.lower()
    if key in _WITHOUT_PLUGIN:
        raise FormatUnavailableError(f"{key} schemas are recognised, but no plug-in for them is installed")
    if key not in names():
        raise UsageError(f"unknown schema format {name!r}", hint=f"one of {', '.join(names())}")
    return cast("Format", import_module(f"llmreg.formats.{key}").FORMAT)


@cache
def importing() -> tuple[str, ...]:
    """The extensions of formats whose texts import the files around them."""
    from llmreg.formats.interface import Importing

    found = [schema_format for schema_format in map(get, names()) if isinstance(schema_format, Importing)]
    return tuple(extension for schema_format in found for extension in schema_format.extensions)


def by_extension(extension: str) -> Format | None:
    """The only format whose files end so; None for an extension of several, or of none."""
    for name, suffix in _WITHOUT_PLUGIN.items():
        if extension == suffix:
            get(name)
    found = _ending(extension)
    return get(found[0]) if len(found) == 1 and extension not in (".json", ".yaml", ".yml") else None


def detect(data: bytes, extension: str = "", declared: str | None = None, file: str = "") -> Format:
    """By declared format, then extension, then content. Raises UsageError, naming `file`, when the content does not
    tell."""
    if declared:
        return get(declared)
    alone = by_extension(extension)
    if alone is not None:
        return alone
    scores = sorted(((get(name).sniff(data), name) for name in names()), reverse=True)
    if scores[0][0] <= 0 or (len(scores) > 1 and scores[0][0] == scores[1][0]):
        known = _ending(extension)
        if known:
            return get(known[0])
        raise UsageError(
            "cannot tell the schema's format" + (f" of {file}" if file else ""),
            hint=f"its extension tells (.json, .avsc, .proto); `diff` and `validate` take --format {'|'.join(names())}",
        )
    return get(scores[0][1])


def _ending(extension: str) -> list[str]:
    return [name for name in names() if extension in get(name).extensions]
