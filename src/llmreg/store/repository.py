"""Find the Git repository of a directory, and decide which variables of a surrounding hook belong to it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from llmreg.errors import GitError
from llmreg.model.record import dataclass, field
from llmreg.store.gitenv import HOOK_VARIABLES, SAFE, read_environment, run

_FACTS = (
    "--path-format=absolute",
    "--git-dir",
    "--git-common-dir",
    "--is-bare-repository",
    "--is-inside-work-tree",
    "--is-shallow-repository",
    "--show-object-format",
    "--show-prefix",
)


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a repository is and what it is like. `prefix` is the way from `top_level` to the directory asked for
    (POSIX, "" or ending in a slash); `hook` the hook's variables that speak of this repository, made absolute."""

    git_dir: Path
    common_dir: Path
    top_level: Path | None
    prefix: str
    bare: bool
    shallow: bool
    object_format: str
    hook: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Path:
        """Where commands run: the top of the work tree, or the Git directory where there is none."""
        return self.top_level or self.git_dir


def discover(start: Path, *, git_dir: Path | None = None, env: Mapping[str, str] | None = None) -> Repository:
    """The repository of the directory `start`, or the one at `git_dir` (a bare one).

    Inside a hook, the hook's variables count only when `start` lies in the hook's own repository: with a leaked
    `GIT_DIR`, Git would answer for the app's repository instead of the registry's. Raises GitError.
    """
    env = os.environ if env is None else env
    leaked = {key: env[key] for key in HOOK_VARIABLES if env.get(key)}
    if git_dir is not None:
        return _ask(start, read_environment(env), ("--git-dir", str(git_dir)))
    if not leaked:
        return _ask(start, read_environment(env))
    hooks_own = _hook_repository(env, leaked)
    try:
        found = _ask(start, read_environment(env))
    except GitError:
        if hooks_own is not None and start.resolve().is_relative_to(hooks_own.git_dir):
            return hooks_own
        raise
    same = hooks_own is not None and hooks_own.common_dir == found.common_dir and hooks_own.git_dir == found.git_dir
    if not same or hooks_own is None:
        return found
    return _with_hook(found, hooks_own.hook)


def _hook_repository(env: Mapping[str, str], leaked: Mapping[str, str]) -> Repository | None:
    """The repository whose hook is running (its variables are relative to the current directory)."""
    try:
        found = _ask(Path.cwd(), read_environment(env, hook=leaked))
    except GitError:
        return None
    absolute = {}
    for key, value in leaked.items():
        base = found.place if key == "GIT_INDEX_FILE" else Path.cwd()
        parts = value.split(os.pathsep) if key == "GIT_ALTERNATE_OBJECT_DIRECTORIES" else [value]
        absolute[key] = os.pathsep.join(str(base / part) for part in parts)
    return _with_hook(found, absolute)


def _with_hook(repository: Repository, hook: Mapping[str, str]) -> Repository:
    return Repository(
        repository.git_dir,
        repository.common_dir,
        repository.top_level,
        repository.prefix,
        repository.bare,
        repository.shallow,
        repository.object_format,
        hook,
    )


def _ask(start: Path, env: Mapping[str, str], options: tuple[str, ...] = ()) -> Repository:
    here = start.resolve()
    done = run([*SAFE, *options, "rev-parse", *_FACTS], cwd=here, env=env)
    lines = os.fsdecode(done.stdout).split("\n")
    git_dir, common_dir, bare, inside, shallow, object_format = lines[:6]
    prefix = "\n".join(lines[6:-1])
    top_level = None
    if inside == "true":
        depth = prefix.count("/")
        top_level = here.parents[depth - 1] if depth else here
    return Repository(
        git_dir=Path(git_dir),
        common_dir=Path(common_dir),
        top_level=top_level,
        prefix=prefix,
        bare=bare == "true",
        shallow=shallow == "true",
        object_format=object_format,
    )
