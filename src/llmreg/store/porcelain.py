"""What a person could have typed: add, commit, switch, push, verify-tag, run for real with their hooks and signing."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from llmreg.errors import GitError
from llmreg.store.gitenv import run, write_environment
from llmreg.store.gitparse import raw_changes
from llmreg.store.repository import Repository

_ADD_SECONDS = 5.0
_MANY = 200


class Porcelain:
    """Git commands that change the repository or ask a person's own programs; paths count from its top."""

    def __init__(self, repository: Repository, env: Mapping[str, str] | None = None) -> None:
        self._repository = repository
        self._env = write_environment(os.environ if env is None else env, hook=repository.hook)

    def add(self, paths: Sequence[str]) -> None:
        """Stage exactly these paths. Waits up to 5 seconds for another git to free the index; never deletes its lock.

        `update-index` instead of `add`: it compares no patterns, so ten thousand paths cost one look each, and a
        `.gitignore` that happens to match does not leave half of a version behind. Git waits for the disk once
        (`core.fsyncMethod=batch`, as safe as once an object), where it knows how.
        """
        if not paths:
            return
        settings = ["-c", "core.fsmonitor=false", "-c", "core.fsyncMethod=batch"]
        command = ["git", *settings, "update-index", "--add", "--remove", "-z", "--stdin"]
        pause, deadline = 0.02, time.monotonic() + _ADD_SECONDS
        while True:
            try:
                run(command, cwd=self._place, env=self._env, stdin=_nul(paths))
                return
            except GitError as error:
                if "index.lock" not in error.message and ".lock'" not in error.message:
                    raise
                if time.monotonic() > deadline:
                    shown = " ".join(paths[:4]) + (" …" if len(paths) > 4 else "")
                    raise GitError(
                        "everything is written, but another git holds the index, so nothing is staged",
                        hint=f"when it is done: git add -- {shown}",
                    ) from None
            time.sleep(pause)
            pause = min(pause * 2, 0.5)

    def commit(self, paths: Sequence[str], message: str, extra: Sequence[str] = ()) -> str:
        """`git commit` of these paths and nothing else; the new commit's id. Raises GitError with the hooks' words.

        Where nothing else is staged it is a plain commit, which also works while a merge is being concluded.
        """
        command = ["git", "--literal-pathspecs", "commit", "--quiet", "-m", message, *extra]
        if self._only_staged(frozenset(paths)):
            self._execute(command)
        elif len(paths) <= _MANY:
            self._execute([*command, "--", *paths])
        else:
            self._execute([*command, "--pathspec-from-file=-", "--pathspec-file-nul"], _nul(paths))
        return run(["git", "rev-parse", "HEAD"], cwd=self._place, env=self._env).stdout.decode().strip()

    def switch_new(self, branch: str) -> None:
        """Create a branch here and switch to it, keeping what is staged. Raises GitError when it exists."""
        self._execute(["git", "switch", "--quiet", "--create", branch])

    def push(self, branch: str, remote: str = "origin") -> str:
        """Push a branch and let it follow the remote's; what the remote said (often a link for a pull request)."""
        return self._execute(
            ["git", "push", "--quiet", "--set-upstream", "--end-of-options", remote, f"refs/heads/{branch}"]
        )

    def verify_tag(self, tag: str) -> str:
        """`git verify-tag` with the person's own GnuPG or SSH settings; its words. Raises GitError."""
        return self._execute(["git", "verify-tag", "--", tag])

    @property
    def _place(self) -> Path:
        return self._repository.place

    def _only_staged(self, paths: frozenset[str]) -> bool:
        """Whether everything that is staged lies in `paths`."""
        command = ["git", "-c", "core.fsmonitor=false", "diff-index", "--cached", "--raw", "-z", "--no-renames", "HEAD"]
        done = run(command, cwd=self._place, env=self._env, accept=frozenset({0, 128}))
        if done.returncode:  # no commit yet: what is in the index is what is staged
            listed = run(["git", "ls-files", "-z"], cwd=self._place, env=self._env).stdout
            staged = set(os.fsdecode(listed).split("\0")) - {""}
        else:
            staged = {change.path for change in raw_changes(done.stdout)}
        return staged <= paths

    def _execute(self, command: list[str], stdin: bytes | None = None) -> str:
        """Through GitPython, as a person would run it. Raises GitError with Git's and the hooks' words."""
        from git import Git  # imported late: it costs 90 ms, and only a commit needs it

        with _environment(self._env), TemporaryFile() as feed:
            if stdin is not None:
                feed.write(stdin)
                feed.seek(0)
            status, out, err = Git(str(self._place)).execute(
                command,
                istream=feed if stdin is not None else None,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=True,
            )
        words = "\n".join(part for part in (_text(err), _text(out)) if part)
        if status:
            raise GitError(words or f"`{' '.join(command[:2])}` failed without a word")
        return words


@contextmanager
def _environment(env: Mapping[str, str]) -> Iterator[None]:
    """GitPython adds to the process's environment and cannot take away: a leaked GIT_DIR would reach the command."""
    saved = dict(os.environ)
    os.environ.clear()
    os.environ.update(env)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved)


def _text(value: str | bytes) -> str:
    return (value if isinstance(value, str) else value.decode("utf-8", "replace")).strip()


def _nul(paths: Sequence[str]) -> bytes:
    return b"".join(os.fsencode(path) + b"\0" for path in dict.fromkeys(paths))
