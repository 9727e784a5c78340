"""`llmreg export-mcp`: the locked tools of a server as one list."""

from __future__ import annotations

import os
from pathlib import Path

from llmreg.cli.options import RevisionOption
from llmreg.cli.toolserver import ServerName

EXAMPLES = """Examples:

\b
  llmreg export-mcp tools/wiki > tools.json
  llmreg export-mcp tools/wiki --rev v1.2.0
"""


def run(name: ServerName, revision: RevisionOption = None) -> int:
    """Write the registered tools as a server answers `tools/list`, ordered by name.

    The same versions give the same bytes, so prompt caches keep. Exit status: 0, or 2.
    """
    from llmreg.cli.console import emit_json
    from llmreg.ops.export_mcp import ExportMcpRequest, export_mcp

    emit_json(export_mcp(ExportMcpRequest(Path.cwd(), name, revision, dict(os.environ))), indent=2)
    return 0
