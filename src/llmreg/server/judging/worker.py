"""The process that judges what strangers sent: one job at a time, under limits of the operating system.

It talks over one socket: frames of a four-byte length and msgpack; a byte before the msgpack says whether the worker
has grown and wants to be replaced. When the server is gone the socket ends, and so does
the worker. Whatever kills it (a timeout, a crash of an engine, memory) costs the one job that it had.
"""

from __future__ import annotations

import logging
import resource
import signal
import socket
import struct
import sys
import tempfile
from dataclasses import dataclass

import msgspec

from llmreg.errors import InputError, LimitError, LlmregError
from llmreg.formats import catalogue
from llmreg.formats.interface import CompareOptions, Source
from llmreg.model.problem import Problem
from llmreg.server.judging import (
    JOBS,
    Answer,
    CheckQuestion,
    DataQuestion,
    DiffQuestion,
    Failure,
    Job,
    PostQuestion,
    Result,
    compare,
    documents,
    posts,
)
from llmreg.server.judging.library import Library

log = logging.getLogger("llmreg.server.worker")
NO_INDEX = "no-index"
STAYS, RETIRES = b"\0", b"\1"  # the first byte of every frame from a worker
_LENGTH = struct.Struct("!I")
_MOST_FILES = 64
_LARGEST_FILE = 16 << 20  # protoc's error messages go through a file
_PR_SET_PDEATHSIG = 1  # of linux/prctl.h
_GRACE = 1  # seconds of CPU above the limit of wall time


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """`memory`: bytes of address space. `folder`: for temporary files; the server removes it."""

    memory: int
    folder: str


def main(connection: socket.socket, limits: WorkerLimits) -> None:
    """Answer jobs until the socket ends."""
    for number in (signal.SIGINT, signal.SIGHUP):  # they are for the server, which ends this process its own way
        signal.signal(number, signal.SIG_IGN)
    _confine(limits)
    library = Library()
    connection.setblocking(True)
    _send(connection, STAYS)
    while True:
        data = _receive(connection)
        if data is None:
            return
        result, retires = answer(library, JOBS.decode(data), limits.memory)
        _send(connection, (RETIRES if retires else STAYS) + msgspec.msgpack.encode(result))


def answer(library: Library, job: Job, memory: int) -> tuple[Result, bool]:
    """(result, whether the worker wants to be replaced). Never raises: a failure is a result."""
    _allow(job.seconds)
    failure: Failure | None = None
    found: Answer | None = None
    spent = False
    try:
        library.begin(job)
    except (LlmregError, OSError) as error:
        return Result(failure=Failure(NO_INDEX, f"a worker cannot open the index: {error}")), False
    try:
        found = _judged(library, job)
    except LlmregError as error:
        failure = _failure(error)
    except MemoryError:
        failure = Failure(LimitError.code, f"this takes more than the {memory >> 20} MB that a worker may use")
        spent = True
    except RecursionError:
        failure = Failure(LimitError.code, "nested too deeply to be judged")
    except Exception:  # the boundary of a process: what is left is a bug of ours
        log.exception("a job failed")
        failure = Failure("error", "the worker failed; the server's log says how")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > memory // 2
    return Result(found, failure, library.hits, library.misses), spent or grown


def warm() -> None:
    """Import what every format needs, once, in the process that workers are forked from."""
    for name in catalogue.names():
        schema_format = catalogue.get(name)
        path = f"warm{schema_format.extensions[0]}"
        schema = schema_format.parse(Source(schema_format.skeleton("warm", "data"), name="warm", path=path))
        schema_format.validator(schema).problems({})
        schema_format.compare(schema, schema, CompareOptions())
        schema_format.equivalent(schema, schema, CompareOptions())
    json = catalogue.get("json")
    old, new = (json.parse(Source(text)) for text in (b'{"type":"string"}', b'{"type":"integer"}'))
    json.compare(old, new, CompareOptions())  # a break, so that what finds and confirms witnesses is there too


def _judged(library: Library, job: Job) -> Answer:
    question = job.question
    if isinstance(question, DataQuestion):
        return documents.validate_data(library, question)
    if isinstance(question, CheckQuestion):
        return compare.check(library, question, job.seconds)
    if isinstance(question, DiffQuestion):
        return compare.diff(library, question, job.seconds)
    if isinstance(question, PostQuestion):
        return posts.answer(library, question)
    return documents.validate_schema(library, question)


def _failure(error: LlmregError) -> Failure:
    problems: tuple[Problem, ...] = error.problems if isinstance(error, InputError) else ()
    return Failure(error.code, error.message, error.hint, tuple(problem.to_json() for problem in problems[:1000]))


def _confine(limits: WorkerLimits) -> None:
    """No core dump with a stranger's data in it, few files, small ones, bounded memory, no work for a dead server."""
    _die_with_parent()
    tempfile.tempdir = limits.folder
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _MOST_FILES),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_AS, limits.memory),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def _die_with_parent() -> None:
    """The parent is the fork server, which ends when the server does. Elsewhere than on Linux a busy worker ends with
    its job, and the limit on CPU bounds that."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _allow(seconds: float) -> None:
    """The system stops the process when it used that much more CPU, even if the server is gone."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1 + _GRACE, hard))


def _send(connection: socket.socket, data: bytes) -> None:
    connection.sendall(_LENGTH.pack(len(data)) + data)


def _receive(connection: socket.socket) -> bytearray | None:
    """One frame; None when the other side is gone."""
    head = _exactly(connection, _LENGTH.size)
    return None if head is None else _exactly(connection, _LENGTH.unpack(head)[0])


def _exactly(connection: socket.socket, count: int) -> bytearray | None:
    data = bytearray(count)
    view = memoryview(data)
    at = 0
    while at < count:
        try:
            got = connection.recv_into(view[at:])
        except (ConnectionError, InterruptedError):
            got = 0
        if not got:
            return None
        at += got
    return data
