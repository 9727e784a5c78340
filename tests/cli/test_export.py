"""`llmreg export`: the same commit gives the same bytes, and an update gives what building anew would."""

from __future__ import annotations

import http.server
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Llmreg, Repo, new_repo

from llmreg.errors import LimitError, LlmregError, UsageError
from llmreg.index.reader import Index
from llmreg.ops.export.deliver import deliver
from llmreg.ops.export.exclusive import exclusive


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """chat/message with two versions, chat/reply that refers to it, tools/search that broke once."""
    from tests.cli.conftest import IDENTITY

    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    repo = new_repo(tmp_path / "repo")
    repo.write("subjects/chat/message/subject.yaml", "format: json\nkind: agent-message\nowner: chat\ntags: [core]\n")
    repo.schema("chat/message", "text", title="Message")
    repo.register("chat/message")
    repo.write("subjects/chat/reply/subject.yaml", "format: json\ncustom: {team: blue}\n")
    reply = {"type": "object", "properties": {"message": {"$ref": "llmreg:chat/message@1.0.0"}}}
    repo.write("subjects/chat/reply/schema.json", json.dumps(reply))
    repo.register("chat/reply")
    repo.commit("messages (#1)")
    repo.write("subjects/tools/search/subject.yaml", "format: json\nkind: tool-input\n")
    repo.schema("tools/search", "query")
    repo.register("tools/search")
    repo.commit("search (#2)")
    repo.schema("tools/search", "query", required=["query"])
    repo.register("tools/search", "--bump", "major")
    repo.schema("chat/message", "text", "name", title="Message")
    repo.register("chat/message")
    repo.commit("a query is required (#3)")
    return repo


def export(llmreg: Llmreg, repo: Repo, out: Path, *options: str) -> dict[str, Any]:
    done = llmreg("export", "--out", str(out), "-o", "json", *options, cwd=repo.root)
    assert done.status == 0, done.err
    answer: dict[str, Any] = done.json
    return answer


def dump(path: Path) -> list[list[tuple[Any, ...]]]:
    """Everything in the tables that people are shown, without the row ids."""
    queries = (
        "SELECT * FROM meta ORDER BY key",
        "SELECT name, format, kind, mode, writer, owner, description, config, latest, digest FROM subjects ORDER BY 1",
        "SELECT tag, name FROM tags JOIN subjects s ON s.id = subject ORDER BY 1, 2",
        "SELECT key, value, name FROM facts JOIN subjects s ON s.id = subject ORDER BY 1, 2, 3",
        "SELECT f.name, s.name FROM fields f JOIN subjects s ON s.id = subject ORDER BY 1, 2",
        "SELECT sha256, size, gzip FROM blobs ORDER BY 1",
        """SELECT name, number, v.version, sha256, schema_id, guid, line, digests, origin, status, verdict, report
            FROM versions v JOIN subjects s ON s.id = subject JOIN blobs b ON b.id = blob
            LEFT JOIN reports r ON r.version = v.id ORDER BY 1, 2""",
        """SELECT s.name, number, position, r.name, target, target_version
            FROM refs r JOIN versions v ON v.id = r.version JOIN subjects s ON s.id = subject ORDER BY 1, 2, 3""",
        "SELECT * FROM moments ORDER BY generation, slot",
        "SELECT * FROM events ORDER BY generation, position",
        "SELECT name, description, tags, fields FROM search ORDER BY name",
    )
    with closing(sqlite3.connect(path / "index.sqlite")) as db:
        return [db.execute(query).fetchall() for query in queries]


def test_the_same_commit_gives_the_same_bytes(llmreg: Llmreg, repo: Repo, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert export(llmreg, repo, first)["export"] == "built"
    clone = repo.path.with_name("clone")
    shutil.copytree(repo.path, clone)
    export(llmreg, Repo(clone), second)
    for name in ("index.sqlite", "manifest.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_what_the_index_holds(llmreg: Llmreg, repo: Repo, tmp_path: Path) -> None:
    answer = export(llmreg, repo, tmp_path / "out")
    with Index(tmp_path / "out" / "index.sqlite") as index:
        assert answer["generation"] == index.info.generation == 3
        assert [subject.name for subject in index.subjects()] == ["chat/message", "chat/reply", "tools/search"]
        old, new = index.subject("tools/search").versions
        assert (old.version, new.version, new.verdict, new.number) == ("1.0.0", "2.0.0", "incompatible", 2)
        report = index.report(new)
        assert report is not None
        [finding] = [item for item in report["findings"] if item["class"] == "breaking"]
        assert (finding["rule"], finding["witness"]["document"]) == ("required_added", {})
        assert new.origin is not None
        assert (new.origin.author, new.origin.pull_request) == ("Ada", 3)
        [reply] = index.subject("chat/reply").versions
        assert [reference[1:] for reference in index.references(reply)] == [("chat/message", "1.0.0")]
        assert [user.subject for user in index.users("chat/message", "1.0.0")] == ["chat/reply"]
        assert index.users("chat/message", "1.1.0") == ()
        registered = repo.read("subjects/tools/search/versions/2.0.0.json").encode()
        assert index.blob(new.sha256) == registered


def test_an_update_holds_what_building_anew_holds(llmreg: Llmreg, repo: Repo, tmp_path: Path) -> None:
    kept, fresh = tmp_path / "kept", tmp_path / "fresh"
    steps = (
        lambda: repo.write(
            "subjects/chat/message/subject.yaml", "format: json\nkind: data\nstatus:\n  1.0.0: {retired: old}\n"
        ),
        lambda: (repo.schema("tools/search", "query", "limit", required=["query"]), repo.register("tools/search")),
        lambda: repo.git("rm", "-r", "--quiet", "subjects/chat/reply"),
        lambda: repo.write("subjects/new/one/subject.yaml", "format: json\n"),
        lambda: repo.write("README.md", "nothing of the registry"),
    )
    export(llmreg, repo, kept)
    for number, step in enumerate(steps):
        step()
        repo.commit(f"step {number}")
        assert export(llmreg, repo, kept)["export"] == "updated"
        anew = fresh / str(number)
        export(llmreg, repo, anew)
        assert dump(kept) == dump(anew)
    assert export(llmreg, repo, kept)["export"] == "unchanged"


def test_settings_of_the_whole_registry_build_it_anew(llmreg: Llmreg, repo: Repo, tmp_path: Path) -> None:
    export(llmreg, repo, tmp_path / "out")
    repo.write("llmreg.yaml", "registry: 1\nmode: FULL\n")
    repo.commit("everything is FULL")
    assert export(llmreg, repo, tmp_path / "out")["export"] == "built"
    with Index(tmp_path / "out" / "index.sqlite") as index:
        assert index.subject("chat/reply").mode == "FULL"


def test_rewritten_history_is_refused_unless_told(llmreg: Llmreg, repo: Repo, tmp_path: Path) -> None:
    export(llmreg, repo, tmp_path / "out")
    before = dump(tmp_path / "out")
    repo.git("commit", "--quiet", "--amend", "--message", "said otherwise")
    refused = llmreg("export", "--out", str(tmp_path / "out"), cwd=repo.root)
    assert refused.status == 2
    assert "history was rewritten" in refused.err
    assert "--allow-rewritten" in refused.err
    assert dump(tmp_path / "out") == before
    assert export(llmreg, repo, tmp_path / "out", "--allow-rewritten")["export"] == "built"


_KILLED = """
import os, signal, sys
from pathlib import Path
from llmreg.index.writer import IndexWriter
import llmreg.ops.export as exporting

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

where = sys.argv[2]
if where == "manifest":
    exporting.write_manifest = die
else:
    setattr(IndexWriter, where, die)
exporting.export(exporting.ExportRequest(Path.cwd(), Path(sys.argv[1]), environment=os.environ))
"""


@pytest.mark.parametrize("where", ["put_packed", "finish", "manifest"])
def test_a_killed_export_leaves_the_old_index_or_the_new(
    llmreg: Llmreg, repo: Repo, tmp_path: Path, where: str
) -> None:
    out = tmp_path / "out"
    export(llmreg, repo, out)
    before, manifest = dump(out), (out / "manifest.json").read_bytes()
    repo.schema("tools/search", "query", "limit", required=["query"])
    repo.register("tools/search")
    repo.commit("more")
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(out), where], cwd=repo.root, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (out / "manifest.json").read_bytes() == manifest
    export(llmreg, repo, tmp_path / "anew")
    assert dump(out) == (dump(tmp_path / "anew") if where == "manifest" else before)
    assert export(llmreg, repo, out)["export"] == ("unchanged" if where == "manifest" else "updated")
    assert dump(out) == dump(tmp_path / "anew")
    assert {path.name for path in out.iterdir()} == {"index.sqlite", "manifest.json"}


def test_one_export_at_a_time(tmp_path: Path) -> None:
    with exclusive(tmp_path), pytest.raises(LimitError, match="another export"), exclusive(tmp_path, wait=0.1):
        pass


def test_a_reference_that_appears_and_one_that_goes(llmreg: Llmreg, repo: Repo, tmp_path: Path) -> None:
    """What changes in one subject reaches those that refer to it."""
    kept = tmp_path / "kept"
    export(llmreg, repo, kept)
    folder = repo.root / "subjects/chat/message"
    shutil.move(folder, tmp_path / "message")
    for number in range(2):
        repo.commit("there or not")
        assert export(llmreg, repo, kept)["subjects"] == 2
        anew = tmp_path / str(number)
        export(llmreg, repo, anew)
        assert dump(kept) == dump(anew)
        if not number:
            shutil.move(tmp_path / "message", folder)


def test_a_manifest_that_changes_loses_its_signature(llmreg: Llmreg, repo: Repo, tmp_path: Path) -> None:
    key, out = tmp_path / "key", tmp_path / "out"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    export(llmreg, repo, out, "--sign", str(key))
    export(llmreg, repo, out)
    assert (out / "manifest.json.sig").exists()
    repo.commit("nothing")
    export(llmreg, repo, out)
    assert not (out / "manifest.json.sig").exists()


def test_plain_files_and_pages_beside_the_index(llmreg: Llmreg, repo: Repo, tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = export(llmreg, repo, out, "--static", "--html")
    assert answer["static"]["subjects"] == answer["site"]["subjects"] == 3
    assert set(answer["files"]) == {"index.sqlite", "site.sha256"}
    assert (out / "site/index.html").is_file()
    assert json.loads((out / "site/subjects/_index.json").read_bytes()) == [
        "chat/message",
        "chat/reply",
        "tools/search",
    ]
    done = subprocess.run(["sha256sum", "--check", "--quiet", "site.sha256"], cwd=out, check=False)
    assert done.returncode == 0
    again = export(llmreg, repo, out, "--static", "--html")
    assert (again["export"], again["static"]["files"], again["site"]["files"]) == ("unchanged", 0, 0)


def test_a_shallow_clone_is_refused(llmreg: Llmreg, repo: Repo, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.path}", str(clone))
    done = llmreg("export", "--out", str(tmp_path / "out"), cwd=clone)
    assert (done.status, "fetch-depth: 0" in done.err) == (2, True)
    assert not (tmp_path / "out" / "index.sqlite").exists()


def test_a_damaged_version_stops_the_export(llmreg: Llmreg, repo: Repo, tmp_path: Path) -> None:
    repo.write("subjects/chat/message/versions/1.0.0.json", "{}")
    repo.commit("tampered")
    done = llmreg("export", "--out", str(tmp_path / "out"), cwd=repo.root)
    assert (done.status, "chat/message@1.0.0" in done.err) == (2, True)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_registry_below_the_top(llmreg: Llmreg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = new_repo(tmp_path / "mono", "registry")
    repo.write("subjects/a/subject.yaml", "format: json\n")
    repo.schema("a", "text")
    repo.register("a")
    repo.commit("first")
    export(llmreg, repo, tmp_path / "out")
    repo.schema("a", "text", "more")
    repo.register("a")
    repo.commit("second")
    assert export(llmreg, repo, tmp_path / "out")["subjects"] == 1
    with Index(tmp_path / "out" / "index.sqlite") as index:
        assert [version.version for version in index.subject("a").versions] == ["1.0.0", "1.1.0"]


def test_events_since_a_commit(llmreg: Llmreg, repo: Repo) -> None:
    done = llmreg("export", "--events", "--since", "HEAD~1", cwd=repo.root)
    events = [json.loads(line) for line in done.out.splitlines()]
    assert [(event["type"], event["subject"]) for event in events] == [
        ("schema.registered", "chat/message@1.1.0"),
        ("schema.registered", "tools/search@2.0.0"),
        ("schema.incompatibility.detected", "tools/search@2.0.0"),
    ]
    assert events[2]["data"]["findings"][0]["witness"]["document"] == {}
    everything = llmreg("export", "--events", cwd=repo.root).out.splitlines()
    assert [json.loads(line)["id"] for line in everything[-3:]] == [event["id"] for event in events]
    repo.write(
        "subjects/tools/search/subject.yaml", "format: json\nkind: tool-input\nstatus:\n  1.0.0: {deprecated: use 2}\n"
    )
    repo.commit("deprecate")
    [told] = [
        json.loads(line) for line in llmreg("export", "--events", "--since", "HEAD~1", cwd=repo.root).out.splitlines()
    ]
    assert (told["type"], told["data"]["reason"]) == ("schema.deprecated", "use 2")


def test_signed_manifest_is_verified_by_ssh_keygen(llmreg: Llmreg, repo: Repo, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    out = tmp_path / "out"
    signature = export(llmreg, repo, out, "--sign", str(key))["signature"]
    (tmp_path / "allowed").write_text(f"ada {key.with_suffix('.pub').read_text()}")
    verify = ["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "ada", "-n", "llmreg-index", "-s", signature]
    manifest = (out / "manifest.json").read_bytes()
    good = subprocess.run(verify, input=manifest, cwd=tmp_path, capture_output=True, check=False)
    bad = subprocess.run(verify, input=manifest + b" ", cwd=tmp_path, capture_output=True, check=False)
    assert (good.returncode == 0, bad.returncode == 0) == (True, False)


class _Receiver(http.server.BaseHTTPRequestHandler):
    answers: list[int]
    got: list[bytes]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.answers.pop(0) if self.answers else 204
        if status < 300:
            self.got.append(body)
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[str]:
    _Receiver.answers, _Receiver.got = [], []
    server = http.server.HTTPServer(("127.0.0.1", 0), _Receiver)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/events"
    server.shutdown()
    thread.join()
    server.server_close()


EVENTS = [{"id": f"1.{number}", "type": "t", "subject": "s@1", "data": {"commit": "abc"}} for number in range(3)]


def test_events_are_delivered_in_order_and_again_after_a_failure(receiver: str) -> None:
    _Receiver.answers[:] = [204, 503, 429, 204]
    waits: list[float] = []
    assert deliver(EVENTS, receiver, waits.append) == 3
    assert [json.loads(body)["id"] for body in _Receiver.got] == ["1.0", "1.1", "1.2"]
    assert len(waits) == 2


def test_a_refused_event_stops_the_delivery(receiver: str) -> None:
    _Receiver.answers[:] = [204, 400]
    with pytest.raises(LlmregError, match=r"event 1\.1 .* answered 400"):
        deliver(EVENTS, receiver, lambda _: None)
    assert len(_Receiver.got) == 1


def test_a_redirect_is_not_followed(receiver: str) -> None:
    _Receiver.answers[:] = [302]
    with pytest.raises(LlmregError, match="answered 302"):
        deliver(EVENTS, receiver, lambda _: None)


def test_only_http_addresses() -> None:
    with pytest.raises(UsageError, match="no address"):
        deliver(EVENTS, "file:///etc/passwd")


def test_a_registry_that_was_never_committed_is_told_what_to_do(repo: Repo, llmreg: Llmreg) -> None:
    repo.git("rm", "--quiet", "--cached", "llmreg.yaml")
    repo.git("commit", "--quiet", "--message", "forgotten")
    result = llmreg("export", "--out", "build", cwd=repo.root)
    assert result.status == 2
    assert "there is no llmreg.yaml at HEAD" in result.err
    assert "git add llmreg.yaml" in result.err
