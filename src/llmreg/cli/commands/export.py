"""`llmreg export`: one commit as an index that can be served, as plain files, as pages; or what happened, as events."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from llmreg.cli.options import Output, OutputOption

if TYPE_CHECKING:
    from llmreg.cli.console import Advance
    from llmreg.ops.export import Exported
    from llmreg.render.pages import Written

SITE = "site"

EXAMPLES = """Examples:

\b
  llmreg export --out build                 the commit HEAD, as build/index.sqlite
  llmreg export --rev v1.4 --out build      as it was at a tag
  llmreg export --html --out build          and pages for people, in build/site
  llmreg export --sign ~/.ssh/id_ed25519 --out build
  llmreg export --events --since v1.4       what happened since, as CloudEvents
  llmreg serve --index build                serve it
"""


def run(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the index goes; brought up to date if there.")
    ] = None,
    revision: Annotated[str, typer.Option("--rev", metavar="REV", help="Commit, branch or tag.")] = "HEAD",
    rewritten: Annotated[
        bool, typer.Option("--allow-rewritten", help="Start anew when REV does not continue what was exported.")
    ] = False,
    html: Annotated[
        bool, typer.Option("--html", help="Also write pages for people: DIR/site, for any web server or a browser.")
    ] = False,
    key: Annotated[
        Path | None, typer.Option("--sign", metavar="KEY", help="Sign manifest.json with this SSH key.")
    ] = None,
    events: Annotated[
        bool, typer.Option("--events", help="Print what happened as CloudEvents, one JSON object a line.")
    ] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="REV", help="With --events: only what came after this commit.")
    ] = None,
    url: Annotated[
        str | None, typer.Option("--post", metavar="URL", help="With --events: deliver them there, in order.")
    ] = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """Write a read model of one commit: index.sqlite and manifest.json.

    Only committed files count. A directory that holds an older export is brought up to date by what changed.
    Exit status: 0, or 2 when the registry cannot be read, history was rewritten, or an event could not be delivered.
    """
    from llmreg.cli.console import progress
    from llmreg.errors import UsageError
    from llmreg.ops.export import ExportRequest, export

    if events:
        _events(revision, since, url, output)
        return 0
    if since or url:
        raise UsageError("--since and --post go with --events")
    if out is None:
        raise UsageError("where should the index go?", hint="llmreg export --out DIR")
    with progress("exporting") as advance:
        exported = export(ExportRequest(Path.cwd(), out, revision, rewritten, os.environ), advance)
        site = _pages(out, advance) if html else None
    extra: dict[str, Any] = {"site": site._asdict()} if site else {}
    if key is not None:
        from llmreg.index.manifest import NAME
        from llmreg.store.signature import sign

        extra["signature"] = str(sign(out / NAME, key))
    _tell(out, exported, extra, output)
    return 0


def _tell(out: Path, exported: Exported, extra: dict[str, Any], output: Output) -> None:
    from llmreg.cli.console import emit, note
    from llmreg.model.jsontext import dumps

    for problem in exported.problems:
        note(f"warning: {problem}")
    if output is Output.JSON:
        emit(dumps(exported.to_json() | extra))
        return
    manifest = exported.manifest
    emit(f"{exported.mode}: {out} holds commit {manifest.commit[:12]} (generation {manifest.generation})")
    if "site" in extra:
        emit(f"{out / SITE}: {extra['site']['files']} files written, {extra['site']['removed']} removed")
    if "signature" in extra:
        emit(f"signed: {extra['signature']}")


def _pages(out: Path, advance: Advance | None) -> Written:
    from llmreg.index.reader import Index
    from llmreg.render.pages import write

    with Index(out / "index.sqlite") as index:
        return write(index, out / SITE, advance)


def _events(revision: str, since: str | None, url: str | None, output: Output) -> None:
    from llmreg.cli.console import emit, note
    from llmreg.model.jsontext import dumps
    from llmreg.ops.export.deliver import deliver
    from llmreg.ops.export.events import EventsRequest, list_events

    found = list_events(EventsRequest(Path.cwd(), revision, since, os.environ))
    if url is None:
        for event in found:
            emit(dumps(event))
        return
    delivered = deliver(found, url)
    if output is Output.JSON:
        emit(dumps({"delivered": delivered, "url": url}))
    else:
        note(f"{delivered} events delivered to {url}")
