"""The read model as plain files below the server's own URLs, for any web server, object store or CDN.

A URL is a folder with an index file in it, because `…/versions` and `…/versions/1.0.0` both answer: `_index.json`, or
for registered bytes `_index.schema`, `_index.avsc` or `_index.txt`, so that the ending says the content type. No
segment of a subject's name starts with `_`. Beside it lies the same as one gzip member where that is smaller.
"""

from __future__ import annotations

from llmreg.render.static.writing import Written, write

__all__ = ["Written", "write"]
