"""The import closure of a file: the pinned subjects and neighbouring files that it needs, under virtual paths."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, cast

from llmreg.errors import InputError, LimitError, NotFoundError, SchemaError
from llmreg.formats.interface import Reference, Source
from llmreg.formats.protobuf import lexer, neighbours, wellknown
from llmreg.formats.protobuf.lexer import Import
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass, field
from llmreg.model.subject import name_problem
from llmreg.model.version import Version

DEFAULT_PATH = "schema.proto"
MAX_FILES = 500
_MAX_REMEMBERED = 4096
_PINNED = re.compile(r"(?P<subject>[^:;=\\\s]+)/(?P<version>\d+\.\d+\.\d+[^/:;=\\\s]*)\.proto")
# A mapped path may hold neither a list separator (`:`, `;`) nor `=`: the compiler's own option syntax.
_SAFE_PATH = re.compile(r"[A-Za-z0-9._+/-]+")
_IMPORTS: dict[bytes, tuple[Import, ...]] = {}


class Pinned(Protocol):
    """What the closure needs of a resolved schema of this format."""

    @property
    def data(self) -> bytes: ...

    @property
    def imported(self) -> Mapping[str, bytes]: ...


def reference(path: str) -> Reference | None:
    """The pinned reference that an import path is; None for any other path."""
    match = _PINNED.fullmatch(path)
    if match is None or name_problem(match["subject"]) is not None:
        return None
    try:
        Version.parse(match["version"])
    except ValueError:
        return None
    return Reference(match["subject"], match["version"], name=path)


def imports_of(data: bytes, name: str) -> tuple[Import, ...]:
    """The imports of a file, remembered by content: in a tree the same files are wanted by many others.

    Raises SchemaError or LimitError for a text that cannot be read."""
    key = hashlib.sha256(data).digest()
    known = _IMPORTS.get(key)
    if known is None:
        known = tuple(lexer.imports(lexer.read_text(data, name)))
        if len(_IMPORTS) >= _MAX_REMEMBERED:
            _IMPORTS.clear()
        _IMPORTS[key] = known
    return known


@dataclass(frozen=True, slots=True)
class Closure:
    """Everything that a file imports: the bytes by virtual path, the path among `Source.files` by virtual path (of
    those that come from there), and the file's own pinned references, sorted."""

    imported: dict[str, bytes] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()


def virtual_path(source: Source, taken: Collection[str] = ()) -> str:
    """The path under which the compiler sees the file: its own, unless the compiler cannot map it or an import has
    that path."""
    path = source.path or DEFAULT_PATH
    if _SAFE_PATH.fullmatch(path) and not neighbours.impossible(path) and path not in {*wellknown.PATHS, *taken}:
        return path
    path = DEFAULT_PATH
    while path in taken:
        path = f"llmreg/{path}"
    return path


def collect(source: Source, found: Sequence[Import]) -> Closure:
    """Everything that the file imports. Raises SchemaError for imports that are missing, form a circle, or would bring
    the same declarations twice, each placed at the file's own import that leads there; LimitError for too many."""
    walk = _Walk(source)
    walk.run(found)
    if walk.problems:
        first = walk.problems[0]
        raise SchemaError(f"{source.name}: line {first.line}: {first.message}", problems=walk.problems, hint=first.hint)
    own = reference(virtual_path(source)) if source.files is None else None
    _refuse_two_versions(source, own, walk)
    pins = {item.path: walk.pins[item.path] for item in found if item.path in walk.pins}
    return Closure(walk.imported, walk.origins, tuple(sorted(pins.values())))


@dataclass(slots=True)
class _Frame:
    """A file whose imports are being followed; `entry` is the import that led here, None for the first file."""

    place: str
    rest: Iterator[Import]
    entry: Import | None = None


@dataclass(slots=True)
class _Walk:
    """Depth first over the imports. `homes` are the virtual paths by the path among `Source.files`."""

    source: Source
    imported: dict[str, bytes] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    pins: dict[str, Reference] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)

    def run(self, found: Iterable[Import]) -> None:
        self.stack.append(_Frame(self.source.path or self.source.name, iter(found)))
        while self.stack:
            item = next(self.stack[-1].rest, None)
            if item is None:
                self.stack.pop()
            elif item.path not in wellknown.PATHS:
                self._follow(item)

    def _follow(self, item: Import) -> None:
        try:
            files = self.source.files
            place = self._find(item, files) if files is not None else None
            if files is not None and place is not None:
                self._enter(item, place, files)
                return
        except (InputError, NotFoundError) as error:
            self._problem(item, "import-missing", error.message, error.hint)
            return
        known = reference(item.path)
        if known is None:
            self._problem(item, "import-missing", *self._nowhere(item))
        else:
            self._pin(item, known)

    def _find(self, item: Import, files: Mapping[str, bytes]) -> str | None:
        """The neighbour that is meant. Raises NotFoundError for one that may not be read, such as a link."""
        if neighbours.impossible(item.path):
            raise SchemaError(
                f"the import {item.path!r} is no path that the compiler takes",
                hint="write it from the folder that imports count from, with single slashes and without `.` or `..`",
            )
        return neighbours.find(files, self.source.roots, self.stack[-1].place, item.path)

    def _enter(self, item: Import, place: str, files: Mapping[str, bytes]) -> None:
        chain = [frame.place for frame in self.stack]
        if place in chain:
            circle = " → ".join([*chain[chain.index(place) :], place])
            self._problem(item, "import-circle", f"the imports form a circle: {circle}")
            return
        if self.origins.get(item.path, place) != place:
            message = f"the import {item.path!r} means {place} here and {self.origins[item.path]} in another file"
            self._problem(item, "import-ambiguous", message, neighbours.SAY_WHERE)
            return
        if self.homes.get(place, item.path) != item.path:
            message = f"{place} is imported as {item.path!r} here and as {self.homes[place]!r} elsewhere"
            self._problem(item, "import-twice", message, "import a file by one path, from one folder")
            return
        if item.path in self.imported:
            return
        if len(self.imported) >= MAX_FILES:
            raise LimitError(f"{self.source.name} needs more than the limit of {MAX_FILES} files")
        data = files[place]
        self.imported[item.path], self.origins[item.path], self.homes[place] = data, place, item.path
        self.stack.append(_Frame(place, iter(imports_of(data, place)), item))

    def _pin(self, item: Import, known: Reference) -> None:
        told, source = f"the import {item.path!r}", self.source
        if item.path in self.pins:
            return
        self.pins[item.path] = known
        if source.resolve is None:
            message = f"{told} is not at hand: there is no registry to take {known} from"
            self._problem(item, "import-missing", message)
            return
        try:
            schema = source.resolve(known.subject, known.version)
        except NotFoundError as error:
            message = f"{told} names {known}, which does not exist: {error.message}"
            self._problem(item, "import-missing", message, error.hint)
            return
        if schema.format != "protobuf" or not hasattr(schema, "imported"):
            message = f"{told} names {known}, which is not a Protobuf schema but {schema.format}"
            self._problem(item, "import-missing", message)
            return
        pinned = cast("Pinned", schema)
        self.imported.update(pinned.imported)
        self.imported[item.path] = pinned.data

    def _nowhere(self, item: Import) -> tuple[str, str]:
        """What to say of an import that nothing is meant by, and what to do."""
        if self.source.files is None:
            message = f"the import {item.path!r} is neither a well-known file nor a pinned version of a subject"
            return message, 'import another subject as "<subject>/<version>.proto", such as "chat/message/1.0.0.proto"'
        return (
            f"no file {item.path!r} is found from {self.stack[-1].place}, the folders above it, or anywhere else here",
            f"add the file to the repository (nothing outside it is read), or {neighbours.SAY_WHERE}",
        )

    def _problem(self, item: Import, code: str, message: str, hint: str | None = None) -> None:
        """The place is the file's own import that leads to the trouble; deeper ones are named in the message."""
        own = self.stack[1].entry if len(self.stack) > 1 and self.stack[1].entry else item
        deeper = "" if own is item else f"{self.stack[-1].place}:{item.line}: "
        self.problems.append(Problem(code=code, message=deeper + message, line=own.line, column=own.column, hint=hint))


def _refuse_two_versions(source: Source, own: Reference | None, walk: _Walk) -> None:
    """Both would define the same symbols, and the compiler's own words for that do not lead to the cause."""
    if not walk.pins:
        return
    users: dict[str, dict[str, list[str]]] = {}
    texts = {walk.origins.get(path, path): data for path, data in walk.imported.items()}
    texts[source.path or "this file"] = source.data
    for importer, text in texts.items():
        for item in imports_of(text, importer):
            known = reference(item.path)
            if known is not None and item.path not in walk.origins:
                users.setdefault(known.subject, {}).setdefault(known.version, []).append(importer)
    if own is not None and own.subject in users:
        users[own.subject].setdefault(own.version, []).append("this file itself")
    for subject, versions in sorted(users.items()):
        if len(versions) > 1:
            told = "; ".join(f"{version} through {', '.join(sorted(who))}" for version, who in sorted(versions.items()))
            message = f"two versions of {subject} meet in one file: {told}"
            problem = Problem(code="two-versions", message=message, hint="pin one version of it everywhere")
            raise SchemaError(f"{source.name}: {message}", problems=[problem], hint=problem.hint)
