"""Files of one tree, each compiled once, however many others import it.

What the compiler made of a file is kept with the tree; a file that wants it later is compiled against that. Whatever
does not go this way (an error, two files that do not go together) is left to a compilation by itself, whose words are
then the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from llmreg.formats.interface import Source
from llmreg.formats.protobuf import diagnostics, neighbours, protoc, wellknown
from llmreg.formats.protobuf.closure import Closure
from llmreg.model.record import dataclass

_UNUSED = "is unused."
Key: TypeAlias = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class _File:
    """`name` is the virtual path that it was compiled under, `content` its serialized descriptor, `bare` the same
    without source info, `said` what the compiler said of it."""

    name: str
    content: bytes
    bare: bytes
    needs: tuple[str, ...]
    said: tuple[str, ...] = ()

    @classmethod
    def of(cls, proto: Any, said: Iterable[str]) -> _File:
        content = proto.SerializeToString()
        proto.ClearField("source_code_info")
        return cls(proto.name, content, proto.SerializeToString(), tuple(proto.dependency), tuple(said))


def compile_file(source: Source, path: str, needed: Closure) -> protoc.Compiled | None:
    """What `protoc.compile_closure` gives for the file at the virtual path `path`; None for a file of no tree, and
    where only a compilation by itself can tell."""
    if source.files is None or source.path is None or needed.imported.keys() != needed.origins.keys():
        return None
    kept: dict[Any, _File] = neighbours.remembered(source.files).setdefault(("compiled", source.roots), {})
    keys = {name: (needed.origins[name], data) for name, data in needed.imported.items()}
    keys[path] = (source.path, source.data)
    if not _compile(kept, keys):
        return None
    files = {name: _named(kept[key], name) for name, key in keys.items()}
    ordered = list(_in_order(kept, files, path))
    said = [line for item in ordered for line in item.said if item.name == path or not line.endswith(_UNUSED)]
    return protoc.Compiled(protoc.descriptor_set(item.content for item in ordered), "\n".join(said))


def _compile(kept: dict[Any, _File], keys: Mapping[str, Key]) -> bool:
    """Compile what is not kept yet, and the well-known files that it wants; whether everything is kept now."""
    texts = {name: key[1] for name, key in keys.items() if key not in kept}
    known = [_named(kept[key], name).bare for name, key in keys.items() if key in kept] if texts else []
    wanted: Collection[str] = texts
    while wanted:
        compiled = protoc.compile_together(wanted, texts, protoc.descriptor_set(known))
        said = _told(compiled.messages, {*keys, *wanted})
        if compiled.descriptors is None or said is None:
            return False
        found = [_File.of(proto, said.get(proto.name, ())) for proto in _files(compiled.descriptors)]
        kept.update((keys.get(item.name, item.name), item) for item in found)
        wanted = {name for item in found for name in item.needs if name in wellknown.PATHS and name not in kept}
    return True


def _files(descriptors: bytes) -> Sequence[Any]:
    from google.protobuf import descriptor_pb2

    return descriptor_pb2.FileDescriptorSet.FromString(descriptors).file


def _named(file: _File, name: str) -> _File:
    """The file under another virtual path; others name it by that path."""
    if file.name == name:
        return file
    from google.protobuf import descriptor_pb2

    proto = descriptor_pb2.FileDescriptorProto.FromString(file.content)
    proto.name = name
    return _File.of(proto, (line.replace(file.name, name, 1) for line in file.said))


def _in_order(kept: Mapping[Any, _File], files: Mapping[str, _File], path: str) -> Iterator[_File]:
    """The file at `path` after everything that it imports, which comes after everything that that imports."""
    done: set[str] = set()
    stack = [path]
    while stack:
        item = files.get(stack[-1]) or kept[stack[-1]]
        waiting = [name for name in item.needs if name not in done]
        if waiting:
            stack += waiting
            continue
        stack.pop()
        if item.name not in done:
            done.add(item.name)
            yield item


def _told(messages: str, names: Collection[str]) -> dict[str, tuple[str, ...]] | None:
    """What was said of each file; None when something was said of no file in particular."""
    told: dict[str, tuple[str, ...]] = {}
    for line in messages.splitlines():
        about = [name for name in names if line.startswith(f"{name}:") or f" {name}." in line]
        if len(about) == 1:
            told[about[0]] = (*told.get(about[0], ()), line)
        elif not line.startswith(diagnostics.NO_NEWS):
            return None
    return told
