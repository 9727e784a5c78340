"""Generated code is used: every Pydantic module is imported, every TypeScript file compiled, and documents are judged.

python -m benchmarks.llm.codegen CORPORA [--step 6] [--documents 8]

Every tool schema and every STEPth schema of the sample. Python warnings count as errors; `tsc --strict` is run where it
is installed. The documents are generated under the llguidance export, decoded, and valid under the schema: the
generated model must accept each of them.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.llm.schemas import Named, sample, tools
from llmreg.errors import LlmregError
from llmreg.formats import catalogue
from llmreg.formats.interface import Source
from llmreg.formats.json.schema import JsonSchema
from llmreg.llm.codegen import generate
from llmreg.llm.export.answers import answers
from llmreg.llm.export.decode import decode_answer
from llmreg.llm.export.export import ExportOptions, export_schema
from llmreg.model.jsontext import dumps


def main() -> int:
    """Print the counts; 1 where code does not import or compile, or refuses a valid document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--step", type=int, default=6)
    parser.add_argument("--documents", type=int, default=8)
    arguments = parser.parse_args()
    sys.setrecursionlimit(10_000)
    rows = [*tools(arguments.corpora), *list(sample(arguments.corpora))[:: arguments.step]]
    counts: Counter[str] = Counter()
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, row in enumerate(rows):
            schema = _parsed(row)
            if schema is None:
                counts["no schema"] += 1
                continue
            text, _ = generate(schema, "typescript", "root", row.name)
            Path(folder, f"m{number}.ts").write_text(text, encoding="utf-8")
            model = _imported(schema, f"generated_{number}", counts, faults)
            if model is not None:
                _judged(row, schema, model, (arguments.documents, number), counts, faults)
        faults += _compiled(Path(folder), counts)
    print(f"{len(rows)} schemas: {dict(sorted(counts.items()))}")
    print(f"{len(faults)} faults", *faults[:20], sep="\n")
    return 1 if faults else 0


def _parsed(row: Named) -> JsonSchema | None:
    try:
        schema = catalogue.get("json").parse(Source(dumps(row.schema).encode(), strict=False))
    except LlmregError:
        return None
    assert isinstance(schema, JsonSchema)
    return schema


def _imported(schema: JsonSchema, name: str, counts: Counter[str], faults: list[str]) -> Any:
    text, _ = generate(schema, "pydantic", "root", name)
    module = ModuleType(name)
    sys.modules[name] = module  # Pydantic looks there for the names in annotations
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            exec(compile(text, name, "exec"), module.__dict__)
    except Exception as error:  # noqa: BLE001 - whatever it raises is a fault
        faults.append(f"{name}: {error!r}"[:200])
        return None
    counts["imported"] += 1
    return getattr(module, module.__all__[-1])


def _judged(
    row: Named, schema: JsonSchema, model: Any, asked: tuple[int, int], counts: Counter[str], faults: list[str]
) -> None:
    from pydantic import ValidationError

    try:
        export = export_schema(row.schema, ExportOptions("llguidance", lossy=True))
    except LlmregError:
        return
    validator = catalogue.get("json").validator(schema)
    for answer in answers(export.schema, *asked):
        document = decode_answer(export, answer)
        if not validator.is_valid(document):
            continue
        try:
            model.model_validate_json(dumps(document))
            counts["documents accepted"] += 1
        except ValidationError as error:
            faults.append(f"{row.name}: {dumps(document)[:80]}: {str(error)[:100]}")


def _compiled(folder: Path, counts: Counter[str]) -> list[str]:
    files = sorted(path.name for path in folder.glob("*.ts"))
    if shutil.which("tsc") is None:
        print("tsc is not installed: TypeScript is not compiled")
        return []
    command = ["tsc", "--strict", "--noEmit", "--target", "es2020", "--isolatedModules", *files]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    counts["compiled by tsc"] = len(files) if done.returncode == 0 else 0
    return done.stdout.splitlines() if done.returncode else []


if __name__ == "__main__":
    raise SystemExit(main())
