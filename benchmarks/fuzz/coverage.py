"""Which lines of llmreg an input reaches: a tracer that costs little once most lines are known."""

from __future__ import annotations

import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import llmreg

_HOME = str(Path(llmreg.__file__).parent)


class Coverage:
    """The lines seen so far. A function all of whose lines are known is not traced any more."""

    def __init__(self) -> None:
        self.seen = 0
        self._left: dict[int, set[int]] = {}  # by id: to hash a code object takes longer than to run it
        self._known: list[CodeType] = []  # which keeps the ids theirs

    def __enter__(self) -> Coverage:
        sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _call(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        code = frame.f_code
        left = self._left.get(id(code))
        if left is None:
            ours = code.co_filename.startswith(_HOME)
            left = self._left[id(code)] = {line for *_, line in code.co_lines() if line} if ours else set()
            self._known.append(code)
        return self._line if left else None

    def _line(self, frame: FrameType, event: str, _argument: Any) -> Any:
        left = self._left[id(frame.f_code)]
        if event == "line" and frame.f_lineno in left:
            left.discard(frame.f_lineno)
            self.seen += 1
        return self._line if left else None
