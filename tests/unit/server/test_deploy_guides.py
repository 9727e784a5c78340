"""What the deployment guides show is run: the replicas' script, and the proxy of nginx where nginx is installed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests import transcript

GUIDES = Path(__file__).parents[3] / "docs" / "guides"
with_programs = pytest.mark.skipif(
    not all(map(shutil.which, ("curl", "ssh-keygen", "sha256sum"))), reason="the script's own programs are missing"
)


class Replica:
    """Takes what lies in `there` into `here`."""

    def __init__(self, base: Path, out: Path) -> None:
        self.there, self.here = base / "there", base / "here"
        shutil.copytree(out, self.there)
        self.here.mkdir()
        self._key, self._signers = base / "key", base / "allowed_signers"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self._key)], check=True)
        self._signers.write_text(f"registry {self._key.with_suffix('.pub').read_text()}")
        text = (GUIDES / "deploy-replicas.md").read_text()
        (script,) = (block for block in transcript.blocks(text, "sh") if block.startswith("#!"))
        self._script = base / "pull"
        self._script.write_text(script)

    def sign(self) -> None:
        manifest = self.there / "manifest.json"
        manifest.with_name("manifest.json.sig").unlink(missing_ok=True)
        command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(self._key), "-n", "llmreg-index", str(manifest)]
        subprocess.run(command, check=True, capture_output=True)

    def pull(self) -> int:
        command = ["sh", str(self._script), self.there.as_uri(), str(self.here), str(self._signers)]
        return subprocess.run(command, check=False, capture_output=True).returncode

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.here.iterdir()}


@pytest.fixture
def replica(exported_once: Any, tmp_path: Path) -> Replica:
    made = Replica(tmp_path, exported_once.out)
    made.sign()
    return made


@with_programs
def test_a_replica_takes_what_is_signed_and_whole(replica: Replica) -> None:
    assert replica.pull() == 0
    assert replica.files() == {path.name: path.read_bytes() for path in replica.there.iterdir()}
    before = (replica.here / "index.sqlite").stat().st_ino
    assert replica.pull() == 0
    assert (replica.here / "index.sqlite").stat().st_ino == before  # nothing new, nothing moved


@with_programs
@pytest.mark.parametrize("what", ["index", "manifest", "signature", "half"])
def test_a_replica_keeps_what_it_has_when_the_new_one_is_not_right(replica: Replica, what: str) -> None:
    assert replica.pull() == 0
    before = replica.files()
    manifest, index = replica.there / "manifest.json", replica.there / "index.sqlite"
    told = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(told | {"generation": told["generation"] + 1}))
    if what != "manifest":
        replica.sign()
    if what == "index":
        index.write_bytes(index.read_bytes() + b"more")
    if what == "signature":
        manifest.with_name("manifest.json.sig").unlink()
    if what == "half":
        index.unlink()
    assert replica.pull() != 0
    assert replica.files() == before


@pytest.fixture(scope="module")
def proxied(exported_once: Any) -> Iterator[httpx.Client]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    with ExitStack() as stack:
        base = Path(tempfile.mkdtemp(prefix="ng"))  # short, because a socket's path is
        base.chmod(0o755)  # nginx's worker is somebody else when the tests run as root
        stack.callback(shutil.rmtree, base)
        (config,) = re.findall(r"```nginx\n(.*?)```", (GUIDES / "deploy-nginx.md").read_text(), re.DOTALL)
        config = config.replace("listen 80;", f"listen unix:{base}/socket;").replace("/var/cache/nginx", str(base))
        config = config.replace("server 127.0.0.1:8080;", f"server {_llmreg(stack, exported_once.out)};")
        temporary = "".join(
            f"{name}_temp_path {base}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        frame = f"daemon off; pid {base}/pid;\nevents {{ }}\nhttp {{ access_log off;\n{temporary}{config}}}\n"
        (base / "nginx.conf").write_text(frame)
        command = [program, "-p", str(base), "-e", str(base / "error.log"), "-c", str(base / "nginx.conf")]
        _started(stack, subprocess.Popen(command, stderr=subprocess.DEVNULL))
        for _ in range(500):
            if (base / "socket").exists():
                break
            time.sleep(0.01)
        transport = httpx.HTTPTransport(uds=str(base / "socket"))
        yield stack.enter_context(httpx.Client(transport=transport, base_url="http://registry"))


def _llmreg(stack: ExitStack, out: Path) -> str:
    command = [str(Path(sys.executable).with_name("llmreg")), "serve", "--index", str(out), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    _started(stack, process)
    assert process.stdout is not None
    stack.callback(process.stdout.close)
    return process.stdout.readline().split("http://")[1].strip()


def _started(stack: ExitStack, process: subprocess.Popen[Any]) -> None:
    def stop() -> None:
        process.terminate()
        process.wait(30)

    stack.callback(stop)


def test_nginx_passes_names_judgements_and_streams_on(proxied: httpx.Client) -> None:
    names = [proxied.get(f"/api/v1/subjects/{name}").json()["subject"] for name in ("chat/reply", "chat%2Freply")]
    assert names == ["chat/reply"] * 2
    asked = {"schema": {"type": "object"}, "data": {}}
    assert proxied.post("/api/v1/validate/data", json=asked).json()["valid"] is True
    with proxied.stream("GET", "/api/v1/stream/changes?after=0") as stream:
        assert next(stream.iter_lines()).startswith("retry:")
    assert proxied.get("/metrics").status_code == 403


def test_nginx_keeps_what_the_server_lets_it_keep_apart_by_what_was_asked_for(proxied: httpx.Client) -> None:
    for _ in range(2):
        assert proxied.get("/", headers={"accept": "text/html"}).text.startswith("<!doctype html>")
        assert proxied.get("/", headers={"accept": "application/json"}).json() == {}
        for encoding in ("identity", "gzip"):
            path = "/api/v1/subjects/chat/reply/versions"
            answer = proxied.get(path, headers={"accept-encoding": encoding})
            assert answer.headers.get("content-encoding", "identity") == encoding
            etag = answer.headers["etag"]
            assert proxied.get(path, headers={"accept-encoding": encoding, "if-none-match": etag}).status_code == 304
        assert "immutable" in proxied.get("/api/v1/subjects/chat/reply/versions/1.0.0/schema").headers["cache-control"]
