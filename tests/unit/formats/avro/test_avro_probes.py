"""Pairs on which implementations disagree: verdict, rule, severity, places and the smallest witness of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmreg.formats.avro import FORMAT
from llmreg.formats.interface import CompareOptions, Source
from llmreg.model.finding import Status

TABLE = Path(__file__).parents[3] / "cases" / "formats" / "avro" / "probes.jsonl"
ROWS = [json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_probe(row: dict[str, Any]) -> None:
    writer, reader = (FORMAT.parse(Source(json.dumps(row[side]).encode())) for side in ("writer", "reader"))
    comparison = FORMAT.compare(writer, reader, CompareOptions())
    assert comparison.verdict.value == row["verdict"]
    told = []
    for finding in comparison.findings:
        assert finding.writer is not None
        assert finding.reader is not None
        proof: dict[str, Any] = {"claimed": True}
        if finding.status is Status.WITNESSED:
            assert finding.witness is not None
            assert finding.witness.confirmed_by
            proof = {"bytes": finding.witness.bytes}
        places = {"writer": finding.writer.pointer, "reader": finding.reader.pointer}
        told.append({"severity": finding.severity.value, "rule": finding.rule, **places, **proof})
    assert told == row["findings"]
