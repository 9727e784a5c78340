"""Read `versions.jsonl`: strictly, because it is written by machines only, and fast, because it grows."""

from __future__ import annotations

import json
import re
from typing import Any

from llmreg.errors import ConflictError, InputError, LimitError
from llmreg.model.mode import Mode
from llmreg.model.problem import Problem
from llmreg.model.subject import LedgerLine
from llmreg.model.version import Bump, Version
from llmreg.store.layout import MAX_LEDGER_BYTES

_HEX = re.compile(r"[0-9a-f]{64}")
_PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*@[0-9][0-9A-Za-z.+-]*")
_PLAIN = re.compile(
    rb'\{"version":"([0-9A-Za-z.+-]{1,256})","sha256":"([0-9a-f]{64})","id":([1-9][0-9]{0,9}),"fp":"([0-9a-f]{64})"'
    rb',"bump":"(patch|minor|major)","mode":"([A-Z_]+)","refs":\[\]\}'
)
_BUMPS = {bump.value: bump for bump in Bump}
_KEYS = ["version", "sha256", "id", "fp", "bump", "mode", "refs"]
_KEYS_META = [*_KEYS, "meta"]
_CONFLICT = re.compile(rb"^(?:<{7}|={7}|>{7}|\|{7})", re.MULTILINE)
_MAX_LINE = 1 << 20


def parse_ledger(data: bytes, subject: str, name: str = "versions.jsonl") -> tuple[LedgerLine, ...]:
    """Every line, in order; duplicates are left to the `order` invariant.

    Raises ConflictError for merge conflict markers, InputError with the line for anything else that no `register`
    has written, LimitError above 64 MiB.
    """
    if len(data) > MAX_LEDGER_BYTES:
        raise LimitError(f"{name}: {len(data)} bytes is more than the limit of {MAX_LEDGER_BYTES}")
    if not data:
        return ()
    marker = _CONFLICT.search(data)
    if marker:
        line = data.count(b"\n", 0, marker.start()) + 1
        raise ConflictError(
            f"{name}:{line}: unresolved conflict",
            problems=[Problem("conflict-marker", "unresolved conflict", line=line)],
            hint=f"run `llmreg resolve {subject}`",
        )
    if not data.endswith(b"\n"):
        raise _torn(name, data.count(b"\n") + 1, "the last line does not end with a newline")
    lines = []
    for number, text in enumerate(data[:-1].split(b"\n"), start=1):
        try:
            plain = _PLAIN.fullmatch(text)
            lines.append(_plain_line(plain) if plain else _line(text))
        except ValueError as error:
            raise _torn(name, number, str(error)) from None
    return tuple(lines)


def pinning_lines(data: bytes, subject: str, name: str) -> tuple[LedgerLine, ...]:
    """The lines of a ledger that refer to other versions; none where it cannot be read."""
    if b'"refs":["' not in data:  # most ledgers: they need not be parsed
        return ()
    try:
        return tuple(line for line in parse_ledger(data, subject, name) if line.refs)
    except (InputError, LimitError):
        return ()


def _line(text: bytes) -> LedgerLine:
    if b"\r" in text:
        raise ValueError("a carriage return: the file must have LF line ends")
    if len(text) > _MAX_LINE:
        raise ValueError("the line is longer than 1 MiB")
    if text[:1] != b"{":
        raise ValueError("not a JSON object")
    try:
        fields = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if list(fields) not in (_KEYS, _KEYS_META):
        raise ValueError(f"expected the keys {', '.join(_KEYS)} and perhaps meta, in this order")
    for field in ("sha256", "fp"):
        if not isinstance(fields[field], str) or not _HEX.fullmatch(fields[field]):
            raise ValueError(f"`{field}` must be 64 lower-case hex digits")
    if type(fields["id"]) is not int or not 0 < fields["id"] < 1 << 31:
        raise ValueError("`id` must be an integer from 1 to 2147483647")
    line = LedgerLine(
        version=_version(fields["version"]),
        sha256=fields["sha256"],
        id=fields["id"],
        fp=fields["fp"],
        bump=_word(Bump, "bump", fields["bump"]),
        mode=_word(Mode, "mode", fields["mode"]),
        refs=_refs(fields["refs"]),
        meta=_meta(fields["meta"]) if "meta" in fields else {},
    )
    if line.to_line()[:-1] != text:  # spaces, a key twice, escapes: lines that say the same must be the same bytes
        raise ValueError("not written as `llmreg register` writes it")
    return line


def _plain_line(match: re.Match[bytes]) -> LedgerLine:
    """A line without references and notes: its text is canonical as it stands, which makes it four times as fast."""
    version, sha256, number, fp, bump, mode = (group.decode() for group in match.groups())
    if int(number) >= 1 << 31:
        raise ValueError("`id` must be an integer from 1 to 2147483647")
    return LedgerLine(Version.parse(version), sha256, int(number), fp, _BUMPS[bump], _word(Mode, "mode", mode))


def _version(value: Any) -> Version:
    if not isinstance(value, str):
        raise ValueError("`version` must be text")
    return Version.parse(value)


def _word(kind: Any, field: str, value: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"`{field}` must be one of {', '.join(kind)}") from None


def _refs(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(ref, str) and _PIN.fullmatch(ref) for ref in value):
        raise ValueError("`refs` must be a list of subject@version")
    if sorted(set(value)) != value:
        raise ValueError("`refs` must be sorted, each once")
    return tuple(value)


def _meta(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not value or not all(isinstance(item, str) for item in value.values()):
        raise ValueError("`meta` must be an object of texts")
    return value


def _torn(name: str, line: int, message: str) -> InputError:
    return InputError(
        f"{name}:{line}: {message}",
        problems=[Problem("ledger-line", message, line=line)],
        hint="only `llmreg register` writes this file; restore it with `git restore`",
    )
