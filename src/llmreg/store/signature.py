"""Sign a file with an SSH key, as developers sign commits; `ssh-keygen -Y verify` checks it anywhere, offline."""

from __future__ import annotations

import subprocess
from pathlib import Path

from llmreg.errors import LlmregError, NotFoundError

NAMESPACE = "llmreg-index"


def sign(file: Path, key: Path) -> Path:
    """Write `FILE.sig` beside the file. Raises NotFoundError without a key, LlmregError when ssh-keygen refuses.

    ssh-keygen asks for the key's passphrase on the terminal, or takes the key from the agent."""
    if not key.is_file():
        raise NotFoundError(
            f"there is no key {key}", hint="name the private key, or the public one of a key in the agent"
        )
    signature = file.with_name(f"{file.name}.sig")
    signature.unlink(missing_ok=True)
    command = ["ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-f", str(key), str(file)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, text=True)
    except FileNotFoundError:
        raise LlmregError("ssh-keygen is not installed", hint="it comes with OpenSSH 8.0 or newer") from None
    if done.returncode != 0 or not signature.is_file():
        raise LlmregError(f"ssh-keygen could not sign {file}: {done.stderr.strip()}")
    return signature
