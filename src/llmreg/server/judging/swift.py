"""Documents that the server judges in its own process: those of vetted registered schemas, within a known bound."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from llmreg.compat.schemas import Schemas
from llmreg.errors import LlmregError
from llmreg.formats import catalogue
from llmreg.formats.interface import Source, Validator
from llmreg.model.jsontext import MAX_DEPTH, dumps, loads
from llmreg.model.version import Version
from llmreg.server.judging import Answer, DataQuestion, Mark, Named, answers
from llmreg.server.judging.vetting import MAX_BYTES, fits, parts

if TYPE_CHECKING:
    from llmreg.index.reader import Index

MAX_VALIDATORS = 1000
_EXPLAINED = 4096  # bytes: errors of a larger document are collected by a worker


class _Known(NamedTuple):
    """A version that was vetted: `weight` is 0 where it does not run here."""

    weight: int
    accepts: Callable[[Any], bool]
    validator: Validator | None
    told: dict[str, Any]
    valid: bytes


_NOT_HERE = _Known(0, bool, None, {}, b"")


class Swift:
    """Compiled validators of one generation, at most 1,000. `hit` and `miss` are called for each."""

    def __init__(self, hit: Callable[[], None], miss: Callable[[], None]) -> None:
        self._hit = hit
        self._miss = miss
        self._index: Index | None = None
        self._known: OrderedDict[tuple[Named, bool], _Known] = OrderedDict()

    def judge(self, index: Index, question: DataQuestion) -> Answer | None:
        """None for whatever a worker must judge."""
        if question.batch or question.binary or not isinstance(question.schema, Named):
            return None
        data = question.documents[0]
        known = self._find(index, question.schema, question.strict)
        if not known.weight or not fits(known.weight, len(data)):
            return None
        try:
            document = loads(data, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH)
        except LlmregError:
            return None
        began = time.perf_counter()
        if known.accepts(document):
            took = answers.milliseconds(time.perf_counter() - began)
            body = known.valid + f"{took}}}".encode()
            return Answer(body, (Mark("valid", 0, hashlib.sha256(data).hexdigest()),))
        if len(data) > _EXPLAINED or known.validator is None:
            return None
        try:
            problems = answers.placed(data, known.validator.problems(document))
        except LlmregError:
            return None
        told = answers.single(answers.document(problems), known.told, time.perf_counter() - began)
        mark = Mark("invalid" if problems else "valid", len(problems), hashlib.sha256(data).hexdigest())
        return Answer(dumps(told).encode(), (mark,))

    def _find(self, index: Index, named: Named, strict: bool) -> _Known:
        if self._index is not index:  # a cache belongs to one generation and goes with it
            self._index = index
            self._known.clear()
        key = (named, strict)
        known = self._known.get(key)
        if known is not None:
            self._hit()
            self._known.move_to_end(key)
            return known
        self._miss()
        known = self._known[key] = _vetted(index, named, strict)
        if len(self._known) > MAX_VALIDATORS:
            self._known.popitem(last=False)
        return known


def warm() -> None:
    """Import what the first document needs; half a second that no request should wait for."""
    schema = catalogue.get("json").parse(Source(b'{"type": "object"}'))
    catalogue.get("json").validator(schema).problems(0)


def _vetted(index: Index, named: Named, strict: bool) -> _Known:
    """Parsed here because it was parsed when it was exported: a registered text of known size without references."""
    try:
        subject = index.subject(named.subject)
        stored = subject.stored(named.version)
        if subject.config.format != "json" or stored.size > MAX_BYTES or stored.line.refs:
            return _NOT_HERE
        schema = Schemas(index).registered(subject, Version.parse(named.version))
        weight, _ = parts(schema)
        if not weight:
            return _NOT_HERE
        validator = catalogue.get("json").validator(schema, strict=strict, settings=subject.config.settings)
    except (LlmregError, RecursionError):
        return _NOT_HERE  # a worker says what is wrong
    told = answers.facts(named, "json", subject)
    valid = dumps({**answers.document(()), **told, "validation_time_ms": 0}).encode()
    return _Known(weight, _accepts(schema, validator, strict), validator, told, valid[: valid.rindex(b":") + 1])


def _accepts(schema: Any, validator: Validator, strict: bool) -> Callable[[Any], bool]:
    """The engine itself where it is enough: what was read strictly is JSON, and no pattern gives up."""
    if strict:
        return validator.is_valid
    from llmreg.formats.json.compiled import compile_schema

    accepts: Callable[[Any], bool] = compile_schema(schema).is_valid
    return accepts
