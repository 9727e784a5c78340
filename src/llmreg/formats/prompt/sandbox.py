"""Render templates in a child process that can be killed: time, memory and output are limited.

Python itself starts the child, with this program's own search path and nothing of its surroundings.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

from llmreg.formats.prompt.schema import PromptSchema
from llmreg.model.jsontext import dumps, plain
from llmreg.model.record import dataclass

JOB_SECONDS: Final = 5.0
_BATCH: Final = 500
_MOST_LOST: Final = 2
_PROGRAM = "import sys; sys.path[:] = {path!r}; from llmreg.formats.prompt.child import main; main()"


@dataclass(frozen=True, slots=True)
class Rendered:
    """`texts`, one for each message; None when rendering failed: then `error` says why, `kind` is the exception's name
    (`limit` for time, memory, recursion, output), `line` the template's line and `message` the place in the list."""

    texts: tuple[str, ...] | None
    error: str = ""
    kind: str = ""
    line: int | None = None
    message: int = 0
    killed: bool = False  # with its process

    @property
    def failed(self) -> bool:
        """Whether the template itself raised: a limit proves nothing."""
        return self.texts is None and self.kind != "limit"


def render(schema: PromptSchema, documents: Iterable[Any], *, strict: bool | None = None) -> list[Rendered]:
    """Each document rendered by the prompt, in order; `strict` None is the prompt's own choice."""
    return render_jobs([job(schema, document, strict=strict) for document in documents])


def job(schema: PromptSchema, document: Any, *, strict: bool | None = None) -> bytes:
    """One document under one prompt, for `render_jobs`."""
    asked = {
        "engine": schema.engine,
        "texts": [message.text for message in schema.messages],
        "strict": schema.strict if strict is None else strict,
        "data": document,
    }
    try:
        return dumps(asked).encode()
    except TypeError:  # a value that only `plain` makes JSON of
        return json.dumps(plain(asked)).encode()


def render_jobs(jobs: Sequence[bytes]) -> list[Rendered]:
    """A job that the child does not survive is told as such, and the next child goes on with the rest; after a second
    one all others are taken to end so."""
    answers: list[Rendered] = []
    lost = 0
    while len(answers) < len(jobs):
        if lost >= _MOST_LOST:
            return answers + [answers[-1]] * (len(jobs) - len(answers))
        some = _some(jobs[len(answers) : len(answers) + _BATCH])
        lost += some[-1].killed
        answers += some
    return answers


def _some(jobs: Sequence[bytes]) -> list[Rendered]:
    """The answers of one child: at least one."""
    with subprocess.Popen(
        [sys.executable, "-I", "-c", _PROGRAM.format(path=[item for item in sys.path if item])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={
            name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ
        },  # Windows starts nothing without
    ) as child:
        late = False
        try:
            output, _ = child.communicate(b"\n".join(jobs) + b"\n", timeout=JOB_SECONDS)
        except subprocess.TimeoutExpired:
            late = True
            child.kill()
            output, _ = child.communicate()
    answers = [_read(line) for line in output.split(b"\n")[:-1]]
    if len(answers) < len(jobs):
        seconds = f"rendering takes longer than {JOB_SECONDS:g} seconds"
        why = seconds if late else "rendering ends its process: it takes too much memory, or time"
        answers.append(Rendered(None, why, "limit", killed=True))
    return answers


def _read(line: bytes) -> Rendered:
    answer = json.loads(line)
    if "texts" in answer:
        return Rendered(tuple(answer["texts"]))
    return Rendered(None, answer["error"], answer["kind"], answer["line"], answer["message"])
