"""`export --to`: the same read model in PostgreSQL, brought up to date by what changed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from llmreg.errors import InputError, NotFoundError
from llmreg.index.manifest import INDEX
from llmreg.index.postgres import Pushed, connected, lock, push, state
from llmreg.index.postgres_replica import pull
from llmreg.index.reader import Index
from llmreg.model.record import replace
from llmreg.ops.export import Exported, ExportRequest, export
from llmreg.store.timeline import follows
from llmreg.store.workspace import Workspace

Advance = Callable[[int, int, str], None]


def export_to(request: ExportRequest, address: str, advance: Advance | None = None) -> tuple[Exported, Pushed]:
    """Without a directory of one's own: from what the database holds, to what it should hold. Raises LlmregError."""
    with tempfile.TemporaryDirectory(prefix="llmreg-") as name:
        directory = Path(name)
        with suppress(NotFoundError):
            pull(address, directory)
        exported = export(replace(request, out=directory), advance)
        return exported, publish(replace(request, out=directory), address)


def publish(request: ExportRequest, address: str) -> Pushed:
    """Make the tables hold what the index in `request.out` holds. Raises LlmregError, InputError where it does not
    continue what is there."""
    with (
        Workspace.open(request.start, request.environment) as workspace,
        Index(request.out / INDEX) as index,
        connected(address) as connection,
    ):
        lock(connection)
        before = state(connection)
        anew = before is not None and not follows(workspace.reader, before["commit"], index.info.commit)
        if before is not None and anew and not request.rewritten:
            raise InputError(
                f"{request.revision} does not continue the commit {before['commit'][:12]} that the database holds: "
                "history was rewritten, this is another branch, or an older commit",
                hint="start anew there with --allow-rewritten",
            )
        return push(connection, index, anew=anew)
