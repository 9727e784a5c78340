"""Resolution of URI references, as far as schema identifiers need it."""

from __future__ import annotations

import re
from typing import Final

_ENCODED: Final = re.compile("(?:%[0-9A-Fa-f]{2})+")
_SPECIAL: Final = re.compile("[^A-Za-z0-9/~$._-]")
_PARTS: Final = re.compile(r"^(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(?://([^/?#]*))?([^?#]*)(\?[^#]*)?")


def percent_decoded(text: str) -> str:
    if "%" not in text:
        return text
    return _ENCODED.sub(lambda run: bytes.fromhex(run[0].replace("%", "")).decode("utf-8", "replace"), text)


def percent_encoded(text: str) -> str:
    """For a URI fragment; everything but the plainest characters is encoded."""
    return _SPECIAL.sub(lambda char: "".join(f"%{byte:02X}" for byte in char[0].encode("utf-8", "replace")), text)


def split_fragment(reference: str) -> tuple[str, str]:
    before, _, fragment = reference.partition("#")
    return before, fragment


def resolve(base: str, reference: str) -> str:
    """RFC 3986, without the fragment. A base that is no hierarchy (`urn:`, `llmreg:`) is replaced whole."""
    reference = split_fragment(reference)[0]
    if not reference:
        return base
    scheme, authority, path, query = _split(reference)
    base_scheme, base_authority, base_path, _ = _split(base)
    if scheme or not base:
        return reference
    if authority is not None:
        return f"{base_scheme}:{reference}" if base_scheme else reference
    if path.startswith("/"):
        merged = _without_dots(path)
    elif path:
        merged = _without_dots(base_path[: base_path.rfind("/") + 1] + path)
    else:
        merged = base_path
    start = f"{base_scheme}:" if base_scheme else ""
    if base_authority is not None:
        start += f"//{base_authority}"
        merged = merged if merged.startswith("/") else f"/{merged}"
    return start + merged + (query or "")


def _split(uri: str) -> tuple[str | None, str | None, str, str | None]:
    match = _PARTS.match(uri)
    if match is None:
        return None, None, uri, None
    return match[1], match[2], match[3], match[4]


def _without_dots(path: str) -> str:
    out: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(out) > 1 or (out and out[0]):
                out.pop()
        elif segment != ".":
            out.append(segment)
    if segments[-1] in (".", ".."):
        out.append("")
    return "/".join(out)
