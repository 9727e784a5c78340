"""The import closure of a file: which pinned subjects it needs, and their bytes under virtual paths."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from llmreg.errors import NotFoundError, SchemaError
from llmreg.formats.interface import Reference, Source
from llmreg.formats.protobuf import lexer, wellknown
from llmreg.formats.protobuf.lexer import Import
from llmreg.model.problem import Problem
from llmreg.model.subject import name_problem
from llmreg.model.version import Version

DEFAULT_PATH = "schema.proto"
_PINNED = re.compile(r"(?P<subject>[^:;=\\\s]+)/(?P<version>\d+\.\d+\.\d+[^/:;=\\\s]*)\.proto")
# A mapped path may hold neither a list separator (`:`, `;`) nor `=`: the compiler's own option syntax.
_SAFE_PATH = re.compile(r"[A-Za-z0-9._+/-]+")


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


def scan(found: Sequence[Import]) -> list[Reference]:
    """The references among the imports, sorted, each once; other imports are left out."""
    return sorted({item.path: known for item in found if (known := reference(item.path)) is not None}.values())


def virtual_path(source: Source) -> str:
    """The path under which the compiler sees the file; a path that it cannot map is replaced."""
    path = source.path or DEFAULT_PATH
    return path if _SAFE_PATH.fullmatch(path) and path not in wellknown.PATHS else DEFAULT_PATH


def collect(source: Source, found: Sequence[Import], path: str) -> dict[str, bytes]:
    """The bytes of everything the file imports, by virtual path. Raises SchemaError for a missing import, or when two
    versions of one subject meet."""
    problems = [_unknown(item) for item in found if reference(item.path) is None and item.path not in wellknown.PATHS]
    if problems:
        raise SchemaError(f"{source.name}: line {problems[0].line}: {problems[0].message}", problems=problems)
    imported: dict[str, bytes] = {}
    for item in scan(found):
        place = next(entry for entry in found if entry.path == item.name)
        schema = _resolve(source, item, place)
        imported.update(schema.imported)
        imported[item.name] = schema.data
    _refuse_two_versions(path, source.data, imported, source.name)
    return imported


def _resolve(source: Source, item: Reference, place: Import) -> Pinned:
    if source.resolve is None:
        message = f"the import {item.name!r} is not at hand: there is no registry to take {item} from"
        raise _import_error(source.name, place, message)
    try:
        schema = source.resolve(item.subject, item.version)
    except NotFoundError as error:
        message = f"the import {item.name!r} names {item}, which does not exist: {error.message}"
        raise _import_error(source.name, place, message) from None
    if schema.format != "protobuf" or not hasattr(schema, "imported"):
        message = f"the import {item.name!r} names {item}, which is not a Protobuf schema but {schema.format}"
        raise _import_error(source.name, place, message)
    return cast("Pinned", schema)


def _refuse_two_versions(path: str, data: bytes, imported: Mapping[str, bytes], name: str) -> None:
    """Both would define the same symbols, and the compiler's own words for that do not lead to the cause."""
    users: dict[str, dict[str, list[str]]] = {}
    for importer, text in {**imported, path: data}.items():
        for item in lexer.imports(text.decode("utf-8", "replace")):
            known = reference(item.path)
            if known is not None:
                users.setdefault(known.subject, {}).setdefault(known.version, []).append(importer)
    own = reference(path)
    if own is not None and own.subject in users:
        users[own.subject].setdefault(own.version, []).append("this file itself")
    for subject, versions in sorted(users.items()):
        if len(versions) > 1:
            told = "; ".join(f"{version} through {', '.join(sorted(who))}" for version, who in sorted(versions.items()))
            message = f"two versions of {subject} meet in one file: {told}"
            problem = Problem(code="two-versions", message=message, hint="pin one version of it everywhere")
            raise SchemaError(f"{name}: {message}", problems=[problem], hint=problem.hint)


def _unknown(item: Import) -> Problem:
    return Problem(
        code="import-missing",
        message=f"the import {item.path!r} is neither a well-known file nor a pinned version of a subject",
        line=item.line,
        column=item.column,
        hint='import another subject as "<subject>/<version>.proto", such as "chat/message/1.0.0.proto"',
    )


def _import_error(name: str, place: Import, message: str) -> SchemaError:
    problem = Problem(code="import-missing", message=message, line=place.line, column=place.column)
    return SchemaError(f"{name}: line {place.line}: {message}", problems=[problem])
