"""Many pairs in one pass, parallel over cores: the engine of `diff --batch`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from llmreg.errors import InputError, LlmregError
from llmreg.model.jsontext import MAX_DOCUMENT_BYTES, dumps, loads
from llmreg.model.report import REPORT_VERSION

Compare = Callable[..., Any]
_FEW = 8  # below this the start of the workers costs more than it saves
_KEYS = frozenset({"id", "old", "new", "format", "mode", "writer", "refs", "kind", "budget_s", "settings", "policy"})


def compare_lines(lines: Sequence[bytes], defaults: Mapping[str, Any], compare: Compare) -> Iterator[dict[str, Any]]:
    """One report per line, in order: `{"old", "new", "format"?, "mode"?, "refs"?, "id"?, …}` in, the report out.

    `old` and `new` are text or the JSON value itself. A line that cannot be judged gives `{"report": 1, "error": …}`;
    `id` comes back as it was given."""
    jobs = [(line, dict(defaults), compare) for line in lines]
    workers = min(os.cpu_count() or 1, len(jobs))
    if len(jobs) < _FEW or workers < 2:
        yield from map(_answer, jobs)
        return
    try:
        with ProcessPoolExecutor(workers) as pool:
            yield from pool.map(_answer, jobs, chunksize=min(32, max(1, len(jobs) // (workers * 4))))
    except BrokenProcessPool:
        raise LlmregError("a worker process died", hint="too little memory? try fewer pairs at a time") from None


def _answer(job: tuple[bytes, dict[str, Any], Compare]) -> dict[str, Any]:
    line, options, compare = job
    identity: dict[str, Any] = {}
    try:
        pair = loads(line, max_bytes=MAX_DOCUMENT_BYTES)
        if not isinstance(pair, dict) or not {"old", "new"} <= set(pair):
            raise InputError('expected an object with "old" and "new"')
        identity = {"id": pair.pop("id")} if "id" in pair else {}
        unknown = sorted(set(pair) - _KEYS)
        if unknown:
            raise InputError(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
        given = {key: value for key, value in pair.items() if key not in ("old", "new") and value is not None}
        report = compare(_text(pair["old"]), _text(pair["new"]), **{**options, **given})
    except LlmregError as error:
        return {"report": REPORT_VERSION, **identity, "error": error.to_json()}
    return {**identity, **report.to_json()}


def _text(value: Any) -> str:
    """A schema given as a JSON value is written out as it stands, with its key order and exact numbers."""
    return value if isinstance(value, str) else dumps(value)
