"""`llmreg bind show`: one binding, resolved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from llmreg.cli.declare import Argument
from llmreg.cli.options import Output, OutputOption, RevisionOption

if TYPE_CHECKING:
    from llmreg.model.binding import Binding

EXAMPLES = """Examples:

\b
  llmreg bind show answer
  llmreg bind show answer -o json       {"name", "model", …, "bound": [{"role", "subject", "version", "sha256", …}]}
"""


def run(
    name: Annotated[str, Argument(metavar="NAME", help="The binding: the name of its file in bindings/.")],
    revision: RevisionOption = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """Show one binding with the version and the digests that every range resolves to, its policy and its waivers.

    Exit status: 0, 1 when a range resolves to nothing, 2 no such binding.
    """
    from llmreg.cli.console import emit
    from llmreg.cli.lists import emit_list, warn
    from llmreg.ops.bind import BindRequest, show
    from llmreg.render.plain import printable

    shown = show(BindRequest(Path.cwd(), (name,), revision, dict(os.environ)))
    rows = [
        {"role": item["role"], "subject": item["subject"], "range": item["range"], "version": item["version"]}
        | {"prompt digest": item["digests"].get("prompt", "")[:12], "sha256": item["sha256"][:12]}
        for item in shown.roles
    ]
    emit_list(shown.to_json(), rows, output, f"{name} binds nothing")
    for line in _terms(shown.binding) if output is Output.TEXT else ():
        emit(printable(line))
    for problem in shown.problems:
        warn(problem)
    return 1 if shown.problems else 0


def _terms(binding: Binding) -> Iterator[str]:
    """What its findings are judged by, besides the registry's own rules."""
    if binding.policy:
        yield "policy: " + ", ".join(f"{rule} {severity}" for rule, severity in binding.policy.items())
    for waiver in binding.waivers:
        yield f"waived until {waiver.until}: {', '.join(waiver.allow)} ({waiver.reason})"
