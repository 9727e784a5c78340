"""What `deprecate` and `retire` share: checking the words of the command line, and saying what happened."""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.cli.lists import emit_object, warn
from llmreg.cli.options import Output
from llmreg.errors import UsageError
from llmreg.ops.status import StatusRequest, StatusResult, set_version_status

_SHOWN = 10


def change_status(request: StatusRequest, undo: bool, output: Output) -> int:
    """Do it and print it. Raises UsageError unless exactly one of a reason and `undo` is given."""
    if undo and request.reason is not None:
        raise UsageError("--undo takes the status back and needs no reason", hint="leave --reason out")
    if not undo and request.reason is None:
        raise UsageError("a reason is required: people will ask why", hint="--reason 'use 2.0.0 instead'")
    result = set_version_status(request)
    emit_object(result.to_json(), list(_lines(result)), output)
    if result.dependents:
        listed = ", ".join(result.dependents[:_SHOWN])
        more = f" and {len(result.dependents) - _SHOWN} more" if len(result.dependents) > _SHOWN else ""
        warn(f"these registered versions refer to it, and stay readable: {listed}{more}")
    if result.status == "retired" and result.latest is None:
        warn(f"no version of {result.subject} is left for ranges: all are retired")
    return 0


def _lines(result: StatusResult) -> Iterator[str]:
    pin = f"{result.subject}@{result.version}"
    state = result.status if result.reason is not None else f"not {result.status}"
    why = f": {result.reason}" if result.reason is not None else ""
    if not result.changed:
        yield f"{pin} was {state} before{why}; nothing to change"
    else:
        yield f"{pin} is now {state}{why}"
    if result.commit:
        yield f"committed {result.commit[:12]}"
    elif result.changed:
        yield f"staged {result.path}; commit it with git, or use --commit"
