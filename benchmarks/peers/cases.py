"""Pairs that anyone has: the folders of `tests/cases/rules`, each a change that a rule is about or nearly about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

_RULES = Path(__file__).parents[2] / "tests" / "cases" / "rules"


@dataclass(frozen=True)
class Case:
    """The texts of both sides. Cases that refer to other subjects are left out: no peer has a registry."""

    name: str
    old: str
    new: str


def cases(schema_format: str) -> Iterator[Case]:
    """Every case of a format (`json`, `avro`, `protobuf`), in order."""
    for path in sorted((_RULES / schema_format).glob("*/*/case.yaml")):
        if yaml.safe_load(path.read_text(encoding="utf-8")).get("references"):
            continue
        (old,), (new,) = path.parent.glob("old.*"), path.parent.glob("new.*")
        name = path.parent.relative_to(_RULES).as_posix()
        yield Case(name, old.read_text(encoding="utf-8"), new.read_text(encoding="utf-8"))
