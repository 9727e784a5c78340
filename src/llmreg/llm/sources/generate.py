"""A JSON Schema of a Python object, made by a library's own generator in a child process with limits.

The child is an isolated interpreter (`python -I`) with ten seconds, an allow-list of the environment, an import root
only where one is given, and a file descriptor of its own for the schema, so that what the code prints does no harm.
"""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

from llmreg.errors import InputError, LimitError, UsageError
from llmreg.llm.child import MAX_ANSWER_BYTES, Child, allowed
from llmreg.model.jsontext import dumps, loads

DEFAULT_VIA: Final = "pydantic"
MODES: Final = ("validation", "serialization")
# how people name a generator, and the distribution that it is in
LIBRARIES: Final = {
    "pydantic": "pydantic",
    "mcp": "mcp",
    "langchain": "langchain-core",
    "openai-agents": "openai-agents",
    "anthropic": "anthropic",
    "pydantic-ai": "pydantic-ai-slim",
}
_SECONDS: Final = 10
_MEMORY_BYTES: Final = 2 << 30
_OBJECT: Final = re.compile(r"\w+(\.\w+)*:\w+(\.\w+)*")
_INSIDE: Final = Path(__file__).with_name("inside.py")


@dataclass(frozen=True, slots=True)
class Source:
    """`object` is `module:Object`; `via` one of `LIBRARIES`; `mode` one of `MODES`, for Pydantic."""

    object: str
    via: str = DEFAULT_VIA
    mode: str = MODES[0]


@dataclass(frozen=True, slots=True)
class Generated:
    """`data` is the schema's text; `generator` names the libraries with their releases."""

    source: Source
    data: bytes
    generator: str

    def facts(self) -> dict[str, str]:
        """As `subject.yaml` keeps them under `source:`."""
        return {
            "object": self.source.object,
            "via": self.source.via,
            "mode": self.source.mode,
            "generator": self.generator,
        }


def source_of(facts: Mapping[str, str]) -> Source:
    """The source that `subject.yaml` names. Raises UsageError."""
    if "object" not in facts:
        raise UsageError("the source names no object", hint='write source: {object: "module:Object"}')
    return Source(facts["object"], facts.get("via", DEFAULT_VIA), facts.get("mode", MODES[0]))


def names_object(text: str) -> bool:
    """Whether a word of the command line is `module:Object`."""
    return _OBJECT.fullmatch(text) is not None


def generate(source: Source, environment: Mapping[str, str], root: Path | None = None) -> Generated:
    """Import `source.object` in a child, with `root` as first import root, and take its schema.

    Raises UsageError for what cannot be asked, LimitError where time or memory ran out, InputError for code that fails.
    """
    _refuse(source, root)
    request = {
        "object": source.object,
        "via": source.via,
        "mode": source.mode,
        "root": None if root is None else str(root.resolve()),
        "bytes": _MEMORY_BYTES,
        "seconds": _SECONDS,
    }
    command = (sys.executable, "-I", "-B", "-X", "utf8", str(_INSIDE), dumps(request))
    with Child(command, allowed(environment), _SECONDS, channel=True, name=source.object) as child:
        answer = _answer(child)
        if "error" in answer:
            hint = None if root else "to import from a folder, name it: --import-root ."
            raise InputError(f"{source.object}: {answer['error']}", hint=hint)
    schema = answer.get("schema")
    if not isinstance(schema, dict | bool) or not isinstance(answer.get("generator"), str):
        raise InputError(f"{source.object}: {source.via} gave no JSON Schema")
    return Generated(source, (dumps(schema, indent=2) + "\n").encode(), answer["generator"])


def _refuse(source: Source, root: Path | None) -> None:
    if not names_object(source.object):
        raise UsageError(f"{source.object!r} names no object", hint="write module:Object, such as shop.models:Order")
    if source.via not in LIBRARIES:
        raise UsageError(f"no generator {source.via!r}", hint=f"one of {', '.join(LIBRARIES)}")
    if source.mode not in MODES:
        raise UsageError(f"no schema mode {source.mode!r}", hint=f"one of {', '.join(MODES)}")
    if root is not None and not root.is_dir():
        raise UsageError(f"the import root {root} is no folder")
    try:
        distribution(LIBRARIES[source.via])
    except PackageNotFoundError:
        raise UsageError(
            f"{source.via} is not installed beside llmreg",
            hint=f"install it into the environment that llmreg runs in: pip install {LIBRARIES[source.via]}",
        ) from None


def _answer(child: Child) -> dict[str, Any]:
    """The one line that the child answers. Code that writes to the channel itself harms its own schema only."""
    data = b""
    while b"\n" not in data and (more := child.receive()):
        data += more
    if b"\n" not in data:
        status = child.end()
        if status == -signal.SIGXCPU:
            raise LimitError(f"{child.name} took more than {_SECONDS} s of processor time")
        message = f"{child.name}: the process ended with status {status} before there was a schema"
        raise InputError(message, hint=child.said)
    answer = loads(data.partition(b"\n")[0], max_bytes=MAX_ANSWER_BYTES)
    return answer if isinstance(answer, dict) else {}
