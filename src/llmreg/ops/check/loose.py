"""Loose schema files in any Git repository, compared with themselves at an earlier revision; no registry needed."""

from __future__ import annotations

import glob
import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from llmreg.compat.schemas import Schemas
from llmreg.errors import NotFoundError
from llmreg.formats import catalogue
from llmreg.model.report import Baseline, Report
from llmreg.ops.check.loose_file import LooseCheck, State
from llmreg.ops.check.request import CheckRequest, CheckResult
from llmreg.store import bufroots
from llmreg.store.around import around, named_folder, path_below
from llmreg.store.baseline import choose
from llmreg.store.git import GitReader
from llmreg.store.gitsnapshot import GitSnapshot
from llmreg.store.registry import RegistryView
from llmreg.store.revision import RevisionSnapshot
from llmreg.store.staged import StagedSnapshot
from llmreg.store.worktree import WorktreeSnapshot

_WILD = frozenset("*?[")
# What a glob's parts are as regular expressions; `**/` is any number of folders.
_GLOB = re.compile(r"(?P<deep>\*\*/)|(?P<many>\*+)|(?P<one>\?)|(?P<set>\[!?\]?[^]]*\])|(?P<text>.)", re.DOTALL)
_AS_REGEX = {"deep": r"(?:[^/]+/)*", "many": r"[^/]*", "one": r"[^/]"}


def check_files(request: CheckRequest, targets: Sequence[str], registry: RegistryView | None = None) -> CheckResult:
    """Compare the files with their blobs at the baseline, or at every tag that matches (transitively).

    `registry` is the one around, that pinned references lead into."""
    with GitReader.open(request.start, env=request.environment) as reader:
        top = reader.repository.top_level
        if top is None:
            raise NotFoundError("loose files need a work tree", hint="run this in a clone that is not bare")
        paths = sorted(set(_expand(request.start, targets, top)))
        releases, baseline = _releases(request, reader)
        head = _head(request, reader, top)
        lost = list(_lost(request, targets, paths, top, releases))
        if not paths and not lost:
            raise NotFoundError(f"no file matches {' '.join(targets)}")
        connected = [path for path in paths if path.endswith(catalogue.importing())]
        for state in (head, *releases) if connected else ():
            state.files.prefetch([*connected, *bufroots.FILES])
        roots = tuple(named_folder(request.start, folder, top) for folder in request.import_roots)
        schemas = Schemas(registry) if registry is not None else None
        judge = LooseCheck(request, head, releases, roots, schemas.resolve if schemas is not None else None)
        reports = [judge.check(path) for path in paths]
        return CheckResult(Report(tuple(reports), baseline, notes=tuple(lost), checked=len(reports)))


def _head(request: CheckRequest, reader: GitReader, top: Path) -> State:
    snapshot: GitSnapshot | WorktreeSnapshot
    if request.staged:
        snapshot = StagedSnapshot(reader, "")
    elif request.head:
        snapshot = RevisionSnapshot(reader, reader.resolve(request.head), request.head, "")
    else:
        snapshot = WorktreeSnapshot(top, reader.repository.object_format)
    return State(snapshot.label, snapshot, around(snapshot, reader))


def _expand(start: Path, targets: Sequence[str], top: Path) -> Iterator[str]:
    """Paths from the repository's top. Links in the folders are resolved; a file that is a link is refused later."""
    for target in targets:
        found = glob.glob(target, root_dir=start, recursive=True) if _WILD & set(target) else [target]  # noqa: PTH207
        for name in found:
            file = Path(os.path.realpath((start / name).parent)) / Path(name).name
            if file.is_dir():
                continue
            yield path_below(top, file, name)


def _lost(
    request: CheckRequest, targets: Sequence[str], paths: Sequence[str], top: Path, releases: Sequence[State]
) -> Iterator[str]:
    """What the globs matched at the (newest) release and match no more: a file that is gone cannot pass unseen."""
    here = path_below(top, Path(os.path.realpath(request.start)), ".")
    for target in targets:
        if not _WILD & set(target):
            continue
        pattern = posixpath.normpath(posixpath.join(here, target))
        fixed = posixpath.dirname(re.split(r"[*?[]", pattern, maxsplit=1)[0])
        expression = re.compile(
            "".join(_AS_REGEX.get(part.lastgroup or "") or _as_regex(part) for part in _GLOB.finditer(pattern))
        )
        for path in releases[-1].snapshot.entries(fixed):
            if expression.fullmatch(path) and path not in paths:
                yield f"{path} is at {releases[-1].name} and not here: what was written with it was not judged"


def _as_regex(part: re.Match[str]) -> str:
    text = part.group()
    return re.escape(text) if part["text"] else text.replace("[!", "[^", 1)


def _releases(request: CheckRequest, reader: GitReader) -> tuple[list[State], Baseline]:
    if request.against_tags:
        tags = reader.tags(request.against_tags)
        if not tags:
            raise NotFoundError(
                f"no tag matches {request.against_tags!r}", hint="a shallow clone has none: git fetch --tags"
            )
        found = [_state(reader, oid, name) for name, oid in tags]
        return found, Baseline(request.against_tags, None, _counted(len(tags)))
    chosen = choose(reader, request.against, staged=request.staged, env=request.environment)
    return [_state(reader, chosen.tree, chosen.revision)], Baseline(chosen.revision, chosen.commit, chosen.why)


def _state(reader: GitReader, oid: str, name: str) -> State:
    snapshot = RevisionSnapshot(reader, oid, name, "")
    return State(name, snapshot, around(snapshot, reader))


def _counted(tags: int) -> str:
    return "the one tag that matches" if tags == 1 else f"the {tags} tags that match"
