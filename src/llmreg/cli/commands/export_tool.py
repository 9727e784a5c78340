"""`llmreg export-tool`: a schema as a provider's tool or response format."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from llmreg.cli.declare import Option
from llmreg.cli.exportoptions import Lossy, LossyOption, OptionalOption, ProviderOption, StrictOption
from llmreg.cli.options import RevisionOption, VersionedArgument

if TYPE_CHECKING:
    from llmreg.ops.export_tool import ExportToolResult

EXAMPLES = """Examples:

\b
  llmreg export-tool chat/search@^1 --provider openai --strict
  llmreg export-tool chat/reply --provider anthropic --strict --output-kind response-format
  llmreg export-tool chat/search --provider openai --strict --lossy allow -o manifest
  llmreg export-tool ./search.json --provider mcp --name search_docs
"""


class OutputKind(StrEnum):
    """What the definition is for."""

    TOOL = "tool"
    RESPONSE_FORMAT = "response-format"


class ExportOutput(StrEnum):
    """`definition`: what goes into a request. `manifest`: every step. `json`: both, and what the profile says."""

    DEFINITION = "definition"
    MANIFEST = "manifest"
    JSON = "json"


def run(
    target: VersionedArgument,
    provider: ProviderOption,
    strict: StrictOption = False,
    optional: OptionalOption = None,
    lossy: LossyOption = Lossy.REFUSE,
    name: Annotated[str | None, Option("--name", help="The tool's name. None: the subject's last part.")] = None,
    output_kind: Annotated[OutputKind, Option("--output-kind", help="A tool, or a response format.")] = (
        OutputKind.TOOL
    ),
    rev: RevisionOption = None,
    output: Annotated[ExportOutput, Option("--output", "-o", help="What to print.")] = ExportOutput.DEFINITION,
) -> int:
    """Export a schema in the form that a provider takes; `llmreg decode` is the way back.

    Steps that lose something are refused with their places, unless --lossy allow; the manifest lists every step. Every
    export is proved sound, or else tested: what a model may answer decodes to a document of the schema.
    Exit status: 0 exported, 2 refused, wrong usage or no such schema.
    """
    from llmreg.cli.console import emit, emit_json
    from llmreg.cli.files import read_input
    from llmreg.llm.export.export import ExportOptions
    from llmreg.ops.export_tool import ExportToolRequest, export_tool

    options = ExportOptions(
        provider=provider.value,
        strict=strict,
        optional=optional.value if optional is not None else None,
        lossy=lossy is Lossy.ALLOW,
        name=name,
        output_kind=output_kind.value,
    )
    request = ExportToolRequest(Path.cwd(), target, options, rev, dict(os.environ))
    result = export_tool(request, read_input)
    if output is ExportOutput.MANIFEST:
        emit(_manifest(result))
    else:
        emit_json(result.export.definition if output is ExportOutput.DEFINITION else result.to_json(), indent=2)
    return 0


def _manifest(found: ExportToolResult) -> str:
    result = found.export
    lines = [f"{result.source} for {result.provider} ({result.profile})"]
    for step in result.steps:
        mark = "LOSSY " if step.effect.lossy else ""
        lines.append(f"  {mark}{step.effect}  {step.what}  {step.pointer or '/'}: {step.why}")
    if not result.findings:
        lines.append(f"no rule of {result.profile} is violated")
    lines.append(str(found.soundness))
    lines += [f"  {finding.severity}  {finding.rule}: {finding.message}" for finding in result.findings]
    return "\n".join(lines)
