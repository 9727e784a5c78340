"""A parsed prompt: one template, or a list of chat messages with a template each, in one template language.

A chat prompt is a JSON list of `{"role", "content"}`; people may write it as YAML. Anything else is one text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

from llmreg.errors import DocumentError, LimitError, SchemaError, UsageError
from llmreg.formats.interface import Reference, Source, Symbol
from llmreg.formats.prompt import engines
from llmreg.formats.prompt.needs import Need, Path, Step, StepKind, alike, shown
from llmreg.model import jsontext
from llmreg.model.pointer import join
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass

MAX_BYTES: Final = 256 << 10
MAX_MESSAGES: Final = 500
UNDEFINED: Final = ("strict", "lenient")
_CHAT = re.compile(rb'\s*[\[{]\s*(?:\{\s*)?"')


class Message(NamedTuple):
    """`role` is None for a prompt that is one text."""

    role: str | None
    text: str


@dataclass(frozen=True, eq=False)
class PromptSchema:
    """Meets `formats.interface.Schema`. `strict`: an absent value is an error, as under Jinja2's StrictUndefined.

    A prompt pins nothing: the subject of its variables is named with a range in `subject.yaml`."""

    data: bytes
    messages: tuple[Message, ...]
    engine: str
    strict: bool = True
    references: tuple[Reference, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def format(self) -> str:
        return "prompt"

    @property
    def chat(self) -> bool:
        return self.messages[0].role is not None

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """Every use of a variable, messages in order."""
        engine = engines.get(self.engine)
        return tuple(
            need._replace(message=number if self.chat else None)
            for number, message in enumerate(self.messages)
            for need in engine.needs(message.text)
        )

    def canonical(self) -> bytes:
        """The messages and the language: white space is part of a prompt."""
        return jsontext.dumps([self.engine, [list(message) for message in self.messages]]).encode()

    def digests(self) -> Mapping[str, str]:
        """`prompt` is of every character, `meaning` of the paths that are asked for and how."""
        asked = sorted({(shown(need.path), need.guarded) for need in self.needs})
        meaning = jsontext.dumps([self.engine, [list(item) for item in asked]]).encode()
        return {
            "prompt": hashlib.sha256(self.canonical()).hexdigest(),
            "meaning": hashlib.sha256(meaning).hexdigest(),
        }

    def outline(self) -> Iterable[Symbol]:
        """The paths of the variables, each once, as fields."""
        for path, need in first_uses(self.needs).items():
            yield Symbol("field", path, self.pointer(need.message), "", need.use)

    def pointer(self, message: int | None) -> str:
        """The place of a message's template in a chat prompt."""
        return "" if message is None else join("", message, "content")


def first_uses(needs: Iterable[Need]) -> dict[str, Need]:
    """Each path with its first use, in order."""
    found: dict[str, Need] = {}
    for need in needs:
        found.setdefault(need.shown, need)
    return found


def parse(source: Source) -> PromptSchema:
    """Raises SchemaError with every problem placed by line, DocumentError for what is no text, LimitError."""
    if len(source.data) > MAX_BYTES:
        raise LimitError(f"{source.name}: a prompt of {len(source.data)} bytes; at most {MAX_BYTES}")
    name = str(source.settings.get("engine", engines.DEFAULT))
    try:
        engine = engines.get(name)
    except UsageError as error:
        raise SchemaError(f"{source.name}: {error.message}", hint=error.hint) from None
    messages = _messages(source)
    problems = [
        problem
        for number, message in enumerate(messages)
        for problem in _placed(engine.problems(message.text), None if message.role is None else number)
    ]
    fatal = problems if source.strict else [item for item in problems if item.code == "template-syntax"]
    if fatal:
        raise _refusal(source, fatal)
    strict = source.settings.get("undefined", "strict") != "lenient"
    return PromptSchema(source.data, messages, name, strict, warnings=tuple(problems))


def looks_like_chat(data: bytes) -> bool:
    """Whether the content is meant as a list of messages: JSON whose first member is an object with a role."""
    if not _CHAT.match(data):
        return False
    try:
        document = jsontext.loads(data, max_bytes=MAX_BYTES)
    except (DocumentError, LimitError):
        return False
    first = document[0] if isinstance(document, list) and document else None
    return isinstance(first, dict) and ("role" in first or "content" in first)


def _messages(source: Source) -> tuple[Message, ...]:
    text = jsontext.decode(source.data)
    if not looks_like_chat(source.data):
        if not text.strip():
            raise _refusal(source, [Problem("empty-prompt", "the prompt has no text", line=1)])
        return (Message(None, text),)
    document = jsontext.loads(source.data, max_bytes=MAX_BYTES)
    problems = list(_message_problems(document))
    if problems:
        places = jsontext.locate_all(text, [problem.pointer for problem in problems])
        raise _refusal(source, [_at(problem, places.get(problem.pointer)) for problem in problems])
    return tuple(Message(item["role"], item["content"]) for item in document)


def _message_problems(document: list[Any]) -> Iterator[Problem]:
    if len(document) > MAX_MESSAGES:
        yield Problem("message-form", f"{len(document)} messages; at most {MAX_MESSAGES}")
    for number, item in enumerate(document):
        place = join("", number)
        if not isinstance(item, dict):
            yield Problem("message-form", "a message is a mapping of `role` and `content`", place)
            continue
        for key in ("role", "content"):
            if not isinstance(item.get(key), str) or (key == "role" and not item[key]):
                yield Problem(
                    "message-form",
                    f"a message has a `{key}`, which is text",
                    join(place, key) if key in item else place,
                )
        for key in item.keys() - {"role", "content"}:
            yield Problem("message-form", f"a message has `role` and `content` only, not {key!r}", join(place, key))


def _placed(problems: Iterable[Problem], message: int | None) -> Iterator[Problem]:
    """In a chat prompt the line is one of the message's text, so the message says it."""
    for problem in problems:
        if message is None:
            yield problem
        else:
            told = f"{problem.message} (line {problem.line} of message {message + 1})"
            yield Problem(problem.code, told, join("", message, "content"), hint=problem.hint)


def _at(problem: Problem, place: tuple[int, int] | None) -> Problem:
    line, column = place or (None, None)
    return Problem(problem.code, problem.message, problem.pointer, line=line, column=column, hint=problem.hint)


def _refusal(source: Source, problems: list[Problem]) -> SchemaError:
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    where = f"{source.name}:{first.line}" if first.line else source.name
    return SchemaError(f"{where}: {first.message}{more}", problems=problems, hint=first.hint)


def required(needs: Iterable[Need]) -> dict[tuple[tuple[StepKind, str], ...], Need]:
    """What must be there: each path that is used without a guard, with its first such use; loops are not told apart."""
    found: dict[tuple[tuple[StepKind, str], ...], Need] = {}
    for need in needs:
        if not need.guarded:
            found.setdefault(general(need.path), need)
    return found


def general(path: Path) -> tuple[tuple[StepKind, str], ...]:
    """The path without its spelling and its loops."""
    loops = (StepKind.EACH, StepKind.VALUE, StepKind.ANY, StepKind.SECTION)
    return alike(tuple(Step(step.kind) if step.kind in loops else step for step in path))
