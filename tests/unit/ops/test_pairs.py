"""`diff --batch`: shared among processes or not, the answers are the same, in the order of the lines."""

from __future__ import annotations

import json

from llmreg.ops import pairs
from llmreg.ops.compare import compare

LINES = [
    json.dumps({"id": number, "old": {"maximum": number}, "new": {"maximum": 20}, "format": "json"}).encode()
    for number in range(40)
]


def test_many_pairs_are_answered_as_few_are() -> None:
    lines = [*LINES, b'{"id": 40, "old": {}}', b"no JSON", b'{"id": 42, "old": {}, "new": {}, "more": 1}']
    shared = list(pairs.compare_lines(lines, {"format": "json"}, compare))
    alone = [answer for line in lines for answer in pairs.compare_lines([line], {"format": "json"}, compare)]
    for answer in (*shared, *alone):
        answer.pop("seconds", None)
    assert shared == alone
    assert [answer["ok"] for answer in shared[:40]] == [number <= 20 for number in range(40)]
    assert [answer["error"]["code"] for answer in shared[40:]] == ["input", "document", "input"]
