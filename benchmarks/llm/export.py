"""Every tool schema exported for every provider: lint, the SDK's converter, llguidance, and the way back.

python -m benchmarks.llm.export CORPORA [--answers 20] [--verbose]

Needs benchmarks/llm/requirements.txt. For each provider: exported without loss, with loss, refused; then, of what was
exported, how many violate no rule, are left unchanged by the SDK's converter, compile in llguidance, are proved sound
by the engine that compares schemas (`soundness`), and how many of the generated answers decode to documents that both
validators accept. Without loss the engine is asked the reverse, too: whether every document can be written.

With loss a provider enforces less than the schema says: `decode` refuses such answers, and what it gives back is
judged. A schema that cannot be exported even so is refused with its reason, which is counted.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.llm.schemas import Named, sample, tools
from benchmarks.llm.sdks import CONVERTERS, unchanged
from llmreg.errors import DocumentError, LlmregError
from llmreg.formats import catalogue
from llmreg.formats.interface import CompareOptions, Source
from llmreg.llm.export.answers import answers
from llmreg.llm.export.decode import decode_answer
from llmreg.llm.export.export import Export, ExportOptions, export_schema
from llmreg.llm.export.inverse import decoded_schema
from llmreg.llm.export.soundness import Standing, soundness
from llmreg.llm.profiles import catalogue as profiles
from llmreg.llm.profiles import decoder
from llmreg.llm.profiles.engine import lint_schema
from llmreg.llm.profiles.profile import Profile
from llmreg.model.finding import Severity
from llmreg.model.jsontext import dumps, plain

FORMS = (
    ("openai", True),
    ("anthropic", True),
    ("gemini", True),
    ("gemini", False),
    ("llguidance", True),
    ("mcp", False),
)
COMPILED = ("openai", "anthropic", "llguidance")
CLEAN = (("openai-strict", "openai"), ("anthropic-strict", "anthropic"), ("gemini-openapi", "gemini"))


@dataclass
class Tally:
    """One provider's numbers."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def main() -> int:
    """Print the tables; 1 where an export is at fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--answers", type=int, default=20)
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    sys.setrecursionlimit(10_000)
    rows = list(tools(arguments.corpora))
    print(f"{len(rows)} tool schemas")
    faults = []
    for provider, strict in FORMS:
        tally = Tally()
        for number, row in enumerate(rows):
            _one(row, provider, strict, tally, (arguments.answers, number))
        print(f"\n{provider}{' strict' if strict else ''}: {dict(sorted(tally.counts.items()))}")
        print(f"  reasons of loss: {dict(tally.reasons.most_common())}")
        faults += tally.faults
    faults += _clean(arguments.corpora)
    print(f"\n{len(faults)} faults", *(faults if arguments.verbose else faults[:20]), sep="\n")
    return 1 if faults else 0


def _one(row: Named, provider: str, strict: bool, tally: Tally, asked: tuple[int, int]) -> None:
    label = f"{provider} {row.name}"
    source = Source(dumps(row.schema).encode(), strict=False)
    try:
        parsed = catalogue.get("json").parse(source)
    except LlmregError:
        tally.counts["no schema"] += 1
        return
    try:
        export = export_schema(row.schema, ExportOptions(provider, strict=strict, lossy=True), source="tool")
    except LlmregError as refused:
        tally.counts["refused"] += 1
        tally.reasons.update({problem.code for problem in getattr(refused, "problems", ())})
        return
    lossy = {step.what for step in export.steps if step.effect.lossy}
    tally.counts["with loss" if lossy else "without loss"] += 1
    tally.reasons.update(lossy)
    _accepted(export, provider, label, tally)
    _proved(export, row.schema, parsed, label, tally)
    if provider == "mcp":
        return  # the schema as it is: nothing to decode
    validator = catalogue.get("json").validator(parsed)
    for answer in answers(export.schema, asked[0], asked[1]):
        _answer(export, answer, (validator, row.schema), label, tally)


def _accepted(export: Export, provider: str, label: str, tally: Tally) -> None:
    errors = [finding.rule for finding in export.findings if finding.severity is Severity.ERROR]
    tally.counts["lint-clean"] += not errors
    tally.counts["lint without a warning"] += not export.findings
    if errors:
        tally.faults.append(f"{label}: {errors[:3]}")
    if provider in CONVERTERS and (provider != "gemini" or export.profile.startswith("gemini-openapi")):
        try:
            same = unchanged(provider, export.schema, CONVERTERS[provider](export.schema))
            tally.counts["SDK unchanged"] += same
            if not same:
                tally.faults.append(f"{label}: the SDK changes it")
        except Exception as error:  # noqa: BLE001 - whatever a foreign package raises is what is measured
            tally.faults.append(f"{label}: the SDK raises {type(error).__name__}: {str(error)[:80]}")
    if provider in COMPILED:
        said = decoder.compile_error(export.schema)
        tally.counts["compiles"] += not said
        if said:
            tally.faults.append(f"{label}: llguidance says {said[:100]}")


def _proved(export: Export, schema: Any, original: Any, label: str, tally: Tally) -> None:
    found = soundness(export, schema)
    tally.counts[f"soundness: {found.standing.value}"] += 1
    if found.standing is Standing.UNSOUND or (found.standing is Standing.TESTED and not found.tested):
        tally.faults.append(f"{label}: {found}")
    if not export.lossy:
        text = dumps(decoded_schema(export, schema.get("$schema") if isinstance(schema, dict) else None))
        decoded = catalogue.get("json").parse(Source(text.encode(), strict=False))
        whole = catalogue.get("json").compare(original, decoded, CompareOptions())
        tally.counts[f"every document: {whole.verdict.value}"] += 1


def _answer(export: Export, answer: Any, judges: tuple[Any, Any], label: str, tally: Tally) -> None:
    import jsonschema

    validator, schema = judges
    tally.counts["answers"] += 1
    try:
        document = decode_answer(export, answer)
    except DocumentError:
        tally.faults.append(f"{label}: an answer does not decode")
        return
    if not validator.is_valid(document):
        if export.lossy:
            tally.counts["refused by decode"] += 1
        else:
            tally.faults.append(f"{label}: {dumps(answer)[:100]} decodes to what the schema refuses")
        return
    try:
        second = jsonschema.validators.validator_for(plain(schema), jsonschema.Draft202012Validator)(plain(schema))
        agreed = second.is_valid(plain(document))
    except Exception:  # noqa: BLE001 - a schema that the second validator cannot read
        tally.counts["second validator cannot"] += 1
        agreed = True
    tally.counts["decoded and valid"] += agreed
    if not agreed:
        tally.faults.append(f"{label}: the second validator refuses {dumps(document)[:100]}")


def _rules(schema: Any, profile: Profile) -> list[str]:
    return [finding.rule for finding in lint_schema(schema, profile)]


def _clean(folder: Path) -> list[str]:
    """Schemas of the sample that violate no rule which refuses, or tells of an SDK's rewriting, must pass the SDK's
    converter unchanged."""
    faults = []
    rows = list(sample(folder))
    for name, provider in CLEAN:
        profile = profiles.get(name)
        told = {rule.id for rule in profile.rules if rule.severity is Severity.ERROR or rule.effect == "rewritten"}
        counts: Counter[str] = Counter()
        for row in rows:
            if not isinstance(row.schema, dict) or any(map(told.__contains__, _rules(row.schema, profile))):
                continue
            counts["clean"] += 1
            try:
                same = unchanged(provider, row.schema, CONVERTERS[provider](row.schema))
            except Exception as error:  # noqa: BLE001 - whatever a foreign package raises is what is measured
                counts["raised"] += 1
                faults.append(f"{name} {row.name}: the SDK raises {type(error).__name__}: {str(error)[:100]}")
                continue
            counts["unchanged" if same else "changed"] += 1
            if not same:
                faults.append(f"{name} {row.name}: the SDK changes it")
        print(f"\n{name}: {dict(counts)} of {len(rows)}")
    return faults


if __name__ == "__main__":
    raise SystemExit(main())
