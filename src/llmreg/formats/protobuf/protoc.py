"""Compile proto files in this process: a mapping of virtual path to bytes becomes a serialized FileDescriptorSet.

The compiler is protoc as the grpcio-tools wheel carries it. It reads files and writes its errors to the C level's
standard error, so the files are given as memory files (Linux) or in a temporary directory, and descriptor 2 is
redirected for the time of the call. Both are facts of the whole process: one lock guards them.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from llmreg.errors import FormatUnavailableError, LimitError
from llmreg.model.record import dataclass

MAX_CLOSURE_FILES = 500
MAX_CLOSURE_BYTES = 16 << 20
_CACHE_BYTES = 64 << 20
_LOCK = threading.Lock()
_CACHE: OrderedDict[bytes, Compiled] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Compiled:
    """`descriptors` is the serialized FileDescriptorSet of the closure in dependency order, None when the compiler
    refused it; `messages` is what the compiler said, with virtual paths."""

    descriptors: bytes | None
    messages: str


def compile_closure(main: str, files: Mapping[str, bytes]) -> Compiled:
    """Compile `main` with everything it imports from `files`. Paths must hold no `:`, `;` or `=`.

    Raises LimitError for a closure that is too large, FormatUnavailableError without a compiler."""
    refuse_size(main, files)
    key = _key(main, files)
    with _LOCK:
        known = _CACHE.get(key)
        if known is not None:
            _CACHE.move_to_end(key)
            return known
        compiled = _run([main], files)
        _CACHE[key] = compiled
        while sum(len(item.descriptors or b"") for item in _CACHE.values()) > _CACHE_BYTES or len(_CACHE) > 1024:
            _CACHE.popitem(last=False)
    return compiled


def refuse_size(main: str, files: Mapping[str, bytes]) -> None:
    """Raise LimitError for a closure of too many or too large files."""
    if len(files) > MAX_CLOSURE_FILES:
        raise LimitError(f"{main} needs {len(files)} files, more than the limit of {MAX_CLOSURE_FILES}")
    if sum(map(len, files.values())) > MAX_CLOSURE_BYTES:
        raise LimitError(f"{main} needs more than {MAX_CLOSURE_BYTES} bytes of imports")


def compile_together(mains: Collection[str], files: Mapping[str, bytes], known: bytes) -> Compiled:
    """The descriptors of `mains` alone, each of `files` or a well-known file; what they import besides is taken from
    `known`, a serialized FileDescriptorSet. What the compiler says of an unused import it says of each of them."""
    with _LOCK:
        return _run(mains, files, known)


def descriptor_set(files: Iterable[bytes]) -> bytes:
    """The serialized FileDescriptorSet of serialized files."""
    return b"".join(b"\x0a" + _varint(len(content)) + content for content in files)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def files_of(descriptors: bytes) -> Iterator[bytes]:
    """The serialized files of a FileDescriptorSet that `descriptor_set` or the compiler wrote: field 1, again and
    again."""
    at = 0
    while at < len(descriptors):
        size = shift = 0
        at += 1
        while True:
            byte = descriptors[at]
            at += 1
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        yield descriptors[at : at + size]
        at += size


@cache
def version() -> str:
    """The compiler, for cache keys and messages."""
    from importlib.metadata import version as installed

    return f"grpcio-tools {installed('grpcio-tools')}"


@cache
def _protoc() -> tuple[Callable[[list[bytes]], int], Path]:
    """The compiler's entry and the folder of the well-known files.

    The private module is preferred: the public one installs import hooks and changes `sys.path`."""
    try:
        import grpc_tools
    except ImportError:
        raise FormatUnavailableError(
            "Protobuf schemas need the compiler in the package grpcio-tools, which is not installed"
        ) from None
    include = Path(grpc_tools.__file__).parent / "_proto"
    try:
        from grpc_tools._protoc_compiler import run_main
    except ImportError:
        return _public_entry(), include
    return run_main, include


def _public_entry() -> Callable[[list[bytes]], int]:
    os.environ.setdefault("GRPC_PYTHON_DISABLE_DYNAMIC_STUBS", "1")
    from grpc_tools import protoc

    return lambda arguments: int(protoc.main([item.decode() for item in arguments]))


def _key(main: str, files: Mapping[str, bytes]) -> bytes:
    digest = hashlib.sha256(f"{version()}\n{main}\n".encode())
    for path in sorted(files):
        digest.update(f"{path}\n".encode() + hashlib.sha256(files[path]).digest())
    return digest.digest()


def _run(mains: Collection[str], files: Mapping[str, bytes], known: bytes | None = None) -> Compiled:
    """`known` None: the descriptors of what is imported come out too."""
    run_main, include = _protoc()
    room = _in_memory if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir() else _in_directory
    with room([*files.values(), known or b"", b"", b""]) as handles:
        *sources, before, output, errors = handles
        arguments = ["protoc", "--include_source_info", f"-o{output.path}"]
        arguments += ["--include_imports"] if known is None else []
        arguments += [f"-I{path}={source.path}" for path, source in zip(files, sources, strict=True)]
        arguments += [f"--descriptor_set_in={before.path}"] if known else []
        arguments += [f"-I{include}", *mains]
        with _stderr_to(errors.fd):
            status = run_main([item.encode() for item in arguments])
        said = errors.content().decode("utf-8", "replace")
        for path, source in zip(files, sources, strict=True):
            said = said.replace(f"{source.path}:", f"{path}:")
        return Compiled(output.content() if status == 0 else None, said)


@dataclass(frozen=True, slots=True)
class _Handle:
    """An open file and the path under which the compiler finds it."""

    fd: int
    path: str

    def content(self) -> bytes:
        with os.fdopen(os.dup(self.fd), "rb") as file:
            file.seek(0)
            return file.read()


@contextmanager
def _in_memory(contents: Sequence[bytes]) -> Iterator[list[_Handle]]:
    handles: list[_Handle] = []
    try:
        for content in contents:
            fd = os.memfd_create("llmreg")
            handles.append(_Handle(fd, f"/proc/self/fd/{fd}"))
            _write(fd, content)
        yield handles
    finally:
        for handle in handles:
            os.close(handle.fd)


@contextmanager
def _in_directory(contents: Sequence[bytes]) -> Iterator[list[_Handle]]:
    with tempfile.TemporaryDirectory(prefix="llmreg-") as folder:
        handles: list[_Handle] = []
        try:
            for number, content in enumerate(contents):
                path = Path(folder) / f"{number}.proto"
                fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
                handles.append(_Handle(fd, path.as_posix()))
                _write(fd, content)
            yield handles
        finally:
            for handle in handles:
                os.close(handle.fd)


def _write(fd: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(fd, rest) :]


@contextmanager
def _stderr_to(fd: int) -> Iterator[None]:
    """Descriptor 2 leads to `fd` inside the block; works also where the process has no standard error."""
    saved: int | None = None
    with suppress(OSError):
        saved = os.dup(2)
    os.dup2(fd, 2)
    try:
        yield
    finally:
        if saved is None:
            os.close(2)
        else:
            os.dup2(saved, 2)
            os.close(saved)
