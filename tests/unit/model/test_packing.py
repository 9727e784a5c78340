"""Small texts packed, and texts made compact: what comes back is what went in."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmreg.model import lexemes
from llmreg.model.packing import deflated, gzip_member

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@pytest.mark.property
@given(st.binary(max_size=3000))
def test_packed_comes_back(data: bytes) -> None:
    assert gzip.decompress(gzip_member(data)) == data
    assert zlib.decompress(deflated(data)) == data


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 40_000, 200_000])
def test_sizes_around_the_window(size: int) -> None:
    data = bytes(number * number % 251 for number in range(size))
    assert gzip.decompress(gzip_member(data)) == data
    assert gzip_member(data) == gzip_member(bytes(data))


@pytest.mark.property
@given(JSON, st.sampled_from([None, 0, 2, "\t"]), st.booleans())
def test_compact_is_what_reading_and_writing_gives(value: object, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert lexemes.compact(text) == lexemes.write(lexemes.read(text))
