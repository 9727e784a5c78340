"""Events in the CloudEvents 1.0 JSON format (github.com/cloudevents/spec, v1.0.2, §2 and its JSON format)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from llmreg.index.rows import EventRow

CONTENT_TYPE = "application/cloudevents+json"


def cloud_event(event: EventRow, registry: str) -> dict[str, Any]:
    """`registry` names the registry: the id of its first commit. `id` is the place in its stream, so that a receiver
    that gets an event twice can tell."""
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": f"urn:llmreg:{registry}",
        "type": event.type,
        "subject": f"{event.subject}@{event.version}",
        "time": datetime.fromtimestamp(event.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "datacontenttype": "application/json",
        "data": {"subject": event.subject, "version": event.version, **event.body},
    }
