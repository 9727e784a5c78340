"""What the deployment guides show is run: the replicas' script, and the proxy of nginx where nginx is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from tests import transcript

GUIDES = Path(__file__).parents[3] / "docs" / "guides"
pytestmark = pytest.mark.skipif(
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
def replica(exported_once: object, tmp_path: Path) -> Replica:
    made = Replica(tmp_path, exported_once.out)  # type: ignore[attr-defined]
    made.sign()
    return made


def test_a_replica_takes_what_is_signed_and_whole(replica: Replica) -> None:
    assert replica.pull() == 0
    assert replica.files() == {path.name: path.read_bytes() for path in replica.there.iterdir()}
    before = (replica.here / "index.sqlite").stat().st_ino
    assert replica.pull() == 0
    assert (replica.here / "index.sqlite").stat().st_ino == before  # nothing new, nothing moved


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
