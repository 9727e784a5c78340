"""A parsed proto file: its bytes, its import closure, and what is computed from them once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property

from llmreg.errors import SchemaError
from llmreg.formats.interface import Reference, Source, Symbol
from llmreg.formats.protobuf import closure, diagnostics, lexer, protoc, tree
from llmreg.formats.protobuf.declarations import Declaration
from llmreg.formats.protobuf.detail import Details
from llmreg.formats.protobuf.digests import meaning_digest, payload_digest
from llmreg.formats.protobuf.side import Side
from llmreg.model.pointer import join
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass, field

_SYMBOL_KINDS = {
    "message": "type",
    "enum": "type",
    "field": "field",
    "extension": "field",
    "value": "symbol",
    "service": "service",
    "method": "service",
}


@dataclass(eq=False)
class ProtobufSchema:
    """`path` is the virtual path of the file, `imported` the bytes of its whole import closure without itself, by
    virtual path, `origins` the paths of those that lie around it, `descriptors` the serialized FileDescriptorSet of
    all of it."""

    data: bytes
    path: str
    imported: Mapping[str, bytes] = field(repr=False)
    references: tuple[Reference, ...]
    warnings: tuple[Problem, ...]
    descriptors: bytes = field(repr=False)
    side: Side = field(repr=False)
    origins: Mapping[str, str] = field(repr=False, default_factory=dict)
    format: str = "protobuf"

    def canonical(self) -> bytes:
        """The tokens and comments of the file with white space made one."""
        return lexer.canonical(self.data.decode())

    def digests(self) -> Mapping[str, str]:
        """`prompt`: the canonical text with its comments. `meaning`: what payloads and generated code depend on,
        whatever the order of declarations, the file's name and that of its imports."""
        return {"prompt": hashlib.sha256(self.canonical()).hexdigest(), "meaning": self.meaning}

    @cached_property
    def meaning(self) -> str:
        return meaning_digest(self.side)

    @cached_property
    def payload_digest(self) -> bytes:
        return payload_digest(self.side)

    @cached_property
    def declarations(self) -> list[Declaration]:
        return self.side.declarations

    def outline(self) -> Iterator[Symbol]:
        """Types, fields, enum values, services and methods, each with its comment."""
        details = Details(self.side.proto)
        for item in self.declarations:
            kind = _SYMBOL_KINDS.get(item.kind)
            if kind is not None:
                yield Symbol(kind, item.names[-1], join("", *item.names), item.comment, details.of(item))


def parse(source: Source) -> ProtobufSchema:
    """See `Format.parse`."""
    text = lexer.read_text(source.data, source.name)
    needed = closure.collect(source, lexer.imports(text))
    path = closure.virtual_path(source, needed.imported)
    files = {**needed.imported, path: source.data}
    protoc.refuse_size(path, files)
    compiled = tree.compile_file(source, path, needed)
    side = _loaded(compiled, path, needed)
    if compiled is None or isinstance(side, str):
        compiled = protoc.compile_closure(path, files)
        side = _loaded(compiled, path, needed)
    told = diagnostics.read(compiled.messages, path, needed.origins)
    if compiled.descriptors is None:
        raise _refused(source.name, told.errors)
    if isinstance(side, str):
        message = f"the compiler takes the file, the runtime refuses it: {side}"
        raise SchemaError(f"{source.name}: {message}", problems=[Problem("protobuf-runtime", message)])
    return ProtobufSchema(
        data=source.data,
        path=path,
        imported=needed.imported,
        references=needed.references,
        warnings=told.warnings,
        descriptors=compiled.descriptors,
        side=side,
        origins=needed.origins,
    )


def _loaded(compiled: protoc.Compiled | None, path: str, needed: closure.Closure) -> Side | str:
    """The descriptors in a pool; why not, when the runtime refuses them or there are none."""
    if compiled is None or compiled.descriptors is None:
        return ""
    try:
        return Side(compiled.descriptors, path, needed.origins)
    except (TypeError, ValueError, KeyError) as error:
        return " ".join(str(error).split())[:300]


def _refused(name: str, errors: tuple[Problem, ...]) -> SchemaError:
    problems = errors or (Problem("protoc", "the compiler refuses the file without saying why"),)
    first = problems[0]
    place = f"line {first.line}: " if first.line else ""
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return SchemaError(f"{name}: {place}{first.message}{more}", problems=problems)
