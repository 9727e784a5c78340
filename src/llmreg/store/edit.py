"""Change one fact in `subject.yaml` and leave every other byte, comments above all, as people wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from llmreg.errors import DocumentError, UsageError
from llmreg.model.jsontext import decode
from llmreg.model.pointer import join
from llmreg.store import yamltext
from llmreg.store.config import scalar
from llmreg.store.yamltext import Mark

_UNSAFE: Final = "subject.yaml is written in a way that cannot be edited safely"


def set_status(data: bytes, version: str, field: Literal["deprecated", "retired"], reason: str) -> bytes:
    """`subject.yaml` with `status: {VERSION: {field: reason}}` set; the version's other status stays.

    Raises DocumentError for a file that cannot be read, UsageError where the place cannot be edited safely.
    """
    text = decode(data)
    wanted = yamltext.load(text, "subject.yaml") or {}
    if not isinstance(wanted, dict) or not isinstance(wanted.get("status") or {}, dict):
        raise _by_hand(version, field, reason)
    wanted["status"] = dict(wanted.get("status") or {})
    wanted["status"][version] = {**(wanted["status"].get(version) or {}), field: reason}
    edited = _edited(text, wanted, version, field)
    if edited is None or not _says(edited, wanted):
        raise _by_hand(version, field, reason)
    return edited.encode()


def set_source(data: bytes, source: Mapping[str, str]) -> bytes:
    """`subject.yaml` with `source:` set. Raises as `set_status` does."""
    text = decode(data)
    wanted = yamltext.load(text, "subject.yaml") or {}
    marks = yamltext.marks(text)
    root, known = marks.get(""), marks.get("/source")
    entry = scalar(dict(source))
    if known is not None:
        edited = text[: known.start] + entry + _after(text, known)
    else:
        edited = f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}source: {entry}\n"
    flow = root is not None and root.flow
    if flow or not isinstance(wanted, dict) or not _says(edited, {**wanted, "source": dict(source)}):
        raise UsageError(_UNSAFE, hint=f"write it by hand: source: {entry}")
    return edited.encode()


def _after(text: str, value: Mark) -> str:
    """What follows a value: a block ends where the next key starts, with the comments before that key inside it."""
    inside = text[value.start : value.end]
    own = inside.rstrip()
    while own.rpartition("\n")[2].lstrip().startswith("#"):
        own = own.rpartition("\n")[0].rstrip()
    return inside[len(own) :].lstrip(" ") + text[value.end :]


def _says(edited: str, wanted: dict[str, Any]) -> bool:
    """The edit is textual; that it says what was meant, and nothing else, is read back."""
    try:
        return bool(yamltext.load(edited, "subject.yaml") == wanted)
    except DocumentError:
        return False


def _edited(text: str, wanted: dict[str, Any], version: str, field: str) -> str | None:
    marks = yamltext.marks(text)
    root, status = marks.get(""), marks.get("/status")
    if root is not None and root.flow:
        return None
    entry = scalar(wanted["status"][version])
    line = f"{_key(version)}: {entry}"
    if status is None:
        ended = text if not text or text.endswith("\n") else f"{text}\n"
        return f"{ended}status:\n  {line}\n"
    if text[status.start : status.end] in ("", "~", "null"):
        return f"{text[: status.start].rstrip(' ')}\n  {line}{text[status.end :]}"
    known = marks.get(join("/status", version))
    if known is None:
        return _insert_first(text, status, line)
    if known.flow or known.end == known.start:
        return f"{text[: known.start]}{' ' if known.end == known.start else ''}{entry}{text[known.end :]}"
    reason = marks.get(join("/status", version, field))
    if reason is not None:
        return text[: reason.start] + scalar(wanted["status"][version][field]) + text[reason.end :]
    return _insert_first(text, known, f"{field}: {scalar(wanted['status'][version][field])}")


def _insert_first(text: str, mapping: Mark, member: str) -> str:
    """`member` as the first of a mapping: in brackets after the bracket, else on a line of its own, indented alike."""
    if mapping.flow:
        rest = text[mapping.start + 1 :]
        return f"{text[: mapping.start + 1]}{member}{'' if rest.lstrip().startswith('}') else ', '}{rest}"
    line_start = text.rfind("\n", 0, mapping.start) + 1
    indent = text[line_start : mapping.start]
    return f"{text[: mapping.start]}{member}\n{indent}{text[mapping.start :]}"


def _key(version: str) -> str:
    return version if scalar(version).strip('"') == version else scalar(version)


def _by_hand(version: str, field: str, reason: str) -> UsageError:
    return UsageError(
        _UNSAFE,
        hint=f"write it by hand: status: {{{version}: {{{field}: {scalar(reason)}}}}}",
    )
