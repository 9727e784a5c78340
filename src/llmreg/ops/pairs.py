"""Many pairs in one pass, parallel over cores: the engine of `diff --batch`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from llmreg.errors import InputError, LlmregError
from llmreg.model.jsontext import MAX_DOCUMENT_BYTES, dumps, loads
from llmreg.model.report import REPORT_VERSION
from llmreg.store.workers import Workers, how_many

Compare: TypeAlias = Callable[..., Any]
Answer: TypeAlias = dict[str, Any]
Setup: TypeAlias = tuple[Mapping[str, Any], Compare]
_FEW = 32  # below this the start of the processes costs more than it saves
_TOGETHER = 32  # pairs in one task, unless there are so few that a process would have none
_KEYS = frozenset({"id", "old", "new", "format", "mode", "writer", "refs", "kind", "budget_s", "settings", "policy"})


def compare_lines(lines: Sequence[bytes], defaults: Mapping[str, Any], compare: Compare) -> Iterator[Answer]:
    """One report per line, in order: `{"old", "new", "format"?, "mode"?, "refs"?, "id"?, …}` in, the report out.

    `old` and `new` are text or the JSON value itself. A line that cannot be judged gives `{"report": 1, "error": …}`;
    `id` comes back as it was given."""
    setup: Setup = dict(defaults), compare
    workers = how_many(None, len(lines))
    if len(lines) < _FEW or workers < 2:
        yield from (_answer(setup, line) for line in lines)
        return
    size = min(_TOGETHER, max(1, len(lines) // (workers * 4)))
    tasks = [lines[at : at + size] for at in range(0, len(lines), size)]
    with Workers(workers, start, setup) as pool:
        for answers in pool.map(tasks):
            yield from answers


def start(setup: Setup) -> Callable[[Sequence[bytes]], list[Answer]]:
    """In a process of its own: answer the lines that come."""
    return lambda lines: [_answer(setup, line) for line in lines]


def _answer(setup: Setup, line: bytes) -> Answer:
    options, compare = setup
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
