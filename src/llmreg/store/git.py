"""Read a Git repository through plumbing: no checkout, no filter, no hook, no network."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from llmreg.errors import GitError, UsageError
from llmreg.model.snapshot import Entry
from llmreg.store.catfile import ObjectReader
from llmreg.store.gitenv import SAFE, read_environment, run
from llmreg.store.gitparse import Change, index_entries, raw_changes, tree_entries
from llmreg.store.listing import Listing
from llmreg.store.repository import Repository, discover

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REFUSED_SYNTAX = re.compile(r"^$|^[-^]|[\x00-\x1f\x7f]|:|\.\.|\^\{/")
_BRANCH = re.compile(r"[\w./-]*[A-Za-z][\w./-]*")
_DIFF = ("--raw", "-z", "-r", "--no-renames", "--no-abbrev", "--no-ext-diff")
_MAX_OBJECT = 64 << 20
_KEPT_FILES = 1000  # a listing up to this size is kept: the baseline and the index ask for the same folders


class GitReader:
    """One repository, read only. A context manager: `close` ends the one process that stays open."""

    def __init__(self, repository: Repository, env: Mapping[str, str] | None = None, *, git_dir: bool = False) -> None:
        self.repository = repository
        self._env = read_environment(os.environ if env is None else env, hook=repository.hook)
        # Outside a work tree Git must be told where the repository is: safe.bareRepository forbids finding it.
        named = git_dir or repository.top_level is None
        self._options = ("--git-dir", str(repository.git_dir)) if named and "GIT_DIR" not in repository.hook else ()
        self._objects = ObjectReader(repository.place, self._env, self._options)
        self._resolved: dict[str, str] = {}
        self._index_changes: dict[tuple[str, str], list[Change]] = {}
        self._listed: dict[tuple[str, str], dict[str, Entry]] = {}

    @classmethod
    def open(cls, start: Path, *, git_dir: Path | None = None, env: Mapping[str, str] | None = None) -> Self:
        """The reader for the repository of `start`, or for the (bare) one at `git_dir`. Raises GitError."""
        return cls(discover(start, git_dir=git_dir, env=env), env, git_dir=git_dir is not None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the open process; the reader may still be used and starts another."""
        self._objects.close()

    @property
    def is_shallow(self) -> bool:
        return self.repository.shallow

    @property
    def common_dir(self) -> Path:
        return self.repository.common_dir

    @property
    def top_level(self) -> Path | None:
        return self.repository.top_level

    def resolve(self, revision: str) -> str:
        """The commit id that `revision` names, once and for all.

        Raises UsageError for what is no plain revision, GitError for an unknown or an ambiguous one.
        """
        known = self._resolved.get(revision)
        if known is None:
            known = self._resolved[revision] = self._resolve(revision)
        return known

    def try_resolve(self, revision: str) -> str | None:
        """The same, or None where Git does not know it (also for HEAD of a repository without commits)."""
        try:
            return self.resolve(revision)
        except GitError as error:
            if "is ambiguous" in error.message:
                raise
            return None

    def tree(self, oid: str, prefixes: Sequence[str] = ()) -> dict[str, Entry]:
        """Every file of a commit or tree, or those at or below `prefixes` (from the repository's top)."""
        known = [self._listed[oid, prefix] for prefix in prefixes if (oid, prefix) in self._listed]
        missing = [prefix for prefix in prefixes if (oid, prefix) not in self._listed]
        found = self._ls_tree(oid, missing) if missing or not prefixes else {}
        if missing and len(found) <= _KEPT_FILES:
            listing = Listing(found)
            self._listed.update({(oid, prefix): listing.below(prefix) for prefix in missing})
        return {path: entry for part in (found, *known) for path, entry in part.items()}

    def _ls_tree(self, oid: str, prefixes: Sequence[str]) -> dict[str, Entry]:
        return tree_entries(self._git("ls-tree", "-r", "-z", "--full-tree", _id(oid), "--", *prefixes))

    def index(self, prefixes: Sequence[str] = ()) -> tuple[dict[str, Entry], frozenset[str]]:
        """The index: its entries, and the paths that a merge left unresolved."""
        return index_entries(self._git("ls-files", "-s", "-z", "--", *prefixes))

    def index_file(self) -> tuple[int, bytes]:
        """(when the index was written, in ns; its bytes); (0, nothing) where there is none. For `statcache`."""
        named = self.repository.hook.get("GIT_INDEX_FILE")
        try:
            with Path(named or self.repository.git_dir / "index").open("rb") as file:
                return os.fstat(file.fileno()).st_mtime_ns, file.read()
        except OSError:
            return 0, b""

    def index_facts(self) -> bytes:
        """`ls-files -s --debug` of this registry, for an index that only Git can read."""
        return self._git("ls-files", "-s", "--debug", "-z", "--", *_paths(self.repository.prefix.rstrip("/")))

    def diff_tree(self, old: str, new: str, prefix: str = "") -> list[Change]:
        """What differs between two commits or trees."""
        return list(raw_changes(self._git("diff-tree", *_DIFF, _id(old), _id(new), "--", *_paths(prefix))))

    def diff_index_cached(self, oid: str, prefix: str = "") -> list[Change]:
        """What differs between a commit or tree and the index, as this reader first saw it; asked of Git once."""
        known = self._index_changes.get((oid, prefix))
        if known is None:
            flags = [flag for flag in _DIFF if flag != "-r"]
            output = self._git("diff-index", "--cached", *flags, _id(oid), "--", *_paths(prefix))
            known = self._index_changes[oid, prefix] = list(raw_changes(output))
        return known

    def merge_base(self, left: str, right: str) -> str | None:
        """The best common ancestor; None when the clone holds none."""
        done = self._run(("merge-base", _id(left), _id(right)), accept=frozenset({0, 1}))
        return done.strip() or None

    def empty_tree(self) -> str:
        """The id of the tree without files, in this repository's hash."""
        return self._run(("hash-object", "-t", "tree", "--stdin"), stdin=b"").strip()

    def tags(self, glob: str = "**") -> list[tuple[str, str]]:
        """(tag, id of the commit it points at) for tags that match, in version order; `*` stops at a slash."""
        form = "%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(refname)"
        out = self._git("for-each-ref", f"--format={form}", "--sort=version:refname", f"refs/tags/{glob}")
        found = []
        for line in os.fsdecode(out).splitlines():
            kind, oid, peeled_kind, peeled, name = line.split("\0")
            if "commit" in (kind, peeled_kind):
                found.append((name.removeprefix("refs/tags/"), oid if kind == "commit" else peeled))
        return found

    def annotated_tags(self) -> frozenset[str]:
        """Tags that are objects of their own, and so may carry a signature."""
        out = self._git("for-each-ref", "--format=%(objecttype) %(refname)", "refs/tags")
        lines = os.fsdecode(out).splitlines()
        return frozenset(line.removeprefix("tag refs/tags/") for line in lines if line.startswith("tag "))

    def symbolic_ref(self, name: str) -> str | None:
        """What `name` (`refs/remotes/origin/HEAD`, `HEAD`) points at, as a full ref; None for none."""
        done = self._run(("rev-parse", "--symbolic-full-name", name), accept=frozenset({0, 128}))
        lines = done.splitlines()
        return lines[0] if lines and lines[0].startswith("refs/") else None

    def parents(self, commit: str) -> tuple[str, ...]:
        """The parents that the commit records, also those that a shallow clone lacks."""
        _, data = next(self.read_objects([commit], kind="commit"))
        header = data.partition(b"\n\n")[0].decode("utf-8", "replace")
        return tuple(line.removeprefix("parent ") for line in header.split("\n") if line.startswith("parent "))

    def rev_list(self, *arguments: str) -> bytes:
        """`rev-list` for the history reader; arguments are fixed flags and object ids."""
        return self._git("rev-list", *arguments)

    def diff_tree_stdin(self, commits: bytes, flags: Sequence[str], prefix: str) -> bytes:
        """`diff-tree --stdin` over many commits in one process."""
        return self._run_bytes(("diff-tree", "--stdin", *flags, "--", *_paths(prefix)), stdin=commits)

    def read_objects(
        self, oids: Sequence[str], *, limit: int = _MAX_OBJECT, kind: str = "blob"
    ) -> Iterator[tuple[str, bytes]]:
        """(id, content) of every object, in order; an object above `limit` bytes is refused before it is read."""
        return self._objects.read([_id(oid) for oid in oids], limit, kind)

    def _resolve(self, revision: str) -> str:
        if _REFUSED_SYNTAX.search(revision):
            raise UsageError(
                f"{revision!r} is no single revision", hint="name one commit, branch or tag, such as main or HEAD~1"
            )
        command = [*SAFE, *self._options, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}"]
        done = run(command, cwd=self.repository.place, env=self._env, accept=frozenset({0, 128}))
        words = done.stderr.decode("utf-8", "replace")
        if "is ambiguous" in words:
            raise GitError(
                f"the revision {revision!r} is ambiguous: {words.strip().splitlines()[0]}",
                hint=f"write it in full: refs/heads/{revision}, refs/tags/{revision}, or the whole commit id",
            )
        oid = done.stdout.decode("ascii", "replace").strip()
        if done.returncode != 0 or not _OID.fullmatch(oid):
            if revision == "HEAD":
                raise GitError("HEAD has no commit yet", hint="commit first: git add -A && git commit")
            raise GitError(f"git knows no revision {revision!r}", hint=self._missing_hint(revision))
        return oid

    def _missing_hint(self, revision: str) -> str | None:
        if self.is_shallow:
            return "this clone is shallow: set `fetch-depth: 2` (or 0) in CI, or run `git fetch --deepen=50`"
        if _BRANCH.fullmatch(revision) and not revision.startswith("origin/"):
            return f"is it fetched? `git fetch origin {revision}`, then perhaps origin/{revision}"
        return None

    def _git(self, *arguments: str) -> bytes:
        return self._run_bytes(arguments)

    def _run(
        self, arguments: Sequence[str], *, stdin: bytes | None = None, accept: frozenset[int] = frozenset({0})
    ) -> str:
        return os.fsdecode(self._run_bytes(arguments, stdin=stdin, accept=accept))

    def _run_bytes(
        self, arguments: Sequence[str], *, stdin: bytes | None = None, accept: frozenset[int] = frozenset({0})
    ) -> bytes:
        command = [*SAFE, *self._options, *arguments]
        return run(command, cwd=self.repository.place, env=self._env, stdin=stdin, accept=accept).stdout


def _id(oid: str) -> str:
    """The id itself; anything else never reaches a command line."""
    if not _OID.fullmatch(oid):
        raise GitError(f"{oid[:60]!r} is no object id")
    return oid


def _paths(prefix: str) -> tuple[str, ...]:
    return (prefix,) if prefix else ()
