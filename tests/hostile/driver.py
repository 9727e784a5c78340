"""A process that has llmreg imported and forks a child with limits for each command: cheaper than a start each.

Each line of standard input is a request `{"run", "cwd", "env", "cpu", "memory", "base"}`; the answer is a line
`{"status"}`, negative for a signal. The child's standard input, output and error are files in `base`/out. What it
tries to do to the network, and which files it opens for writing outside of `base`, is noted in `base`/out/audit.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from llmreg.cli import app

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request")


def main() -> None:
    for module in ("check", "register", "validate", "lint"):
        __import__(f"llmreg.cli.commands.{module}")
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if not child:
            _run(request)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), flush=True)


def _run(request: dict[str, Any]) -> None:
    status = 99
    try:
        os.setsid()
        out = Path(request["base"]) / "out"
        for number, name, flags in ((0, "stdin", os.O_RDONLY), (1, "stdout", os.O_WRONLY), (2, "stderr", os.O_WRONLY)):
            os.dup2(os.open(out / name, flags | os.O_CREAT | os.O_TRUNC * (number > 0)), number)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in ((0, "r"), (1, "w"), (2, "w")))
        sys.addaudithook(_watch(request["base"], os.open(out / "audit", os.O_WRONLY | os.O_CREAT)))
        resource.setrlimit(resource.RLIMIT_AS, (request["memory"], request["memory"]))
        resource.setrlimit(resource.RLIMIT_CPU, (request["cpu"], request["cpu"]))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 28, 1 << 28))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        status = app.run(request["run"])
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _watch(base: str, notes: int) -> Any:
    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _NETWORK:
            os.write(notes, f"{event} {arguments[1:]}\n".encode())
        elif event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
            path = base if isinstance(arguments[0], int) else os.path.normpath(Path.cwd() / os.fsdecode(arguments[0]))
            if not path.startswith((base, "/dev/")):
                os.write(notes, f"opened {path!r} for writing\n".encode())

    return hook


if __name__ == "__main__":
    main()
