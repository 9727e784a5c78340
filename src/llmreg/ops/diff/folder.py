"""Two folders of files that import each other, each judged with its own tree: on disk, or at a revision."""

from __future__ import annotations

import posixpath
from pathlib import Path, PurePath

from llmreg.compat.selector import split
from llmreg.compat.trees import Files, Tree
from llmreg.errors import NotFoundError
from llmreg.formats import catalogue
from llmreg.formats.interface import Format
from llmreg.ops.diff.request import DiffRequest
from llmreg.store.around import below
from llmreg.store.git import GitReader
from llmreg.store.registry import RegistryView
from llmreg.store.revision import RevisionSnapshot


def is_folder(start: Path, text: str, registry: RegistryView | None) -> bool:
    """Whether a side is a folder: one on disk, or `REV:PATH` with a path that does not look like a file's."""
    if registry is not None and registry.has(split(text)[0]):
        return False
    revision, _, path = text.partition(":")
    return (start / text).is_dir() or bool(revision and path and not PurePath(path).suffix)


def trees(request: DiffRequest) -> tuple[Format, Tree, Tree]:
    """The format of the files, and the two trees. Raises NotFoundError for a folder without such files."""
    extensions = catalogue.importing()
    old, new = (_tree(request, text, extensions) for text in (request.old, request.new))
    for tree in (old, new):
        if not tree.files:
            raise NotFoundError(
                f"{tree.label} holds no {' or '.join(extensions)} file, and only such folders are compared",
                hint="compare other schemas one by one: llmreg diff old.json new.json",
            )
    path, data = next(iter(new.files.items()))
    return catalogue.detect(data, PurePath(path).suffix), old, new


def _tree(request: DiffRequest, text: str, extensions: tuple[str, ...]) -> Tree:
    folder = request.start / text
    if folder.is_dir():
        top = posixpath.normpath(text)
        files = below(folder, extensions)
        return (
            Tree(text, Files(files))
            if top == "."
            else Tree(text, Files({f"{top}/{path}": files[path] for path in files}), top)
        )
    revision, _, path = text.partition(":")
    with GitReader.open(request.start, env=request.environment) as reader:
        snapshot = RevisionSnapshot(reader, reader.resolve(revision), revision, "")
        for candidate in (PurePath(path), PurePath(reader.repository.prefix) / path):
            top = candidate.as_posix()
            paths = [item for item in snapshot.entries(top) if item != top and item.endswith(extensions)]
            if paths:
                return Tree(text, Files(snapshot.read_many(paths)), top)
    raise NotFoundError(f"there is no {path} at {revision}", hint="paths count from the repository's top, or from here")
