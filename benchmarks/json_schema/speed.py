"""Checks a second on one core, for tool schemas as people write them and the edits that people make.

python -m benchmarks.json_schema.speed [--rounds 3] [--open]

Every edit of every tool in tools.json is one check: text in, report out, with every finding and its confirmed witness,
and the bump. Below it, the verdict with its confirmed witness alone, parsing not counted. Each round makes its texts
anew, so that nothing is compared that was compared before. Times are CPU time of a warmed process.
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.json_schema.engine import verdict_only
from benchmarks.measure import percentile

TOOLS = Path(__file__).with_name("tools.json")
Edit = Callable[[dict[str, Any]], bool]


def _property_added(schema: dict[str, Any]) -> bool:
    if "properties" not in schema:
        return False
    schema["properties"]["trace_id"] = {"type": "string", "description": "For the logs"}
    return True


def _required_added(schema: dict[str, Any]) -> bool:
    missing = [name for name in schema.get("properties", ()) if name not in schema.get("required", ())]
    if missing:
        schema["required"] = [*schema.get("required", ()), missing[0]]
    return bool(missing)


def _property_removed(schema: dict[str, Any]) -> bool:
    if len(schema.get("properties", ())) < 2:
        return False
    name, _ = schema["properties"].popitem()
    schema["required"] = [one for one in schema.get("required", ()) if one != name]
    return True


def _property_renamed(schema: dict[str, Any]) -> bool:
    if not schema.get("required"):
        return False
    name = schema["required"][0]
    schema["properties"] = {"new_" + key if key == name else key: value for key, value in schema["properties"].items()}
    schema["required"] = ["new_" + name, *schema["required"][1:]]
    return True


def _closed(schema: dict[str, Any]) -> bool:
    if "properties" not in schema or "additionalProperties" in schema:
        return False
    schema["additionalProperties"] = False
    return True


def _description_changed(schema: dict[str, Any]) -> bool:
    if "description" not in schema:
        return False
    schema["description"] += ", in other words"
    return True


def _enum_widened(schema: dict[str, Any]) -> bool:
    if "enum" not in schema:
        return False
    schema["enum"].append("something else")
    return True


def _enum_narrowed(schema: dict[str, Any]) -> bool:
    if len(schema.get("enum", ())) < 2:
        return False
    schema["enum"].pop()
    return True


def _limited(schema: dict[str, Any]) -> bool:
    limits = {
        "string": ("maxLength", 30),
        "integer": ("maximum", 10),
        "number": ("maximum", 10),
        "array": ("maxItems", 3),
    }
    keyword, value = limits.get(str(schema.get("type")), ("", 0))
    if not keyword or "enum" in schema or "const" in schema:
        return False
    schema[keyword] = value
    return True


def _unlimited(schema: dict[str, Any]) -> bool:
    present = [
        key for key in schema if key.startswith(("min", "max", "pattern", "unique")) and key != "patternProperties"
    ]
    for key in present:
        del schema[key]
    return bool(present)


def _type_widened(schema: dict[str, Any]) -> bool:
    if schema.get("type") in (None, "null") or not isinstance(schema["type"], str):
        return False
    schema["type"] = [schema["type"], "null"]
    return True


def _type_changed(schema: dict[str, Any]) -> bool:
    other = {"integer": "number", "number": "integer", "string": "integer", "boolean": "string"}
    if str(schema.get("type")) not in other:
        return False
    schema["type"] = other[schema["type"]]
    return True


EDITS: tuple[Edit, ...] = (
    *(_property_added, _required_added, _property_removed, _property_renamed, _closed, _description_changed),
    *(_enum_widened, _enum_narrowed, _limited, _unlimited, _type_widened, _type_changed),
)


def pairs() -> Iterator[tuple[str, Any, Any]]:
    """Every edit at every place of every tool: the name of the edit, old and new."""
    for tool in json.loads(TOOLS.read_text()):
        schema = tool["schema"]
        for place, _ in enumerate(_objects(schema)):
            for edit in EDITS:
                edited = copy.deepcopy(schema)
                if edit(_objects(edited)[place]):
                    yield edit.__name__.removeprefix("_"), schema, edited


def _objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The schema objects of a tool, outermost first."""
    found = [schema]
    for keyword, value in schema.items():
        if keyword in ("properties", "$defs"):
            found += [inner for part in value.values() for inner in _objects(part)]
        elif keyword == "items" and isinstance(value, dict):
            found += _objects(value)
        elif keyword in ("anyOf", "oneOf"):
            found += [inner for part in value for inner in _objects(part)]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--open", action="store_true", help="plain inclusion; the registry's default closes the writer")
    options = parser.parse_args()
    import llmreg

    writer = "open" if options.open else "closed"
    checks = list(pairs())
    for _, old, new in checks[:50]:
        llmreg.compare(json.dumps(old), json.dumps(new), format="json", writer=writer)
    judge = verdict_only(closed=not options.open)
    for round_number in range(options.rounds):
        verdict_ms: list[float] = []
        by_edit: dict[str, list[float]] = defaultdict(list)
        verdicts: dict[str, int] = defaultdict(int)
        for number, (edit, old, new) in enumerate(checks):
            mark = f"round {round_number}, check {number}"
            texts = [json.dumps({**schema, "$comment": mark}) for schema in (old, new)]
            began = time.process_time()
            report = llmreg.compare(*texts, format="json", writer=writer)
            by_edit[edit].append((time.process_time() - began) * 1000)
            verdicts[report.verdict.value] += 1
            verdict_ms.append(judge(*(text + " " for text in texts)).ms)
        show(by_edit | {"verdict alone": verdict_ms}, verdicts)


def show(by_edit: dict[str, list[float]], verdicts: dict[str, int]) -> None:
    """One line per edit, and the rate over all."""
    verdict_ms = by_edit.pop("verdict alone")
    everything = [ms for times in by_edit.values() for ms in times]
    print(f"\n{'edit':<22}{'checks':>7}{'median ms':>11}{'p99':>8}{'max':>8}")
    for edit, times in [*by_edit.items(), ("all", everything), ("verdict alone", verdict_ms)]:
        line = f"{edit:<22}{len(times):>7}{statistics.median(times):>11.2f}"
        print(f"{line}{percentile(times, 99):>8.1f}{max(times):>8.1f}")
    rates = [len(times) / sum(times) * 1000 for times in (everything, verdict_ms)]
    print(f"{rates[0]:.0f} checks a second, {rates[1]:.0f} verdicts a second; {dict(verdicts)}")


if __name__ == "__main__":
    main()
