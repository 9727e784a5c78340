"""How Git is run: the fixed preamble, the environment rule, one function that starts it.

A checkout may name programs in its configuration (fsmonitor, hooks, filters, promisor remotes, replacement objects);
the preamble and the environment keep all of them from running while llmreg reads. Each line of it was measured to close
a hole: docs/explain/store.md.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from llmreg.errors import GitError, LimitError

SAFE = (
    "git",
    "--no-pager",
    "--no-optional-locks",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.quotePath=false",
    "-c",
    "core.warnAmbiguousRefs=true",
    "-c",
    "safe.bareRepository=explicit",
)
READ_VALUES = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
# Git takes and gives back 250 KB for each object that it compresses. glibc hands them to the kernel each time, which is
# more than half of what `git add` of thousands of files costs (benchmarks/register_batch.py). Others ignore these.
_KEEP_MEMORY = {"MALLOC_TOP_PAD_": str(16 << 20), "MALLOC_TRIM_THRESHOLD_": str(256 << 20)}
# What a hook sets about *its* repository: kept for that repository, dropped for any other.
HOOK_VARIABLES = (
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
)
_KEPT = frozenset(
    {
        "GIT_EXEC_PATH",
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "GIT_SSL_CAINFO",
        "GIT_SSL_NO_VERIFY",
        "GIT_CONFIG_COUNT",
        "GIT_ASKPASS",
        "GIT_ALLOW_PROTOCOL",
        "GIT_HTTP_PROXY_AUTHMETHOD",
        # The user's own choice of configuration and of where discovery ends; no checkout can set them.
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CEILING_DIRECTORIES",
        "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    }
)
_KEPT_PREFIXES = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")
_IDENTITY_PREFIXES = ("GIT_AUTHOR_", "GIT_COMMITTER_")
TIMEOUT_SECONDS = 120.0
_WORDS_LIMIT = 2000


def base_environment(env: Mapping[str, str], *, hook: Mapping[str, str] | None = None) -> dict[str, str]:
    """`env` without the `GIT_*` variables that speak of some repository; `hook` (made absolute) is put back."""
    kept = {
        key: value
        for key, value in env.items()
        if not key.startswith("GIT_") or key in _KEPT or key.startswith(_KEPT_PREFIXES)
    }
    return kept | dict(hook or {})


def read_environment(env: Mapping[str, str], *, hook: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of every command that only reads."""
    return base_environment(env, hook=hook) | READ_VALUES


def write_environment(env: Mapping[str, str], *, hook: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of `git add`, `commit` and `push`: the user's identity and protocols count."""
    identity = {key: value for key, value in env.items() if key.startswith(_IDENTITY_PREFIXES)}
    return _KEEP_MEMORY | base_environment(env, hook=hook) | identity | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdin: bytes | None = None,
    accept: frozenset[int] = frozenset({0}),
) -> subprocess.CompletedProcess[bytes]:
    """Run one command to its end. Raises GitError with Git's own words when its status is not in `accept`."""
    try:
        done = subprocess.run(
            list(command),
            cwd=cwd,
            env=dict(env),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise GitError("git is not installed, or not on PATH" if cwd.is_dir() else f"no directory {cwd}") from None
    except subprocess.TimeoutExpired:
        raise LimitError(f"git did not answer within {TIMEOUT_SECONDS:.0f} seconds") from None
    except OSError as error:
        raise GitError(f"git cannot be started: {os.strerror(error.errno or 0)}") from None
    if done.returncode not in accept:
        raise refusal(done.stderr)
    return done


def refusal(stderr: bytes) -> GitError:
    """Git's own words as an error, with advice for what people meet."""
    words = stderr.decode("utf-8", "replace").strip()[:_WORDS_LIMIT]
    hint = None
    if "safe.bareRepository" in words:
        hint = "this is a bare repository or the inside of .git: go to a work tree, or name it with --git-dir"
    elif "not a git repository" in words:
        hint = "a registry lives in a Git repository: run `git init` first"
    elif "transport '" in words or "lazy fetch" in words or "promisor" in words:
        hint = PARTIAL_HINT
    return GitError(words or "git failed without a word", hint=hint)


PARTIAL_HINT = "this clone is partial and llmreg fetches nothing by itself: run `git fetch --refetch --no-filter` once"
