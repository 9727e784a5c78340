"""What may be kept and for how long, what is not sent twice, and what is answered from memory."""

from __future__ import annotations

import zlib
from typing import Any

import pytest

from llmreg.server.answers import Answer, Answers

REPLY = "/api/v1/subjects/chat/reply"
PLAIN = {"accept-encoding": "identity"}
GZIP = {"accept-encoding": "br, gzip"}


@pytest.mark.parametrize(
    ("path", "immutable"),
    [
        (f"{REPLY}/versions/1.0.0/schema", True),
        (f"{REPLY}/versions/1/schema", True),
        (f"{REPLY}/versions/latest/schema", False),
        (f"{REPLY}/versions/%5E1/schema", False),
        (f"{REPLY}/versions/1.0.0", False),  # it says whether it is deprecated, which changes
        ("/api/v1/schemas/7ffdbb5f2c553e934342e343f4fd71ca6b56ba846e4ec924d5cbdf80668a504e/schema", True),
        ("/api/v1/schemas/1713917526/schema", False),
        (REPLY, False),
        ("/api/v1/stats", False),
    ],
)
@pytest.mark.parametrize("again", [False, True])
def test_what_names_its_content_is_kept_for_ever(site: Any, path: str, immutable: bool, again: bool) -> None:
    answer = site.get(path)
    assert answer.status_code == 200
    assert ("immutable" in answer.headers["cache-control"]) is immutable
    assert "max-age" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", [f"{REPLY}/versions", f"{REPLY}/versions/1.0.0/schema", "/api/v1/search?q=reply"])
@pytest.mark.parametrize("encoding", [PLAIN, GZIP])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_the_client_has_is_not_sent_again(site: Any, path: str, encoding: dict[str, str], method: str) -> None:
    etag = site.get(path, headers=encoding).headers["etag"]
    assert not etag.startswith("W/")
    for wanted in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        answer = site.request(method, path, headers={**encoding, "if-none-match": wanted})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    assert site.get(path, headers={**encoding, "if-none-match": '"other"'}).status_code == 200


def test_each_encoding_has_its_own_etag(site: Any) -> None:
    plain, packed = (site.get(f"{REPLY}/versions", headers=headers) for headers in (PLAIN, GZIP))
    assert plain.headers["etag"] != packed.headers["etag"]
    assert (plain.headers.get("content-encoding"), packed.headers["content-encoding"]) == (None, "gzip")
    assert plain.content == packed.content  # httpx unpacks
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0", ""])
def test_gzip_only_for_who_takes_it(site: Any, accepted: str) -> None:
    assert "content-encoding" not in site.get(f"{REPLY}/versions", headers={"accept-encoding": accepted}).headers


def test_a_blob_is_sent_as_the_index_holds_it(site: Any) -> None:
    answer = site.get(f"{REPLY}/versions/2.0.0/schema", headers=GZIP)
    index = site.state.generation.index
    packed = index.blob_gzip(index.subject("chat/reply").stored("2.0.0").sha256)
    assert int(answer.headers["content-length"]) == len(packed)
    assert answer.content == zlib.decompress(packed, 31)


@pytest.mark.parametrize("path", ["/api/v1/stats", "/health/live", "/api/v1/nothing", "/api/v1/stream/changes"])
def test_head_has_the_headers_and_no_body(site: Any, path: str) -> None:
    head = site.request("HEAD", path)
    assert head.content == b""
    if "stream" not in path:
        get = site.get(path)
        assert head.status_code == get.status_code
        assert head.headers.get("content-length") == get.headers.get("content-length")


def test_the_second_answer_comes_from_memory(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    site = serve()
    first = site.get(REPLY)
    monkeypatch.setattr("llmreg.index.documents.subject", None)
    second = site.get(REPLY)
    assert (first.content, first.headers) == (second.content, second.headers)
    assert site.get(REPLY + "/").status_code == 500  # another spelling is asked for anew
    metrics = site.get("/metrics").text
    assert "llmreg_cache_hits_total 1.0" in metrics


def test_what_depends_on_a_query_is_not_kept(serve: Any) -> None:
    site = serve()
    assert len(site.get("/api/v1/subjects?limit=1").json()["subjects"]) == 1
    assert len(site.get("/api/v1/subjects").json()["subjects"]) == 16
    assert len(site.get("/api/v1/subjects?limit=1").json()["subjects"]) == 1


def test_metrics_have_bounded_labels(serve: Any) -> None:
    site = serve()
    for name in ("chat/reply", "chat/message", "chat/nothing"):
        site.get(f"/api/v1/subjects/{name}")
    text = site.get("/metrics").text
    assert 'llmreg_http_requests_total{route="/api/v1/subjects/{subject}",status="200"} 2.0' in text
    assert "chat/" not in text
    for name in ("active_schemas 41.0", "llmreg_index_generation 1.0", "llmreg_index_age_seconds"):
        assert f"\n{name}" in text
    for name in ("schema_validation_duration_seconds_count", "compatibility_check_failures_total"):
        assert f"\n{name}" in text


def _answer(size: int) -> Answer:
    return Answer(b"", b"", ({}, {}), ({}, {}), {}, {}, size)


def test_memory_is_bounded_and_the_least_used_goes_first() -> None:
    kept = Answers(many=3, size=800)
    for path in (b"a", b"b", b"c"):
        kept.put(path, _answer(100))
    assert kept.get(b"a") is not None
    kept.put(b"d", _answer(100))
    assert [path for path in (b"a", b"b", b"c", b"d") if kept.get(path)] == [b"a", b"c", b"d"]
    kept.put(b"huge", _answer(101))
    assert kept.get(b"huge") is None
    few = Answers(many=100, size=800)
    for number in range(10):
        few.put(str(number).encode(), _answer(100))
        few.put(str(number).encode(), _answer(100))
    assert len(few) == 8
