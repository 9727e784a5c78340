"""The messages in a stream of server-sent events, however its bytes come in pieces.

https://html.spec.whatwg.org/multipage/server-sent-events.html §9.2. An answer over HTTP may be such a stream, with one
JSON-RPC message in the data of each event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def messages(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The data of each event that is a message and has any; a stream that is cut off leaves its last event out."""
    data: list[bytes] = []
    kind = b""
    for line in _lines(pieces):
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            data.append(value)
        elif name == b"event":
            kind = value
        elif not line:
            if any(data) and kind in (b"", b"message"):
                yield b"\n".join(data)
            data, kind = [], b""


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A line ends with CR LF, LF or CR, and nothing else."""
    parts: list[bytes] = []
    returned = False  # whether the last piece ended with a CR, whose LF may still come
    for piece in filter(None, pieces):
        text = piece[1:] if returned and piece[:1] == b"\n" else piece
        returned = text.endswith(b"\r")
        for line in text.splitlines(keepends=True):
            parts.append(line)
            if line.endswith((b"\r", b"\n")):
                yield b"".join(parts).rstrip(b"\r\n")
                parts.clear()
