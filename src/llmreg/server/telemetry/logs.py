"""How the server writes its log: lines for people, or one JSON object each."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any

from llmreg.model.jsontext import dumps

_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class JsonFormatter(logging.Formatter):
    """`time`, `level`, `logger`, `message`, and what a record brings as `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = getattr(record, "fields", {})
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **fields,
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return dumps(told)


def configure(log_format: str) -> None:
    """To standard error. `none` leaves out the line for each request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if log_format == "json" else logging.Formatter(_TEXT))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
