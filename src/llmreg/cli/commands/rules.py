"""`llmreg rules`: what a check can find."""

from __future__ import annotations

from typing import Annotated

from llmreg.cli.declare import Argument, Option
from llmreg.cli.options import Output, OutputOption

EXAMPLES = """Examples:

\b
  llmreg rules                         every rule, one line each
  llmreg rules --format avro
  llmreg rules --format openai-strict  the rules of a provider profile
  llmreg rules show required_added     why it breaks, an example, what to do instead
"""


def run(
    action: Annotated[str | None, Argument(metavar="[show]", help="`show` prints the page of one rule.")] = None,
    identity: Annotated[str | None, Argument(metavar="[ID]", help="The rule's id.")] = None,
    scope: Annotated[
        str | None,
        Option("--format", metavar="FORMAT", help="json, avro, protobuf, bindings, registry or a profile."),
    ] = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """List the rules, or show the page of one: why it breaks, an example, what to do instead."""
    from llmreg.cli.console import colour, emit, emit_json, width
    from llmreg.errors import UsageError
    from llmreg.ops.rules import rule, rules
    from llmreg.render.options import RenderOptions
    from llmreg.render.table import table

    if action is None:
        found = rules(scope)
    elif action == "show" and identity is not None:
        found = [entry for entry in rule(identity) if scope in (None, entry.scope)]
    else:
        raise UsageError("say `llmreg rules`, or `llmreg rules show ID`")
    if output is Output.JSON:
        emit_json({"rules": [entry.to_json() for entry in found]}, indent=2)
    elif action is None:
        rows = [(entry.scope, entry.id, entry.cls, entry.severity, entry.summary) for entry in found]
        options = RenderOptions(color=colour(), width=width())
        emit(table(("scope", "id", "class", "severity", "summary"), rows, options))
    else:
        heads = [f"{entry.scope} {entry.id} ({entry.cls}, {entry.severity})\n\n{entry.page}" for entry in found]
        emit("\n\n".join(heads))
    return 0
