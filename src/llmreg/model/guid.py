"""The GUID that Confluent-style clients find a schema by: the MD5 of what they are served, written as a UUID."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID


def guid(text: bytes, references: Iterable[tuple[str, str, int]] = ()) -> str:
    """`text` is the served schema (compact, order kept); each reference is its name in the text, its subject and its
    integer version. MD5 is Confluent's choice (`SchemaId.java`) and guards nothing."""
    digest = hashlib.md5(text, usedforsecurity=False)
    for name, subject, number in references:
        digest.update(name.encode() + subject.encode() + number.to_bytes(4, "big"))
    return str(UUID(bytes=digest.digest()))
