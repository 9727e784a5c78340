"""One side of a comparison: find its text, and parse it with what it refers to."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path, PurePath

from llmreg.compat.schemas import Schemas
from llmreg.compat.selector import pick, split
from llmreg.errors import InputError, NotFoundError, UsageError
from llmreg.formats import catalogue
from llmreg.formats.interface import Format, Importing, Schema, Source
from llmreg.model.record import dataclass, replace
from llmreg.model.version import Version
from llmreg.ops.diff.request import DiffRequest
from llmreg.store import bufroots, layout, yamltext
from llmreg.store.around import FilesAround, around, beside, named_folder, top_above
from llmreg.store.git import GitReader
from llmreg.store.registry import RegistryView, SubjectView
from llmreg.store.revision import RevisionSnapshot
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Side:
    """One side as found: `label` for people, `path` what an annotation points at. `files` are the files around a loose
    one, `inside` is its own path among them, and `roots` are the folders in there that imports count from before all
    others. `owner`: of a file at a revision, the registry there and the file's path in it."""

    label: str
    data: bytes
    suffix: str
    path: str | None = None
    source: bytes = b""
    subject: SubjectView | None = None
    version: Version | None = None
    files: FilesAround | None = None
    inside: str = ""
    roots: tuple[str, ...] = ()
    owner: tuple[RegistryView, str] | None = None

    def known_format(self, declared: str | None) -> str | None:
        """Of a subject its own, of a file the declared one, or the only one with its extension; None: it may be any."""
        if self.subject is not None:
            return self.subject.config.format
        if declared is not None:
            return catalogue.get(declared).name
        alone = catalogue.by_extension(self.suffix)
        return alone.name if alone is not None else None


def find(request: DiffRequest, text: str, workspace: Workspace | None, open_files: ExitStack) -> Side:
    """A file that exists goes first, then `SUBJECT@RANGE`, then `REV:PATH`. `open_files` ends what the files around are
    read with."""
    file = request.start / text
    if file.is_file():
        data = file.read_bytes()
        files, inside = beside(file, request.start, request.environment)
        roots = _roots(request, top_above(file, request.start))
        read = _as_json(data, file.suffix, text)
        return Side(text, read, file.suffix, text, data, files=files, inside=inside, roots=roots)
    name, _ = split(text)
    if workspace is not None and workspace.root is not None and workspace.worktree().has(name):
        return _registered(text, workspace)
    revision, colon, path = text.partition(":")
    if colon:
        reader = open_files.enter_context(GitReader.open(request.start, env=request.environment))
        roots = _roots(request, reader.repository.top_level)
        prefix = workspace.prefix if workspace is not None and workspace.root is not None else None
        return replace(_at_revision(reader, (revision, path), text, prefix), roots=roots)
    raise NotFoundError(
        f"{text!r} is no file, no subject of a registry here, and no REV:PATH",
        hint="examples: schema.json, chat/reply@^1.2, main:schemas/reply.json",
    )


def _registered(text: str, workspace: Workspace) -> Side:
    name, wanted = split(text)
    subject = workspace.worktree().subject(name)
    line = pick(subject, wanted)
    data = subject.version_bytes(str(line.version))
    path = subject.version_path(str(line.version))
    return Side(f"{name}@{line.version}", data, PurePath(path).suffix, path, data, subject, line.version)


def _at_revision(reader: GitReader, wanted: tuple[str, str], text: str, prefix: str | None) -> Side:
    """`prefix`: the way to the registry; None where there is none."""
    revision, path = wanted
    snapshot = RevisionSnapshot(reader, reader.resolve(revision), revision, "")
    for candidate in (path, (PurePath(reader.repository.prefix) / path).as_posix()):
        if candidate in snapshot.entries(candidate):
            data = snapshot.read(candidate)
            suffix = PurePath(path).suffix
            files = around(snapshot, reader)
            side = Side(text, _as_json(data, suffix, text), suffix, candidate, data, files=files, inside=candidate)
            if prefix is None or not candidate.startswith(prefix):
                return side
            registry = RegistryView(RevisionSnapshot(reader, snapshot.oid, revision, prefix))
            return replace(side, owner=(registry, candidate.removeprefix(prefix)))
    raise NotFoundError(f"there is no {path} at {revision}", hint="paths count from the repository's top, or from here")


def _roots(request: DiffRequest, top: Path | None) -> tuple[str, ...]:
    if request.import_roots and top is None:
        raise UsageError("--proto-path names folders of a work tree, and this repository has none")
    return tuple(named_folder(request.start, folder, top) for folder in request.import_roots) if top is not None else ()


def _as_json(data: bytes, suffix: str, name: str) -> bytes:
    return yamltext.to_json(data, name) if suffix in (".yaml", ".yml") else data


def parse(side: Side, schema_format: Format, schemas: Schemas | None) -> Schema:
    """The side's schema, with its pinned references from the registry and its imports from the files around."""
    if side.subject is not None and side.version is not None and schemas is not None:
        return schemas.registered(side.subject, side.version)
    owner = layout.parse_path(side.path or "").subject
    resolve = schemas.resolve(schema_format.name) if schemas is not None else None
    source = Source(
        side.data, name=side.label, resolve=resolve, path=f"{owner}/schema" if owner else side.path, strict=False
    )
    if owner is None and side.files is not None and isinstance(schema_format, Importing):
        roots = side.roots + bufroots.import_roots(side.inside, side.files)
        source = replace(source, path=side.inside, files=side.files, roots=roots)
    try:
        return schema_format.parse(source)
    except InputError as error:
        raise error.named(side.label) from None
