"""CPU time of a verdict, parsing of both schemas included, beside Apache's Python checker on the same texts.

pip install -r benchmarks/peers/requirements.txt
python -m benchmarks.avro.speed [FOLDER] [--rounds 15]

The pairs: every record of records.json and every edit of it that applies, and the same for each type inside it; with
FOLDER also the pairs of the corpora there. Three things run in turn on each pair: the peer's parser and checker; our
parser and everything that the rules find (what the peer answers too); our whole comparison, in which a datum is built
for every finding and confirmed by three engines. Medians over rounds, then over pairs.
"""

from __future__ import annotations

import argparse
import copy
import gc
import json
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import avro.schema
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

from benchmarks.avro.corpus import pairs as corpus_pairs
from benchmarks.avro.corpus import rows
from llmreg.formats.avro import FORMAT
from llmreg.formats.avro.compare import causes
from llmreg.formats.avro.schema import AvroSchema
from llmreg.formats.interface import CompareOptions, Comparison, Source
from llmreg.model.report import Verdict

RECORDS = Path(__file__).with_name("records.json")
OPTIONS = CompareOptions()
LOOPS = 8
Edit = Callable[[dict[str, Any]], bool]


def _described(schema: dict[str, Any]) -> bool:
    schema["doc"] = schema.get("doc", "") + " Reviewed."
    return True


def _defaulted_added(schema: dict[str, Any]) -> bool:
    schema.get("fields", []).append({"name": "trace", "type": ["null", "string"], "default": None})
    return "fields" in schema


def _required_added(schema: dict[str, Any]) -> bool:
    schema.get("fields", []).append({"name": "trace", "type": "string"})
    return "fields" in schema


def _removed(schema: dict[str, Any]) -> bool:
    return bool(schema.get("fields")) and schema["fields"].pop(0) is not None


def _renamed_with_alias(schema: dict[str, Any]) -> bool:
    field = schema.get("fields", [{}])[0]
    field.update(aliases=[field.get("name")], name="renamed")
    return "fields" in schema


def _widened(schema: dict[str, Any]) -> bool:
    fields = [field for field in schema.get("fields", ()) if field["type"] == "int"]
    for field in fields:
        field["type"] = "long"
    return bool(fields)


def _retyped(schema: dict[str, Any]) -> bool:
    fields = [field for field in schema.get("fields", ()) if field["type"] == "string" and "default" not in field]
    for field in fields[:1]:
        field["type"] = "long"
    return bool(fields)


def _symbol_removed(schema: dict[str, Any]) -> bool:
    return "symbols" in schema and schema["symbols"].pop() is not None


def _symbol_added(schema: dict[str, Any]) -> bool:
    schema.get("symbols", []).append("other")
    return "symbols" in schema


EDITS: tuple[Edit, ...] = (
    *(_described, _defaulted_added, _required_added, _removed, _renamed_with_alias),
    *(_widened, _retyped, _symbol_removed, _symbol_added),
)


def own_pairs() -> Iterator[tuple[str, str, str]]:
    """(set, writer, reader) of every edit of every record and of every enum and record inside one."""
    for record in json.loads(RECORDS.read_text(encoding="utf-8")):
        for schema in _types(record):
            for edit in EDITS:
                changed = copy.deepcopy(schema)
                if edit(changed):
                    yield "records" if schema is record else "their parts", _text(schema), _text(changed)


def _types(schema: Any) -> Iterator[dict[str, Any]]:
    """The schema and every record and enum inside it."""
    if isinstance(schema, dict) and schema.get("type") in ("record", "enum"):
        yield schema
    if isinstance(schema, (dict, list)):
        for part in schema.values() if isinstance(schema, dict) else schema:
            yield from _types(part)


def _text(schema: Any) -> str:
    return json.dumps(schema, indent=2)


def _given_pairs(folder: Path) -> Iterator[tuple[str, str, str]]:
    found = (
        (json.dumps(writer), json.dumps(reader)) for _, row in rows(folder) for writer, reader in corpus_pairs(row)
    )
    for writer, reader in dict.fromkeys(found):
        yield "corpora", writer, reader


def _peer(writer: str, reader: str) -> bool:
    sides = avro.schema.parse(reader), avro.schema.parse(writer)
    answer = ReaderWriterCompatibilityChecker().get_compatibility(*sides)
    return bool(answer.compatibility is SchemaCompatibilityType.compatible)


def _parsed(writer: str, reader: str) -> tuple[AvroSchema, AvroSchema]:
    return FORMAT.parse(Source(writer.encode(), strict=False)), FORMAT.parse(Source(reader.encode(), strict=False))


def _causes(writer: str, reader: str) -> object:
    return causes(*_parsed(writer, reader))


def _whole(writer: str, reader: str) -> Comparison:
    return FORMAT.compare(*_parsed(writer, reader), OPTIONS)


def _micros(call: Callable[[str, str], object], writer: str, reader: str) -> float:
    call(writer, reader)  # what ran before has filled the caches with its own
    began = time.process_time_ns()
    for _ in range(LOOPS):
        call(writer, reader)
    return (time.process_time_ns() - began) / LOOPS / 1000


def main() -> None:
    """Read the arguments, measure every pair that both sides take, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    gc.disable()  # as timeit does: a collection would fall into whichever call comes next
    warnings.simplefilter("ignore")  # the peer warns of logical types that it does not know
    measured: dict[str, list[list[float]]] = {}
    same = other = 0
    for name, writer, reader in [*own_pairs(), *(_given_pairs(arguments.folder) if arguments.folder else ())]:
        try:
            ours, theirs = _whole(writer, reader), _peer(writer, reader)
        except Exception:  # noqa: BLE001 - either side refuses the schema, in whatever way: nothing to compare
            continue
        same, other = (same + 1, other) if (ours.verdict is Verdict.COMPATIBLE) == theirs else (same, other + 1)
        gc.collect()
        calls = (_peer, _causes, _whole)
        rounds = [[_micros(call, writer, reader) for call in calls] for _ in range(arguments.rounds)]
        kind = "with findings" if ours.findings else "silent"
        measured.setdefault(f"{name}, {kind}", []).append(
            [statistics.median(times) for times in zip(*rounds, strict=True)]
        )
    for name, lines in measured.items():
        _show(name, lines)
    _show("all", [line for lines in measured.values() for line in lines])
    print(f"same verdict {same}, other {other}")


def _show(name: str, lines: list[list[float]]) -> None:
    peer, found, whole = (statistics.median(column) for column in zip(*lines, strict=True))
    ratios = [statistics.median(line[at] / line[0] for line in lines) for at in (1, 2)]
    totals = [sum(line[at] for line in lines) / sum(line[0] for line in lines) for at in (1, 2)]
    print(
        f"{name:28} {len(lines):4} pairs  peer {peer:6.1f} µs  verdict {found:6.1f} ({ratios[0]:.2f}, total "
        f"{totals[0]:.2f})  confirmed {whole:6.1f} ({ratios[1]:.2f}, total {totals[1]:.2f})"
    )


if __name__ == "__main__":
    main()
