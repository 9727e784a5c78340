"""What Prometheus reads. Labels are bounded: route templates, statuses and outcomes, never subjects or addresses."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    from llmreg.index.reader import IndexInfo

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"  # the library's own variable: where several processes add up their numbers
MEDIA = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0)


class Metrics:
    """One set per application. With several worker processes the library adds theirs up when it is asked."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # the library has no types there
        self._registry = CollectorRegistry()
        counter, gauge = partial(Counter, registry=self._registry), partial(Gauge, registry=self._registry)
        self.requests = counter("llmreg_http_requests", "Requests answered, by route and status.", ("route", "status"))
        self.cache_hits = counter("llmreg_cache_hits", "Answers sent from memory.")
        self.cache_misses = counter("llmreg_cache_misses", "Answers made and then kept.")
        self.validations = counter("schema_validations", "Documents validated, by outcome.", ("outcome",))
        self.validation_seconds = Histogram(
            "schema_validation_duration_seconds", "Time per validation.", buckets=_SECONDS, registry=self._registry
        )
        self.compatibility_failures = counter("compatibility_check_failures", "Compatibility checks that did not pass.")
        self.judging_cache = counter(
            "llmreg_judging_cache",
            "Compiled validators asked for, by place (process, worker) and outcome (hit, miss).",
            ("place", "outcome"),
        )
        self.workers_lost = counter(
            "llmreg_judging_workers_lost", "Worker processes that had to be replaced.", ("reason",)
        )
        self.judging_refused = counter("llmreg_judging_refused", "Requests refused because too many waited.")
        self.audit_failures = counter("llmreg_audit_failures", "Lines that could not be written to the audit log.")
        self.streams = gauge("llmreg_streams", "Open change streams.", multiprocess_mode="livesum")
        self.reload_failures = counter("llmreg_index_reload_failures", "New indexes that were not taken.")
        self.active_schemas = gauge("active_schemas", "Schemas in the index.", multiprocess_mode="livemostrecent")
        self.generation = gauge("llmreg_index_generation", "Number of the commit.", multiprocess_mode="livemin")
        self._age = gauge("llmreg_index_age_seconds", "Time since the commit.", multiprocess_mode="livemostrecent")
        self._committed: int | None = None

    def loaded(self, info: IndexInfo) -> None:
        """A generation answers from now on."""
        self._committed = info.time
        self.generation.set(info.generation)
        self.active_schemas.set(info.schemas)

    def text(self) -> bytes:
        """The exposition, of all worker processes together where there are several."""
        if self._committed is not None:
            self._age.set(time.time() - self._committed)
        if MULTIPROCESS not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call] # registers itself
        return generate_latest(together)
