"""`export --events`: what happened to the registry, straight from its history, as CloudEvents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from llmreg.compat.schemas import Schemas
from llmreg.index.cloudevents import cloud_event
from llmreg.index.collect import Collector, events, moments, origins
from llmreg.model.record import dataclass, field
from llmreg.store.timeline import registry_id, timeline
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class EventsRequest:
    """What happened up to `revision`, after `since` where it is given."""

    start: Path
    revision: str = "HEAD"
    since: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def list_events(request: EventsRequest) -> Iterator[dict[str, Any]]:
    """CloudEvents, oldest first. Raises LlmregError, GitError where `since` is not in the history of `revision`."""
    with Workspace.open(request.start, request.environment) as workspace:
        reader = workspace.reader
        commit = reader.resolve(request.revision)
        since = reader.resolve(request.since) if request.since else None
        if since == commit:
            return
        history = timeline(reader, commit, since)
        view = workspace.at(commit, request.revision)
        happened = list(moments(history.moments))
        touched = sorted({row.subject for row in happened if row.type == "schema.registered"})
        collector = Collector(Schemas(view), view.config, origins(happened))
        rows = {name: collector.subject(view.view(name)) for name in touched if view.has(name)}
        registry = registry_id(reader, commit)
        for event in events(happened, rows):
            yield cloud_event(event, registry)
