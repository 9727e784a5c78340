"""`llmreg verify-mcp`: does an MCP server still have the tools that were locked?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Option
from llmreg.cli.options import ReportOutput, ReportOutputOption, RevisionOption
from llmreg.cli.toolserver import CommandLine, EnvOption, FromOption, ServerName, TimeoutOption, TokenOption, UrlOption

EXAMPLES = """Examples:

\b
  llmreg verify-mcp tools/wiki -- python wiki_server.py
  llmreg verify-mcp tools/crm --url https://mcp.example.com/mcp --token-env CRM_TOKEN
  llmreg verify-mcp tools/wiki --from tools.json --fail-on prompt-visible,added
  llmreg verify-mcp tools/wiki --rev main -o github -- python wiki_server.py
"""


def run(
    name: ServerName,
    command: CommandLine = None,
    file: FromOption = None,
    url: UrlOption = None,
    env: EnvOption = None,
    token_env: TokenOption = None,
    timeout: TimeoutOption = 30.0,
    fail_on: Annotated[
        str | None,
        Option("--fail-on", metavar="CLASS,…", help="Fail on these classes too: prompt-visible, hint, added, …"),
    ] = None,
    revision: RevisionOption = None,
    output: ReportOutputOption = ReportOutput.TEXT,
) -> int:
    """Compare a live server, or a saved list, with the registered versions, by class of change.

    A break, with a call that no longer works, and a removed tool always fail; the policy of each subject says what else
    does, and --fail-on adds to it. No tool is called. Exit status: 0 as locked, 1 not, 2 wrong usage or no MCP server.
    """
    from llmreg.cli.present import present
    from llmreg.cli.toolserver import tool_source
    from llmreg.ops.verify_mcp import VerifyMcpRequest, verify_mcp

    source = tool_source(command, file, url, passed=env, token=token_env, seconds=timeout)
    classes = tuple(word.strip() for word in (fail_on or "").split(",") if word.strip())
    return present(verify_mcp(VerifyMcpRequest(Path.cwd(), name, source, classes, revision, dict(os.environ))), output)
