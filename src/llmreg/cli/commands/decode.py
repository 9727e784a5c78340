"""`llmreg decode`: a model's answer back into a document of the original schema."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Argument
from llmreg.cli.exportoptions import Lossy, LossyOption, OptionalOption, ProviderOption, StrictOption
from llmreg.cli.options import RevisionOption, VersionedArgument

EXAMPLES = """Examples:

\b
  llmreg decode chat/search@^1 --provider openai --strict answer.json
  curl … | llmreg decode chat/reply --provider anthropic --strict
"""


def run(
    target: VersionedArgument,
    provider: ProviderOption,
    answer: Annotated[str, Argument(metavar="[FILE|-]", help="The model's answer; none: stdin.")] = "-",
    strict: StrictOption = False,
    optional: OptionalOption = None,
    lossy: LossyOption = Lossy.REFUSE,
    rev: RevisionOption = None,
) -> int:
    """Decode a model's answer that was given under `llmreg export-tool` with the same options.

    Nulls that stand for absence go, a wrapped document is unwrapped, and the document is validated against the
    original schema. Exit status: 0 decoded, 2 the answer stands for no valid document, wrong usage, no such schema.
    """
    from llmreg.cli.console import emit_json
    from llmreg.cli.files import read_whole
    from llmreg.llm.export.export import ExportOptions
    from llmreg.ops.decode import DecodeRequest, decode_file

    options = ExportOptions(
        provider=provider.value,
        strict=strict,
        optional=optional.value if optional is not None else None,
        lossy=lossy is Lossy.ALLOW,
    )
    request = DecodeRequest(Path.cwd(), target, options, answer, rev, dict(os.environ))
    emit_json(decode_file(request, read_whole), indent=2)
    return 0
