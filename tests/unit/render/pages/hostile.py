"""A registry in which everything that people write is an attack on whoever looks at it."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.render.pages.conftest import subject_row, version_row

from llmreg.index.rows import EventRow, Origin, SubjectRow
from llmreg.model.subject import VersionStatus, Waiver
from llmreg.model.version import Bump

ATTACK = "\"'><script>alert(1)</script></title></textarea><img src=x onerror=alert(2)>{{7*7}}\u202e`</script>`<!--"
SCHEMA = {
    "title": ATTACK,
    "description": ATTACK,
    "type": "object",
    "deprecated": True,
    "properties": {
        ATTACK: {"description": ATTACK, "enum": [ATTACK], "default": ATTACK, "type": ATTACK},
        "script": {"$ref": "javascript:alert(3)"},
        "other": {"$ref": "llmreg:good/one@1.0.0", "anyOf": [{"const": ATTACK}, True]},
    },
    "required": [ATTACK, "javascript:alert(4)"],
    "$defs": {ATTACK: {"type": "string"}},
    ATTACK: ATTACK,
}


def rows() -> list[SubjectRow]:
    first = json.dumps(SCHEMA).encode()
    second = json.dumps({**SCHEMA, "description": f"{ATTACK} more", "x": ATTACK}, indent=2).encode()
    origin = Origin(ATTACK, ATTACK, 1767225600, ATTACK, 1)
    references = (("llmreg:good/one@1.0.0", "good/one", "1.0.0"), (ATTACK, "gone/one", "1.0.0"))
    hostile = subject_row(
        "bad/one",
        [
            version_row(1, "1.0.0", first, origin=origin, meta={ATTACK: ATTACK}, references=references),
            version_row(2, "2.0.0", second, origin=origin, report=report(), verdict="incompatible", bump=Bump.MAJOR),
            version_row(3, "2.1.0", ATTACK.encode(), origin=origin),
        ],
        description=ATTACK,
        owner=ATTACK,
        tags=(ATTACK, "javascript:alert(5)"),
        custom={ATTACK: ATTACK, "list": [ATTACK]},
        status={"1.0.0": VersionStatus(deprecated=ATTACK), "2.0.0": VersionStatus(retired=ATTACK)},
        waivers={"2.0.0": Waiver((ATTACK,), ATTACK)},
        fields=(ATTACK,),
        kind="data",
    )
    good = subject_row("good/one", [version_row(1, "1.0.0", b'{"type": "string"}\n')])
    return [hostile, good]


def events() -> list[EventRow]:
    told = {"commit": ATTACK, "bump": ATTACK, "reason": ATTACK, "against": "1.0.0", "findings": [{"message": ATTACK}]}
    kinds = ("registered", "deprecated", "retired", "incompatibility.detected")
    return [
        EventRow(1, at, f"schema.{kind}", name, version, 1767225600, told)
        for at, (kind, name, version) in enumerate(
            (kind, name, version) for kind in kinds for name, version in (("bad/one", "2.0.0"), (ATTACK, ATTACK))
        )
    ]


def report() -> dict[str, Any]:
    place = {"pointer": f"/{ATTACK}", "line": 3}
    finding = {
        "rule": ATTACK,
        "class": "breaking",
        "severity": "info",
        "direction": "backward",
        "against": "1.0.0",
        "writer": place,
        "reader": place,
        "message": ATTACK,
        "status": "witnessed",
        "witness": {"document": {ATTACK: ATTACK}, "bytes": "0a01", "confirmed_by": [ATTACK], "expected": ATTACK},
        "claim": ATTACK,
        "fix": ATTACK,
        "surface": ATTACK,
        "level": ATTACK,
        "waived": ATTACK,
    }
    root = {"pointer": "", "line": 1}
    seen = {**finding, "class": "prompt-visible", "writer": root, "reader": root, "direction": None, "witness": None}
    undecided = {"reason": ATTACK, "message": ATTACK, "pointer": ATTACK, "direction": "backward", "against": "1.0.0"}
    return {
        "subject": "bad/one",
        "format": "json",
        "mode": "BACKWARD",
        "verdict": "incompatible",
        "version": "2.0.0",
        "bump": {"declared": "major", "computed": "major", "why": ATTACK},
        "findings": [finding, seen],
        "undecided": [undecided],
        "accepted": ATTACK,
        "notes": [ATTACK],
        "against": "1.0.0",
    }
