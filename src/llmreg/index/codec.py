"""Nouns of the model as JSON text and back, for the columns that hold a whole noun."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from llmreg.model.finding import Severity
from llmreg.model.jsontext import dumps, loads
from llmreg.model.mode import Mode
from llmreg.model.subject import LedgerLine, RegistryConfig, SubjectConfig, VersionStatus, Waiver
from llmreg.model.version import Bump, Version


def subject_to_text(config: SubjectConfig) -> str:
    """`subject.yaml` as it was understood; numbers keep their spelling."""
    return dumps(_members(config))


def subject_from_text(text: str) -> SubjectConfig:
    members = loads(text.encode())
    members["mode"] = Mode(members["mode"]) if members["mode"] else None
    members["tags"] = tuple(members["tags"])
    members["profiles"] = tuple(members["profiles"])
    members["policy"] = _severities(members["policy"])
    members["status"] = {key: VersionStatus(**value) for key, value in members["status"].items()}
    members["waivers"] = {
        key: Waiver(tuple(value["allow"]), value["reason"]) for key, value in members["waivers"].items()
    }
    members["settings"] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in members["settings"].items()
    }
    return SubjectConfig(**members)


def registry_to_text(config: RegistryConfig) -> str:
    return json.dumps(_members(config))


def registry_from_text(text: str) -> RegistryConfig:
    members = json.loads(text)
    members["mode"] = Mode(members["mode"]) if members["mode"] else None
    members["drift"] = Severity(members["drift"])
    members["profiles"] = tuple(members["profiles"])
    members["policy"] = _severities(members["policy"])
    members["environments"] = _severities(members.get("environments", {}))
    return RegistryConfig(**members)


def line_from_text(text: str) -> LedgerLine:
    members = loads(text.encode())
    return LedgerLine(
        version=Version.parse(members["version"]),
        sha256=members["sha256"],
        id=members["id"],
        fp=members["fp"],
        bump=Bump(members["bump"]),
        mode=Mode(members["mode"]),
        refs=tuple(members["refs"]),
        meta=members.get("meta", {}),
    )


def _severities(members: Mapping[str, str]) -> dict[str, Severity]:
    return {key: Severity(value) for key, value in members.items()}


def _members(noun: Any) -> dict[str, Any]:
    return {name: _plain(getattr(noun, name)) for name in noun.__slots__}


def _plain(value: Any) -> Any:
    """Nouns and tuples as what JSON has; text enumerations are text already."""
    if isinstance(value, (VersionStatus, Waiver)):
        return _members(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, (Mode, Severity)) else value
