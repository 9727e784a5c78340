"""`llmreg show`: one version, byte for byte."""

from __future__ import annotations

import os
from pathlib import Path

from llmreg.cli.options import Output, OutputOption, RevisionOption, VersionedArgument

EXAMPLES = """Examples:

\b
  llmreg show chat/reply                    the latest version, the exact bytes
  llmreg show chat/reply@1.2.0 > reply.json
  llmreg show chat/reply@^1 --rev v1.4      the highest 1.x of an older release of the registry
  llmreg show chat/reply@^1 -o json         id, guid, digests, references, status, mode, bump and the text
"""


def run(target: VersionedArgument, revision: RevisionOption = None, output: OutputOption = Output.TEXT) -> int:
    """Print a version exactly as it was registered; with -o json what is known about it as well.

    A retired version is shown when its exact number is given. A file that does not hold the registered bytes is
    refused. Exit status: 0, or 2 when there is no such version.
    """
    from llmreg.cli.console import emit, emit_bytes
    from llmreg.cli.lists import warn
    from llmreg.ops.show import describe, show
    from llmreg.render.records import as_json

    if output is Output.JSON:
        shown = describe(Path.cwd(), os.environ, target, revision)
        emit(as_json(shown.to_json()))
        if shown.problem:
            warn(shown.problem)
    else:
        emit_bytes(show(Path.cwd(), os.environ, target, revision)[1])
    return 0
