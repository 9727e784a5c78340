"""Files that the command line names; `-` is standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from llmreg.errors import NotFoundError, UsageError
from llmreg.model.jsontext import MAX_DOCUMENT_BYTES


def read_input(file: str) -> bytes:
    """The bytes of a schema; one more than may be, so that the reader sees that it is too large."""
    return _read(file, MAX_DOCUMENT_BYTES + 1)


def read_whole(file: str) -> bytes:
    """The whole of a file of many documents."""
    return _read(file, -1)


def _read(file: str, limit: int) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(limit)
    try:
        with Path(file).open("rb") as stream:
            return stream.read(limit)
    except FileNotFoundError:
        raise NotFoundError(f"no file {file}") from None
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None
