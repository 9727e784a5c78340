"""Each invariant fires where it must and is silent elsewhere; the cases are files in `tests/cases/store/`."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from llmreg.store.invariant import invariants
from llmreg.store.memory import MemorySnapshot
from llmreg.store.registry import RegistryView

CASES = Path(__file__).parents[2] / "cases" / "store"
FOLDERS = sorted(path.parent for path in CASES.glob("*/*/case.yaml"))
HEADINGS = ("Why it breaks:", "Example:", "Instead:")


def found(base: dict[str, bytes], head: dict[str, bytes], modes: dict[str, str]) -> list[str]:
    """`code file:line`, over all subjects of both sides and the registry as a whole."""
    old, new = RegistryView(MemorySnapshot(base)), RegistryView(MemorySnapshot(head, modes=modes))
    findings = [finding for invariant in invariants().values() for finding in invariant.check_all(new)]
    for name in sorted({*old.names, *new.names}):
        sides = [view.view(name) if view.has(name) else None for view in (old, new)]
        findings += [finding for invariant in invariants().values() for finding in invariant.check(*sides)]
    assert all(finding.fix is None or "`" not in finding.fix or finding.fix.count("`") % 2 == 0 for finding in findings)
    return sorted(f"{f.rule} {f.file}{f':{f.line}' if f.line else ''}" for f in findings)


@pytest.fixture
def registry(line):
    """The files of a registry with one subject in versions 1.0.0 and 1.1.0."""
    bodies = {"1.0.0": b'{"v": 1}\n', "1.1.0": b'{"v": 2}\n'}
    files = {f"subjects/a/versions/{version}.json": body for version, body in bodies.items()}
    files["subjects/a/versions.jsonl"] = b"".join(line(version, body).to_line() for version, body in bodies.items())
    files["subjects/a/schema.json"] = bodies["1.1.0"]
    files["subjects/a/subject.yaml"] = b"format: json\n"
    files["llmreg.yaml"] = b"registry: 1\n"
    return files


def changed(files: dict[str, bytes], spec: dict, line) -> tuple[dict[str, bytes], dict[str, str]]:
    """The head of a case: `write`, `remove`, `rename`, `ledger` (versions with their text), `swap`, `modes`."""
    head = dict(files)
    for path, text in (spec.get("write") or {}).items():
        head[path] = text.encode()
    for path in spec.get("remove") or []:
        head = {key: data for key, data in head.items() if key != path and not key.startswith(f"{path}/")}
    for old, new in (spec.get("rename") or {}).items():
        head = {new + key[len(old) :] if key.startswith(old) else key: data for key, data in head.items()}
    ledger = head.get("subjects/a/versions.jsonl", b"").splitlines(keepends=True)
    for version, text in spec.get("ledger") or []:
        ledger.append(line(version, text.encode()).to_line())
    for version, text, field, number in spec.get("forged") or []:  # a line whose id or fp is another line's
        other = json.loads(ledger[number - 1])[field]
        ledger.append(replace(line(version, text.encode()), **{field: other}).to_line())
    for index in spec.get("drop_lines") or []:
        del ledger[index]
    if spec.get("swap"):
        ledger[-2:] = reversed(ledger[-2:])
    if ledger:
        head["subjects/a/versions.jsonl"] = b"".join(ledger)
    for path, (old, new) in (spec.get("replace") or {}).items():
        assert old.encode() in head[path]
        head[path] = head[path].replace(old.encode(), new.encode(), 1)
    return head, spec.get("modes") or {}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_case(folder: Path, registry, line) -> None:
    case = yaml.safe_load((folder / "case.yaml").read_text())
    head, modes = changed(registry, case.get("head") or {}, line)
    findings = found(registry, head, modes)
    assert findings == sorted(case["findings"]), case["about"]
    mine = [finding for finding in findings if finding.startswith(f"{folder.parent.name} ")]
    assert bool(mine) is not folder.name.startswith("near_miss")


def test_silence_on_the_same_registry(registry) -> None:
    assert found(registry, registry, {}) == []


@pytest.mark.parametrize("code", invariants())
def test_page_and_cases(code: str) -> None:
    page = invariants()[code].page
    places = [page.find(f"\n{heading}\n") for heading in HEADINGS]
    assert -1 not in places
    assert places == sorted(places)
    names = [folder.name for folder in FOLDERS if folder.parent.name == code]
    assert any(name.startswith("near_miss") for name in names)
    assert any(not name.startswith("near_miss") for name in names)
    assert {folder.parent.name for folder in FOLDERS} <= set(invariants())
