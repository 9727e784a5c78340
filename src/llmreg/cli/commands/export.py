"""`llmreg export`: one commit as an index that can be served, as plain files, as pages; or what happened, as events."""

from __future__ import annotations

import os
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from llmreg.cli.declare import Option
from llmreg.cli.options import JobsOption, Output, OutputOption

if TYPE_CHECKING:
    from llmreg.cli.console import Advance
    from llmreg.ops.export import Exported, ExportRequest

EXAMPLES = """Examples:

\b
  llmreg export --out build                 the commit HEAD, as build/index.sqlite
  llmreg export --rev v1.4 --out build      as it was at a tag
  llmreg export --static --out build        and plain files for nginx or a CDN, in build/site
  llmreg export --html --out build          and pages for people, in build/site
  llmreg export --to postgresql://registry@db/registry
  llmreg export --sign ~/.ssh/id_ed25519 --out build
  llmreg export --events --since v1.4       what happened since, as CloudEvents
  llmreg serve --index build                serve it
"""


def run(
    out: Annotated[
        Path | None, Option("--out", metavar="DIR", help="Where the index goes; brought up to date if there.")
    ] = None,
    revision: Annotated[str, Option("--rev", metavar="REV", help="Commit, branch or tag.")] = "HEAD",
    rewritten: Annotated[
        bool, Option("--allow-rewritten", help="Start anew when REV does not continue what was exported.")
    ] = False,
    static: Annotated[
        bool, Option("--static", help="Also write every GET answer as plain files: DIR/site, for nginx or a CDN.")
    ] = False,
    html: Annotated[
        bool, Option("--html", help="Also write pages for people: DIR/site, for any web server or a browser.")
    ] = False,
    to: Annotated[
        str | None,
        Option("--to", metavar="ADDRESS", help="Also bring a PostgreSQL database up to date: postgresql://…"),
    ] = None,
    key: Annotated[Path | None, Option("--sign", metavar="KEY", help="Sign manifest.json with this SSH key.")] = None,
    events: Annotated[
        bool, Option("--events", help="Print what happened as CloudEvents, one JSON object a line.")
    ] = False,
    since: Annotated[
        str | None, Option("--since", metavar="REV", help="With --events: only what came after this commit.")
    ] = None,
    url: Annotated[
        str | None, Option("--post", metavar="URL", help="With --events: deliver them there, in order.")
    ] = None,
    jobs: JobsOption = None,
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
    if to is not None and out is None and not (static or html or key):
        return _database(ExportRequest(Path.cwd(), Path(), revision, rewritten, os.environ, jobs), to, output)
    if out is None:
        raise UsageError("where should the index go?", hint="llmreg export --out DIR")
    with progress("exporting") as advance:
        extra: dict[str, Any] = {}
        beside = partial(_site, out, (static, html), extra, advance) if static or html else None
        request = ExportRequest(Path.cwd(), out, revision, rewritten, os.environ, jobs)
        exported = export(request, advance, beside)
        if to is not None:
            from llmreg.ops.export.database import publish

            extra["database"] = asdict(publish(request, to))
    if key is not None:
        from llmreg.index.manifest import NAME
        from llmreg.store.signature import sign

        extra["signature"] = str(sign(out / NAME, key))
    _tell(out, exported, extra, output)
    return 0


def _tell(out: Path, exported: Exported, extra: dict[str, Any], output: Output) -> None:
    from llmreg.cli.console import emit, emit_json, note

    for problem in exported.problems:
        note(f"warning: {problem}")
    if output is Output.JSON:
        emit_json(exported.to_json() | extra)
        return
    manifest = exported.manifest
    emit(f"{exported.mode}: {out} holds commit {manifest.commit[:12]} (generation {manifest.generation})")
    for made in ("static", "site"):
        if made in extra:
            emit(f"{out / 'site'}: {extra[made]['files']} files written, {extra[made]['removed']} removed")
    if "database" in extra:
        _tell_database(extra["database"])
    if "signature" in extra:
        emit(f"signed: {extra['signature']}")


def _database(request: ExportRequest, address: str, output: Output) -> int:
    """A database alone, without a directory."""
    from llmreg.cli.console import emit_json, note, progress
    from llmreg.ops.export.database import export_to

    with progress("exporting") as advance:
        exported, pushed = export_to(request, address, advance)
    for problem in exported.problems:
        note(f"warning: {problem}")
    if output is Output.JSON:
        emit_json(exported.to_json() | {"export": pushed.mode, "database": asdict(pushed)})
    else:
        _tell_database(asdict(pushed))
    return 0


def _tell_database(pushed: dict[str, Any]) -> None:
    from llmreg.cli.console import emit

    emit(f"database {pushed['mode']}: {pushed['subjects']} subjects written, {pushed['removed']} removed")


def _site(out: Path, wanted: tuple[bool, bool], extra: dict[str, Any], advance: Advance | None, made: Path) -> None:
    """Plain files, pages, or both; `extra` is told what was written."""
    from llmreg.index.reader import Index
    from llmreg.index.sums import SITE, kept

    static, html = wanted
    with Index(made) as index, kept(out) as changed:
        if static:
            from llmreg.render.static import write as write_files

            extra["static"] = write_files(index, out / SITE, changed, advance)._asdict()
        if html:
            from llmreg.render.pages import write as write_pages

            extra["site"] = write_pages(index, out / SITE, advance, changed)._asdict()


def _events(revision: str, since: str | None, url: str | None, output: Output) -> None:
    from llmreg.cli.console import emit_json, note
    from llmreg.ops.export.deliver import deliver
    from llmreg.ops.export.events import EventsRequest, list_events

    found = list_events(EventsRequest(Path.cwd(), revision, since, os.environ))
    if url is None:
        for event in found:
            emit_json(event)
        return
    delivered = deliver(found, url)
    if output is Output.JSON:
        emit_json({"delivered": delivered, "url": url})
    else:
        note(f"{delivered} events delivered to {url}")
