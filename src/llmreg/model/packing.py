"""zlib for many small texts: with a window no larger than the text, because setting up the usual 256 kB costs more than
compressing two kilobytes does (64 µs against 7, benchmarks/export.py), and gives the same bytes a text.
"""

from __future__ import annotations

import zlib

_LEVEL = 6
_GZIP = 16  # zlib's word for "with gzip's header"; its time stamp is left at zero
_SMALLEST, _LARGEST = 9, 15  # windows, as powers of two


def gzip_member(data: bytes) -> bytes:
    """What HTTP sends as `Content-Encoding: gzip`; the same for the same data."""
    return _packed(data, _GZIP)


def deflated(data: bytes) -> bytes:
    """A zlib stream."""
    return _packed(data, 0)


def _packed(data: bytes, header: int) -> bytes:
    window = min(_LARGEST, max(_SMALLEST, len(data).bit_length()))
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, window + header, min(8, window - 7))
    return packer.compress(data) + packer.flush()
