"""Rate limits, origins, request ids and log lines."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from llmreg.errors import UsageError
from llmreg.server.middleware import tracing
from llmreg.server.telemetry.logs import JsonFormatter

READ = "/api/v1/subjects"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_client_that_asks_too_much(serve: Any) -> None:
    site = serve(rate_limit=3.0)
    answers = [site.get(READ) for _ in range(5)]
    assert [answer.status_code for answer in answers][:4] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-limit"] == "3"
    assert answers[0].headers["ratelimit-remaining"] == "2"
    refused = answers[3]
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["ratelimit-remaining"] == "0"
    assert refused.headers["content-type"] == "application/problem+json"
    assert site.get("/health/live").status_code == 200
    assert site.get("/subjects").json()["error_code"] == 429


def test_all_clients_together(serve: Any) -> None:
    site = serve(rate_limit_global=2.0)
    assert [site.get(READ).status_code for _ in range(3)] == [200, 200, 429]


def test_answers_that_are_kept_get_no_headers_of_others(serve: Any) -> None:
    site = serve(rate_limit=50.0)
    for _ in range(3):
        answer = site.get(READ)
    assert len(answer.headers.get_list("ratelimit-limit")) == 1


def test_origins(serve: Any) -> None:
    site = serve(cors_origins=("https://app.example",))
    good = site.get(READ, headers={"origin": "https://app.example"})
    assert good.headers["access-control-allow-origin"] == "https://app.example"
    assert "Origin" in good.headers["vary"]
    bad = site.get(READ, headers={"origin": "https://evil.example"})
    assert bad.status_code == 200
    assert "access-control-allow-origin" not in bad.headers
    asked = {"origin": "https://app.example", "access-control-request-method": "POST"}
    flight = site.request("OPTIONS", READ, headers=asked)
    assert (flight.status_code, "POST" in flight.headers["access-control-allow-methods"]) == (204, True)
    assert site.request("OPTIONS", READ, headers=asked | {"origin": "https://evil.example"}).status_code == 403


def test_without_origins_nobody_is_named(site: Any) -> None:
    answer = site.get(READ, headers={"origin": "https://app.example"})
    assert "access-control-allow-origin" not in answer.headers


def test_a_line_for_each_request(serve: Any, caplog: pytest.LogCaptureFixture) -> None:
    site = serve(log_format="json")
    with caplog.at_level(logging.INFO, "llmreg.access"):
        answer = site.get(READ, headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
        other = site.get("/nowhere", headers={"traceparent": f"00-{'0' * 32}-00f067aa0ba902b7-01"})
    assert answer.headers["x-request-id"] == TRACE
    assert other.headers["x-request-id"] not in {TRACE, "0" * 32}
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records if record.name == "llmreg.access"]
    assert [(line["path"], line["status"]) for line in lines] == [(READ, 200), ("/nowhere", 404)]
    assert (lines[0]["request_id"], lines[0]["parent_id"]) == (TRACE, "00f067aa0ba902b7")
    assert lines[0]["bytes"] == int(answer.headers["content-length"])


def test_no_line_by_default(site: Any) -> None:
    assert "x-request-id" not in site.get(READ).headers


def test_tracing_says_what_is_missing(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_NEEDED", ("llmreg_nothing.of_that_name",))
    with pytest.raises(UsageError, match="llmreg_nothing"):
        serve(otel=True)
