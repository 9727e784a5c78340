"""The files that search in the browser looks through: scripts, because a page opened from a folder may load no data.

Each calls one function with its rows. A registry above 20,000 subjects is split by name, so that one change rewrites
one file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from zlib import crc32

from llmreg.index.overview import SubjectLine
from llmreg.render.pages.links import ASSETS
from llmreg.render.pages.visible import visible
from llmreg.render.pages.words import badge

_ONE_FILE = 20_000
_PER_FILE = 10_000


def file_names(subjects: int) -> list[str]:
    """The paths of the files for so many subjects."""
    count = 1 if subjects <= _ONE_FILE else -(-subjects // _PER_FILE)
    return [f"{ASSETS}search-{number}.js" for number in range(count)]


def search_file(lines: Sequence[SubjectLine], path: str) -> bytes:
    """The content of one of them, rows in order of name."""
    names = file_names(len(lines))
    at = names.index(path)
    return _script([line for line in lines if crc32(line.name.encode()) % len(names) == at])


def _script(lines: Sequence[SubjectLine]) -> bytes:
    rows = ",\n".join(json.dumps(_row(line), separators=(",", ":")) for line in lines)
    return f"llmregRows([\n{_inert(rows)}\n]);\n".encode()


def _row(line: SubjectLine) -> list[object]:
    """The order is known to pages.js; values are spelt as in the page, so that a filter finds them."""
    mark = badge(line.verdict, line.bump, first=line.versions == 1)
    return [
        line.name,
        line.format,
        line.kind,
        line.mode,
        visible(line.owner or ""),
        [visible(tag) for tag in line.tags],
        visible(line.description or ""),
        line.latest or "",
        mark.tone,
        mark.text,
        int(line.deprecated),
        visible(" ".join(line.fields)),
    ]


def _inert(text: str) -> str:
    """JSON in ASCII; `<` is spelt out too, so that no reader of the file takes a part of it for markup."""
    return text.replace("<", "\\u003c")
