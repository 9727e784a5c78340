"""The nginx configuration of docs/guides/deploy-static.md, run by a real nginx over a real tree."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from llmreg.index.reader import Index
from llmreg.index.sums import kept
from llmreg.render.static import write

GUIDE = Path(__file__).parents[4] / "docs/guides/deploy-static.md"
_FRAME = """daemon off; master_process off; pid {base}/pid; error_log {base}/error.log; worker_processes 1;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {base}/t1; proxy_temp_path {base}/t2; fastcgi_temp_path {base}/t3;
    uwsgi_temp_path {base}/t4; scgi_temp_path {base}/t5;
{config}
}}
"""


@pytest.fixture(scope="module")
def nginx(static_tree: Path) -> Iterator[httpx.Client]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    base = Path(tempfile.mkdtemp(prefix="ng"))  # short, because a socket's path is
    [config] = re.findall(r"```nginx\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    config = config.replace("listen 8080;", f"listen unix:{base}/socket;")
    config = config.replace("/srv/registry/site", str(static_tree / "site"))
    (base / "nginx.conf").write_text(_FRAME.format(base=base, config=config))
    process = subprocess.Popen(
        [program, "-p", str(base), "-e", str(base / "error.log"), "-c", str(base / "nginx.conf")]
    )
    for _ in range(500):
        if (base / "socket").exists():
            break
        time.sleep(0.01)
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(base / "socket")), base_url="http://registry") as client:
        yield client
    process.terminate()
    process.wait(20)
    shutil.rmtree(base)


def _headers(client: httpx.Client, url: str, **headers: str) -> Any:
    return client.get(url, headers=headers).headers


def test_every_file_is_found_by_its_url(nginx: httpx.Client, static_tree: Path) -> None:
    site = static_tree / "site"
    media = {"json": "application/json", "schema": "application/schema+json", "avsc": "application/json"}
    for file in sorted(site.rglob("_index.*")):
        if file.suffix == ".gz":
            continue
        url = file.parent.relative_to(site).as_posix()
        wanted = media.get(file.suffix[1:], "text/plain; charset=utf-8")
        wanted = wanted if url.startswith("api/") else "application/vnd.schemaregistry.v1+json"
        for encoding in ("identity", "gzip"):
            answer = nginx.get(f"/{url}", headers={"accept-encoding": encoding})
            assert (answer.status_code, answer.content) == (200, file.read_bytes()), url
            assert answer.headers["content-type"] == wanted, url
            packed = encoding == "gzip" and file.with_name(f"{file.name}.gz").exists()
            assert ("content-encoding" in answer.headers) == packed


def test_names_with_a_slash_latest_and_caching(nginx: httpx.Client, static_tree: Path) -> None:
    encoded = nginx.get("/subjects/chat%2Freply/versions/1")
    assert encoded.content == nginx.get("/subjects/chat/reply/versions/1").content
    assert encoded.json()["subject"] == "chat/reply"
    latest = nginx.get("/subjects/chat%2Freply/versions/-1")
    assert latest.json() == nginx.get("/subjects/chat/reply/versions/latest/").json()
    with Index(static_tree / "index.sqlite") as index:
        version = index.subject("chat/reply").versions[0]
    for url in (f"schemas/{version.sha256}/schema", f"subjects/chat%2Freply/versions/{version.version}/schema"):
        assert "immutable" in _headers(nginx, f"/api/v1/{url}")["cache-control"]
    for url in (f"/api/v1/schemas/{version.sha256}", "/api/v1/subjects/chat/reply/versions/latest/schema", "/subjects"):
        assert "max-age=10," in _headers(nginx, url)["cache-control"]
    etag = _headers(nginx, "/subjects")["etag"]
    assert nginx.get("/subjects", headers={"if-none-match": etag}).status_code == 304


def test_what_is_not_there(nginx: httpx.Client) -> None:
    for url, code in (
        ("/subjects/nobody/versions", 40401),
        ("/subjects/chat%2Freply/versions/99", 40402),
        ("/schemas/ids/1", 40403),
    ):
        answer = nginx.get(url)
        assert (answer.status_code, answer.json()["error_code"]) == (404, code)
        assert answer.headers["content-type"] == "application/vnd.schemaregistry.v1+json"
    assert nginx.get("/associations/resources/-/topic?resourceType=topic").json() == []
    for url in ("/.static.json", "/api/v1/subjects/nobody", "/../index.sqlite"):
        assert nginx.get(url).status_code in {400, 404}


@pytest.fixture(scope="module")
def static_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example registry, exported with its plain files."""
    import os

    from llmreg.ops.export import ExportRequest, export

    base = tmp_path_factory.mktemp("nginx")
    registry, out = base / "registry", base / "out"
    shutil.copytree(Path(__file__).parents[4] / "example-registry", registry)
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "core.fsync=none"]
    quiet = os.environ | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    for command in (["init", "-q"], ["add", "--all"], ["commit", "-q", "-m", "all"]):
        subprocess.run(["git", *identity, *command], cwd=registry, env=quiet, check=True)

    def beside(made: Path) -> None:
        with Index(made) as index, kept(out) as changed:
            write(index, out / "site", changed)

    export(ExportRequest(registry, out, environment=os.environ), beside=beside)
    return out
