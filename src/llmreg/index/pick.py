"""Which version or content a URL names, for the server and for the client that has no server."""

from __future__ import annotations

import re
from uuid import UUID

from llmreg.compat.selector import pick
from llmreg.errors import NotFoundError, UsageError
from llmreg.index.reader import Index, StoredVersion

_MOST = 2**31 - 1  # a content id has 31 bits
_SHA256 = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)


def version(index: Index, subject: str, wanted: str) -> StoredVersion:
    """`latest`, an exact version, a range, or an integer: the place in the ledger, as Kafka clients count.

    Raises NotFoundError, and UsageError for what is none of them."""
    found = index.subject(subject)
    if _NUMBER.fullmatch(wanted):
        for item in found.versions:
            if item.number == int(wanted):
                return item
        raise NotFoundError(f"subject {subject!r} has no version number {wanted}")
    return found.stored(str(pick(found, wanted).version))


def fixed(wanted: str, found: StoredVersion) -> bool:
    """Whether what was asked for will mean the same version for ever."""
    return wanted in {found.version, str(found.number)}


def content(index: Index, wanted: str) -> tuple[StoredVersion, ...]:
    """Every version that holds a content, by id, GUID or SHA-256; at least one. Raises NotFoundError, UsageError."""
    if _SHA256.fullmatch(wanted):
        found = index.by_sha256(wanted.lower())
    elif _NUMBER.fullmatch(wanted):
        found = index.by_schema_id(int(wanted)) if int(wanted) <= _MOST else ()
    else:
        found = index.by_guid(_guid(wanted))
    if not found:
        raise NotFoundError(f"no schema {wanted}")
    return found


def by_content(wanted: str) -> bool:
    """Whether a content is named by its SHA-256, which will never be another's."""
    return _SHA256.fullmatch(wanted) is not None


def _guid(wanted: str) -> str:
    try:
        return str(UUID(wanted))
    except ValueError:
        raise UsageError(
            f"{wanted[:80]!r} names no schema", hint="an id (a whole number), a GUID, or a SHA-256 in hex"
        ) from None
