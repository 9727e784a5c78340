"""Every kind of change in `change_kinds.yaml`: levels per surface and direction, witnesses, and the laws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmreg.errors import NotFoundError
from llmreg.formats.interface import CompareOptions, Comparison, Schema, Source
from llmreg.formats.protobuf import FORMAT
from llmreg.model.finding import Finding, Severity, Status

TABLE = Path(__file__).parents[3] / "cases" / "formats" / "protobuf" / "change_kinds.yaml"
HEADS = {"p2": 'syntax = "proto2";', "p3": 'syntax = "proto3";', "e23": 'edition = "2023";', "e24": 'edition = "2024";'}
COMMON = {"E": "enum E {X=0; A=1; B=2;}", "S": "message S {int32 x=1;}"}
LEVELS = {"breaking": "X", "lossy": "L", "info": "i"}
RANK = "oiLX"


@dataclass(frozen=True)
class Kind:
    """One change in one direction order: `cells` maps (surface, open) to backward/forward."""

    number: int
    old: Schema
    new: Schema
    cells: dict[tuple[str, bool], str]
    witnesses: dict[str, list[Any]]


def rows() -> list[dict[str, Any]]:
    return yaml.safe_load(TABLE.read_text(encoding="utf-8"))


def text(row: dict[str, Any], side: str) -> bytes:
    def get(name: str, default: str = "") -> str:
        if side == "new" and f"new_{name}" in row:
            return row[f"new_{name}"]
        return row.get(name, default)

    body, defs = row[side], get("defs")
    if not defs:
        both = f" {row['old']} {row['new']} "
        defs = " ".join(
            text for name, text in COMMON.items() if f" {name} " in both.replace("=", " =") and name in both
        )
        if "new_defs" in row and side == "old" and "S" in body.split():
            defs = COMMON["S"]
    imports = f'import "{get("import")}";' if get("import") else ""
    if "dep" in row:
        imports += f'import "{get("dep_subject", "dep/d")}/1.0.{1 if side == "new" else 0}.proto";'
    file = body if row.get("file") else f"message M {{ {body}\n }} {defs}"
    return f"{HEADS[get('p', 'p3')]}\npackage {get('package', 't')};\n{imports}\n{file}\n".encode()


def parse(row: dict[str, Any], side: str) -> Schema:
    def resolve(subject: str, version: str) -> Schema:
        if subject not in (row.get("dep_subject", "dep/d"), row.get("new_dep_subject")):
            raise NotFoundError(f"no subject {subject}")
        body = row["new_dep"] if version == "1.0.1" else row["dep"]
        package = row.get("dep_package", "d")
        return FORMAT.parse(Source(f'syntax = "proto3"; package {package}; message D {{ {body} }}'.encode()))

    return FORMAT.parse(Source(text(row, side), name=f"{row['kind']} {side}", resolve=resolve))


@cache
def kinds() -> dict[str, Kind]:
    found = {}
    for row in rows():
        cells = {(surface, False): row[surface] for surface in ("wire", "json", "strict")}
        cells |= {
            (surface, True): row.get("open", {}).get(surface, row[surface]) for surface in ("wire", "json", "strict")
        }
        kind = Kind(
            row["kind"],
            parse(row, "old"),
            parse(row, "new"),
            cells,
            {"wire": row.get("bytes", [None, None]), "json": row.get("json_witness", [None, None])},
        )
        found[f"{row['kind']} {row['about']}"] = kind
        if "reversed" in row:
            back = {key: "/".join(reversed(cell.split("/"))) for key, cell in cells.items()}
            found[f"{row['reversed']} {row['about']}, reversed"] = Kind(
                row["reversed"], kind.new, kind.old, back, {"wire": [None, None], "json": [None, None]}
            )
    return found


def level(findings: list[Finding]) -> str:
    told = [LEVELS[item.level] for item in findings if item.level and item.rule != "message_removed"]
    worst = max(told, key=RANK.index, default="ok")
    return worst + ("†" if any(finding.rule == "message_removed" for finding in findings) else "")


def compare(kind: Kind, surface: str, *, closed: bool, forward: bool) -> Comparison:
    writer, reader = (kind.new, kind.old) if forward else (kind.old, kind.new)
    settings = {"unknown_keys": "reject"} if surface == "strict" else {}
    surfaces = ("wire",) if surface == "wire" else ("json",)
    return FORMAT.compare(writer, reader, CompareOptions(closed=closed, surfaces=surfaces, settings=settings))


def test_the_table_is_whole() -> None:
    assert sorted(kind.number for kind in kinds().values()) == list(range(1, 155))


@pytest.mark.parametrize("surface", ["wire", "json", "strict"])
@pytest.mark.parametrize("writer", ["closed", "open"])
@pytest.mark.parametrize("name", kinds())
def test_levels(name: str, writer: str, surface: str) -> None:
    kind = kinds()[name]
    wanted = kind.cells[surface, writer == "open"].split("/")
    answers = [compare(kind, surface, closed=writer == "closed", forward=forward) for forward in (False, True)]
    found = [level(list(answer.findings)) for answer in answers]
    if surface != "wire":
        roots = [cell.endswith("†") for cell in kind.cells["wire", False].split("/")]
        wanted = [cell + ("†" if root else "") for cell, root in zip(wanted, roots, strict=True)]
    assert found == wanted, [finding.message for answer in answers for finding in answer.findings]
    for answer, cell in zip(answers, wanted, strict=True):
        bad = cell.rstrip("†") in ("L", "X") or any(finding.severity is Severity.ERROR for finding in answer.findings)
        assert answer.verdict.value == ("incompatible" if bad else "compatible"), answer.undecided
        assert all(finding.status is Status.WITNESSED and finding.witness for finding in answer.findings)


@pytest.mark.parametrize("name", [name for name, kind in kinds().items() if any(map(any, kind.witnesses.values()))])
def test_witnesses(name: str) -> None:
    kind = kinds()[name]
    for surface, listed in kind.witnesses.items():
        for forward, wanted in enumerate(listed):
            if wanted is not None:
                answer = compare(kind, surface, closed=True, forward=bool(forward))
                shown = [finding.witness for finding in answer.findings if finding.witness and finding.level]
                found = [item.bytes if surface == "wire" else item.document for item in shown]
                assert wanted in found, (surface, forward)
                assert all(item.confirmed_by for item in shown)


@pytest.mark.parametrize("name", kinds())
def test_a_side_reads_itself(name: str) -> None:
    kind = kinds()[name]
    for side in (kind.old, kind.new):
        same = Kind(kind.number, side, side, {}, {})
        for surface in ("wire", "strict"):
            answer = compare(same, surface, closed=True, forward=False)
            assert (answer.verdict.value, answer.findings) == ("compatible", ())
