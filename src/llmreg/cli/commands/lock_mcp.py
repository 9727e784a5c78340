"""`llmreg lock-mcp`: keep an MCP server's tools as subjects."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from llmreg.cli.declare import Option
from llmreg.cli.options import CommitOption, MessageOption, Output, OutputOption
from llmreg.cli.toolserver import CommandLine, EnvOption, FromOption, ServerName, TimeoutOption, TokenOption, UrlOption

if TYPE_CHECKING:
    from llmreg.ops.lock_mcp import LockPlan
    from llmreg.ops.register import RegisterResult

EXAMPLES = """Examples:

\b
  llmreg lock-mcp tools/wiki --commit -- python wiki_server.py
  llmreg lock-mcp tools/github --env GITHUB_TOKEN -- npx -y @acme/github-mcp
  llmreg lock-mcp tools/crm --url https://mcp.example.com/mcp --token-env CRM_TOKEN
  llmreg lock-mcp tools/wiki --from tools.json
  llmreg lock-mcp tools/wiki --accept-breaks --from tools.json
"""


def run(
    name: ServerName,
    command: CommandLine = None,
    file: FromOption = None,
    url: UrlOption = None,
    env: EnvOption = None,
    token_env: TokenOption = None,
    timeout: TimeoutOption = 30.0,
    accept_breaks: Annotated[
        bool, Option("--accept-breaks", help="Register what breaks callers as new major versions.")
    ] = False,
    commit: CommitOption = False,
    message: MessageOption = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """Register each tool of a server as NAME/TOOL, and its output schema as NAME/TOOL/output.

    The server is started, or reached at --url, and asked for its tools; no tool is called. Tools without a change get
    no new version; tools that are gone are named, so that you can retire them. Exit status: 0 registered, 1 refused
    with findings, 2 wrong usage, no MCP server, or an invalid schema.
    """
    from llmreg.cli.toolserver import tool_source
    from llmreg.ops.lock_mcp import LockRequest, plan_lock
    from llmreg.ops.register import RegisterRequest, RegisterResult, register

    environment = dict(os.environ)
    source = tool_source(command, file, url, passed=env, token=token_env, seconds=timeout)
    plan = plan_lock(LockRequest(Path.cwd(), name, source, accept_breaks, commit, environment))
    result = RegisterResult(plan.report)
    if plan.entries and (accept_breaks or plan.report.ok):
        said = message or f"Lock the tools of {name}"
        request = RegisterRequest(Path.cwd(), plan.entries, commit=commit, message=said, environment=environment)
        result = register(request)
    _show(name, result, plan, output)
    return 0 if result.report.ok else 1


def _show(name: str, result: RegisterResult, plan: LockPlan, output: Output) -> None:
    from llmreg.cli.console import colour, emit, emit_json, note, width
    from llmreg.render.options import RenderOptions
    from llmreg.render.registration import registration_text

    if output is Output.JSON:
        emit_json(result.to_json() | plan.to_json(), indent=2)
        return
    if plan.entries:
        emit(registration_text(result.to_json(), result.report, RenderOptions(color=colour(), width=width())))
    if plan.unchanged:
        emit(f"{len(plan.unchanged)} schemas are unchanged")
    if not plan.entries and not plan.unchanged:
        note(f"no tool is listed: nothing is registered below {name}")
    for subject in plan.removed:
        note(f"{subject} is no longer listed; retire its versions: llmreg retire {subject}@VERSION --reason …")
