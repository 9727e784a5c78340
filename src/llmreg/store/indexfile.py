"""Git's index, read from its file: what Git remembers of each staged file, by path.

The format is gitformat-index(5), versions 2 to 4. Where a file needs more than that (a split or a sparse index, a huge
one, anything unknown), Git itself is asked: `listed` reads what `ls-files -s --debug` prints.

A record is ten numbers of four bytes and the object id. It is empty where somebody told Git not to look at the file:
then nobody may believe it. Paths in conflict, and those only intended (`git add --intent-to-add`), have none.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator

_HEADER = struct.Struct(">4sII")  # "DIRC", version, number of entries
_FACTS = struct.Struct(">10I")
# Change time (s, ns), modification time (s, ns), device, inode, mode, user, group, size: each modulo 2^32.
facts_of = _FACTS.unpack_from
_VALID, _EXTENDED, _STAGE = 0x80, 0x40, 0x30  # in the first byte of an entry's flags
_SKIP, _INTENDED = 0x40, 0x20  # in the first byte of its extended flags
_MOST = 64 << 20  # bytes: above it, a registry in a part of it is listed faster by Git
_PRINTED = re.compile(
    r"  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n  dev: (\d+)\tino: (\d+)\n  uid: (\d+)\tgid: (\d+)\n"
    r"  size: (\d+)\tflags: ([0-9a-f]+)"
)
_PRINTED_INTENDED, _PRINTED_UNSEEN = 1 << 29, 1 << 30 | 1 << 15  # skip-worktree, assume-unchanged


def mode_of(record: bytes) -> str:
    return f"{facts_of(record)[6]:06o}"


def oid_of(record: bytes) -> str:
    return record[_FACTS.size :].hex()


def staged(data: bytes, oid_bytes: int, prefix: str) -> dict[str, bytes] | None:
    """The records of an index file below `prefix`, which is cut off the paths. None where only Git can read it."""
    if len(data) > _MOST:
        return None
    inside = os.fsencode(prefix)
    names, records = [], []
    try:
        for name, record in _entries(data, oid_bytes):
            if name.startswith(inside):
                names.append(name[len(inside) :])
                records.append(record)
    except (ValueError, IndexError, struct.error):
        return None
    return dict(zip(os.fsdecode(b"\0".join(names)).split("\0"), records, strict=True)) if names else {}


def _entries(data: bytes, oid_bytes: int) -> Iterator[tuple[bytes, bytes]]:
    """(path, record) of every entry. Raises ValueError, IndexError or struct.error for what is not understood."""
    signature, version, count = _HEADER.unpack_from(data)
    if signature != b"DIRC" or version not in (2, 3, 4):
        raise ValueError("no index that is known here")
    end_of_record = _FACTS.size + oid_bytes
    at, name = _HEADER.size, b""
    for _ in range(count):
        flags, further = data[at + end_of_record], 0
        start = at + end_of_record + 2
        if flags & _EXTENDED:
            further = data[start]
            start += 2
        kept = 0
        if version == 4:  # the path is told by what it shares with the one before it
            dropped, start = _number(data, start)
            kept = len(name) - dropped
        end = data.index(0, start)
        name = name[:kept] + data[start:end]
        if not (flags & _STAGE or further & _INTENDED):
            yield name, b"" if flags & _VALID or further & _SKIP else data[at : at + end_of_record]
        at = end + 1 if version == 4 else at + ((end - at + 8) & ~7)
    _refuse_needed_extensions(data, at, len(data) - oid_bytes)


def _number(data: bytes, at: int) -> tuple[int, int]:
    """The number that starts here, as in the offsets of a pack, and where it ends."""
    byte = data[at]
    value = byte & 0x7F
    while byte & 0x80:
        at += 1
        byte = data[at]
        value = ((value + 1) << 7) | (byte & 0x7F)
    return value, at + 1


def _refuse_needed_extensions(data: bytes, at: int, end: int) -> None:
    """One whose name does not begin with a capital changes what the entries mean: `link`, `sdir`."""
    while at < end:
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        if not data[at : at + 1].isupper():
            raise ValueError("an extension that one must understand")
        at += 8 + size
    if at != end:
        raise ValueError("the file does not end where it should")


def listed(listing: bytes, prefix: str) -> dict[str, bytes]:
    """The records of `ls-files -s --debug -z`. The listing is Git's debugging aid: where a version prints it otherwise,
    every record is empty."""
    found = {}
    head, *rest = os.fsdecode(listing).split("\0")
    for item in rest:
        words, _, following = item.rpartition("\n")
        entry, _, path = head.partition("\t")
        record = _record(words, entry) if path else None
        if record is not None:
            found[path[len(prefix) :]] = record
        head = following
    return found


def _record(words: str, entry: str) -> bytes | None:
    printed, staged_as = _PRINTED.fullmatch(words), entry.split(" ")
    if printed is None or len(staged_as) != 3:
        return b""
    mode, oid, stage = staged_as
    *numbers, flag_digits = printed.groups()
    facts, flags = [int(number) for number in numbers], int(flag_digits, 16)
    if stage != "0" or flags & _PRINTED_INTENDED:
        return None
    facts.insert(6, int(mode, 8))
    return b"" if flags & _PRINTED_UNSEEN else _FACTS.pack(*facts) + bytes.fromhex(oid)
