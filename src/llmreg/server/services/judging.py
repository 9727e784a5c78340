"""Judges what is posted: at once where that is cheap for sure, else in workers; counts it, writes the audit log."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from llmreg.errors import LimitError
from llmreg.server.callers.caller import CALLER
from llmreg.server.judging import (
    RESULTS,
    Answer,
    CheckQuestion,
    DataQuestion,
    DiffQuestion,
    Failure,
    Job,
    Mark,
    Named,
    PostQuestion,
    Question,
    SchemaQuestion,
    Text,
)
from llmreg.server.judging.pool import BusyError, LostError, Pool
from llmreg.server.judging.swift import Swift, warm
from llmreg.server.judging.worker import NO_INDEX
from llmreg.server.problems import STATUSES, HttpError

if TYPE_CHECKING:
    from llmreg.index.reader import Index
    from llmreg.server.state import State

PLACE = 20
_MOST_JUDGES = 4
_PATIENCE = 10.0  # seconds until a worker must be free: the first one takes a second or two to start
_AGAIN = {"retry-after": "1"}


@asynccontextmanager
async def run(state: State) -> AsyncIterator[None]:
    """The first worker starts at once, beside everything else; the others when they are needed."""
    options = state.options
    size = options.judges or min(_MOST_JUDGES, os.cpu_count() or 1)
    pool = Pool(size, options.judge_queue, options.judge_memory)
    pool.ensure()
    warming = asyncio.create_task(asyncio.to_thread(warm))
    state.judging = Service(state, pool)
    try:
        yield
    finally:
        state.judging = None
        await warming
        await pool.close()


class Service:
    """Meets `judging.Judging`."""

    def __init__(self, state: State, pool: Pool) -> None:
        self._state = state
        self._pool = pool
        metrics = state.metrics
        hit, miss = (metrics.judging_cache.labels("process", outcome).inc for outcome in ("hit", "miss"))
        self._swift = Swift(hit, miss)
        self._outcomes = {name: metrics.validations.labels(name).inc for name in ("valid", "invalid", "failed")}

    async def validate_schema(self, index: Index, question: SchemaQuestion) -> Answer:
        self._bounded(question.new)
        began = time.perf_counter()
        answer, failure = await self._tried(index, question, self._state.options.validation_seconds)
        self._record("schema", began, _of_text(question.new), answer, failure)
        return _given(answer, failure)

    async def validate_data(self, index: Index, question: DataQuestion) -> Answer:
        began = time.perf_counter()
        answer, failure = self._swift.judge(index, question), None
        if answer is None:
            if isinstance(question.schema, Text):
                self._bounded(question.schema)
            answer, failure = await self._tried(index, question, self._state.options.validation_seconds)
        self._state.metrics.validation_seconds.observe(time.perf_counter() - began)
        for mark in answer.marks if answer else (Mark("failed"),) * len(question.documents):
            self._outcomes[mark.verdict]()
        if self._state.audit is not None:
            schema = question.schema
            facts = _of_text(schema) if isinstance(schema, Text) else _of_version(schema)
            self._record("validation", began, facts, answer, failure)
        return _given(answer, failure)

    async def check(self, index: Index, question: CheckQuestion) -> Answer:
        for text in (question.new, question.old):
            if text is not None:
                self._bounded(text)
        began = time.perf_counter()
        answer, failure = await self._tried(index, question, self._state.options.compatibility_seconds)
        if answer is None or answer.marks[0].verdict != "compatible":
            self._state.metrics.compatibility_failures.inc()
        facts = {"subject": question.subject, "mode": question.mode, **_of_text(question.new)}
        self._record("compatibility", began, facts, answer, failure)
        return _given(answer, failure)

    async def diff(self, index: Index, subject: str, old: str, new: str) -> dict[str, Any]:
        question = DiffQuestion(subject, old, new)
        answer, failure = await self._tried(index, question, self._state.options.compatibility_seconds)
        return _given(answer, failure).value

    async def post(self, index: Index, question: PostQuestion) -> Answer:
        began = time.perf_counter()
        answer, failure = await self._tried(index, question, self._state.options.compatibility_seconds)
        if question.what == "compatibility":
            if answer is None or any(mark.verdict != "compatible" for mark in answer.marks):
                self._state.metrics.compatibility_failures.inc()
            self._record("compatibility", began, {"subject": question.subject}, answer, failure)
        return _given(answer, failure)

    async def _tried(self, index: Index, question: Question, seconds: float) -> tuple[Answer | None, HttpError | None]:
        """By a worker: its answer, or why there is none."""
        metrics = self._state.metrics
        job = msgspec.msgpack.encode(Job(str(index.path), index.info.content, index.mark, seconds, question))
        try:
            result = RESULTS.decode(await self._pool.run(CALLER.get().key, job, seconds, max(seconds, _PATIENCE)))
        except BusyError as error:
            metrics.judging_refused.inc()
            return None, HttpError(503, str(error), code="busy", headers=_AGAIN)
        except LostError as error:
            metrics.workers_lost.labels(error.reason).inc()
            return None, _lost(error.reason, seconds)
        for outcome, count in (("hit", result.hits), ("miss", result.misses)):
            if count:
                metrics.judging_cache.labels("worker", outcome).inc(count)
        return result.answer, None if result.failure is None else _refusal(result.failure)

    def _bounded(self, text: Text) -> None:
        limit = self._state.options.max_schema_bytes
        if len(text.schema) > limit:
            raise HttpError(413, f"the schema is larger than the limit of {limit} bytes", code=LimitError.code)

    def _record(
        self, kind: str, began: float, facts: dict[str, Any], answer: Answer | None, failure: HttpError | None
    ) -> None:
        audit = self._state.audit
        if audit is None:
            return
        took = round((time.perf_counter() - began) * 1000, 3)
        marks: Sequence[Mark] = (answer.marks if answer else ()) or (Mark("failed"),)
        why = {} if failure is None else {"status": failure.status, "reason": failure.kind}
        name = CALLER.get().name
        audit.write(
            {
                "kind": kind,
                **facts,
                **({} if mark.sha256 is None or kind != "validation" else {"data_sha256": mark.sha256}),
                "verdict": mark.verdict,
                "errors": mark.errors,
                "duration_ms": took,
                **why,
                **({} if name is None else {"client": name}),
            }
            for mark in marks
        )


def _of_text(text: Text) -> dict[str, Any]:
    return {"schema_sha256": hashlib.sha256(text.schema).hexdigest()}


def _of_version(named: Named) -> dict[str, Any]:
    return {"subject": named.subject, "version": named.version, "schema_id": named.id}


def _given(answer: Answer | None, failure: HttpError | None) -> Answer:
    if answer is None:
        raise failure or HttpError(500, "no answer")
    return answer


def _lost(reason: str, seconds: float) -> HttpError:
    if reason == "timeout":
        return HttpError(422, f"this takes longer than the limit of {seconds:g} s", code=LimitError.code)
    if reason == "stopped":
        return HttpError(503, "the server stops", code="busy", headers=_AGAIN)
    if reason == "killed":
        return HttpError(503, "the process that judged this was killed; ask again", code="busy", headers=_AGAIN)
    return HttpError(
        422, "the process that judged this ended: it takes more memory or stack than there is", code=LimitError.code
    )


def _refusal(failure: Failure) -> HttpError:
    detail = f"{failure.message} ({failure.hint})" if failure.hint else failure.message
    if failure.code == NO_INDEX:
        return HttpError(503, detail, code="busy", headers=_AGAIN)
    status = 422 if failure.code == LimitError.code else STATUSES.get(failure.code, 500)
    return HttpError(status, detail, code=failure.code, problems=failure.problems)
