"""Every native route over the example registry: what it holds, and that texts come as they were registered."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[3] / "example-registry"
REPLY = "/api/v1/subjects/chat/reply"
CITATION = "/api/v1/subjects/rag/citation/versions/1.1.0"


def _registered(subject: str, file: str) -> bytes:
    return (EXAMPLES / "subjects" / subject / "versions" / file).read_bytes()


@pytest.mark.parametrize("path", [REPLY, "/api/v1/subjects/chat%2Freply"])
def test_a_subject_is_named_by_either_spelling(site: Any, path: str) -> None:
    body = site.get(path).json()
    assert (body["subject"], body["format"], body["mode"], body["latest"]) == ("chat/reply", "json", "FORWARD", "2.0.0")
    assert [version["version"] for version in body["versions"]] == ["1.0.0", "1.1.0", "1.2.0", "2.0.0"]
    assert body["versions"][2]["status"]["deprecated"] == "cites nothing; use ^2"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("prefix=chat/", ["chat/message", "chat/reply"]),
        ("format=protobuf", ["agents/handoff", "agents/turn", "usage/tokens"]),
        ("kind=tool-input", ["tools/create-ticket", "tools/search-docs"]),
        ("mode=FULL_TRANSITIVE", ["rag/document"]),
        ("owner=team-platform", ["usage/tokens"]),
        ("tag=chat&tag=shared", ["chat/message"]),
        ("limit=2&offset=1", ["agents/turn", "chat/message"]),
        ("offset=1000", []),
    ],
)
def test_subjects_by_what_they_are(site: Any, query: str, names: list[str]) -> None:
    body = site.get(f"/api/v1/subjects?{query}").json()
    assert [item["subject"] for item in body["subjects"]] == names
    assert body["total"] == (16 if "offset" in query else len(names))


@pytest.mark.parametrize(
    ("wanted", "version"),
    [("latest", "2.0.0"), ("1.1.0", "1.1.0"), ("%5E1.0", "1.2.0"), ("1.x%20%7C%7C%200.1", "1.2.0"), ("2", "1.1.0")],
)
def test_a_version_by_number_range_or_place(site: Any, wanted: str, version: str) -> None:
    body = site.get(f"{REPLY}/versions/{wanted}").json()
    assert body["version"] == version
    assert body["schema"].encode() == _registered("chat/reply", f"{version}.json")
    assert hashlib.sha256(body["schema"].encode()).hexdigest() == body["sha256"]


def test_versions_come_without_their_texts(site: Any) -> None:
    body = site.get(f"{REPLY}/versions").json()
    assert [version["ordinal"] for version in body["versions"]] == [1, 2, 3, 4]
    assert all("schema" not in version for version in body["versions"])
    assert body["versions"][3]["references"] == [
        {"name": "llmreg:rag/citation@1.1.0", "subject": "rag/citation", "version": "1.1.0"}
    ]


@pytest.mark.parametrize(
    ("subject", "file", "media"),
    [
        ("chat/reply", "1.0.0.json", "application/schema+json"),
        ("rag/document", "1.1.0.avsc", "application/json"),
        ("usage/tokens", "1.2.0.proto", "text/plain; charset=utf-8"),
    ],
)
def test_the_registered_bytes(site: Any, subject: str, file: str, media: str) -> None:
    version = file.rpartition(".")[0]
    answer = site.get(f"/api/v1/subjects/{subject}/versions/{version}/schema")
    assert (answer.content, answer.headers["content-type"]) == (_registered(subject, file), media)


def test_a_schema_by_each_of_its_names(site: Any) -> None:
    version = site.get(f"{REPLY}/versions/1.0.0").json()
    bodies = [site.get(f"/api/v1/schemas/{version[name]}").json() for name in ("id", "guid", "sha256")]
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[0]["schema"] == version["schema"]
    assert [(item["subject"], item["version"]) for item in bodies[0]["versions"]] == [("chat/reply", "1.0.0")]
    uses = site.get(f"/api/v1/schemas/{version['id']}/versions").json()
    assert uses["versions"][0]["guid"] == version["guid"]
    assert site.get(f"/api/v1/schemas/{version['id']}/versions/1.0.0").json() == version
    assert site.get(f"/api/v1/schemas/{version['id']}/versions/1.1.0").status_code == 404
    assert site.get(f"/api/v1/schemas/{version['sha256']}/schema").content == version["schema"].encode()


def test_schemas_are_paged(site: Any) -> None:
    body = site.get("/api/v1/schemas?format=avro&limit=3").json()
    assert (len(body["schemas"]), body["total"], body["limit"], body["offset"]) == (3, 8, 3, 0)
    rest = site.get("/api/v1/schemas?format=avro&limit=100&offset=3").json()["schemas"]
    ids = [item["id"] for item in body["schemas"] + rest]
    assert ids == sorted(set(ids))


def test_links_both_ways(site: Any) -> None:
    users = [(item["subject"], item["version"]) for item in site.get(f"{CITATION}/dependents").json()["dependents"]]
    assert ("chat/reply", "2.0.0") in users
    needed = site.get(f"{REPLY}/versions/2.0.0/dependencies").json()
    assert [(item["subject"], item["depth"], item["missing"]) for item in needed["dependencies"]] == [
        ("rag/citation", 1, False)
    ]
    assert site.get("/api/v1/dependencies?subject=chat/reply&version=2.0.0").json() == needed
    assert site.get("/api/v1/dependents?subject=rag/citation&version=1.1.0").json()["total"] == len(users)
    schema = site.get(CITATION).json()["id"]
    assert site.get(f"/api/v1/schemas/{schema}/dependents").json()["total"] == len(users)
    assert site.get(f"/api/v1/schemas/{schema}/dependencies").json()["dependencies"] == []


def test_links_to_the_end(site: Any) -> None:
    direct = site.get("/api/v1/dependents?subject=chat/message&version=1.0.0").json()
    every = site.get("/api/v1/dependents?subject=chat/message&version=1.0.0&transitive=true&limit=1000").json()
    assert every["total"] >= direct["total"]
    assert [item["depth"] for item in every["dependents"]] == sorted(item["depth"] for item in every["dependents"])
    assert site.get("/api/v1/dependents?subject=rag/citation&limit=1&offset=50").json()["dependents"] == []


def test_the_step_to_a_version(site: Any) -> None:
    report = site.get(f"{REPLY}/versions/2.0.0/report").json()
    assert (report["verdict"], report["against"]) == ("incompatible", "1.2.0")
    diff = site.get("/api/v1/diff/chat/reply/1.2.0/2.0.0").json()
    assert (diff["old"], diff["new"], diff["report"]) == ("1.2.0", "2.0.0", report)
    assert any(finding["witness"] for finding in report["findings"])


def test_other_pairs_are_compared_by_the_service(serve: Any) -> None:
    class Judging:
        async def diff(self, index: Any, subject: str, old: str, new: str) -> dict[str, Any]:
            return {"asked": [subject, old, new]}

    site = serve()
    site.state.judging = Judging()
    body = site.get("/api/v1/diff/chat/reply/1.0.0/latest").json()
    assert body["report"] == {"asked": ["chat/reply", "1.0.0", "2.0.0"]}


def test_counts(site: Any) -> None:
    body = site.get("/api/v1/stats").json()
    assert (body["subjects"], body["generation"], body["formats"]) == (
        16,
        1,
        {"avro": 4, "json": 8, "prompt": 1, "protobuf": 3},
    )
    assert body["verdicts"]["incompatible"] == 3


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=chat/reply", ["chat/reply", "evals/run"]),
        ("q=TICKET", ["tools/ticket", "tools/create-ticket"]),
        ("q=customer+question", ["prompts/answer-vars", "tools/create-ticket"]),
        ("q=ti&kind=tool-output", ["tools/ticket"]),
        ("q=handoff+to", ["agents/handoff"]),
        ("field=reasoning", ["chat/reply"]),
        ("type=avro&owner=team-quality&tag=shared", ["evals/score"]),
        ("metadata=no:thing", []),
        ("q=a%22b", []),
        ("q=foo+AND", []),
        ("q=*", []),
        ("q=name:chat", []),
        ("q=NEAR(a+b", []),
        ("q=%25", []),
        ("q=-ticket", ["tools/create-ticket"]),
    ],
)
def test_search(site: Any, query: str, names: list[str]) -> None:
    body = site.get(f"/api/v1/search?{query}").json()
    assert [hit["subject"] for hit in body["hits"]] == names
    assert body["total"] == len(names)


def test_a_hit_says_where(site: Any) -> None:
    hit = site.get("/api/v1/search?q=reasoning").json()["hits"][0]
    assert {"where": "field", "text": "reasoning"} in hit["matches"]
