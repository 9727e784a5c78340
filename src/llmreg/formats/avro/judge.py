"""Apache's verdict on every pair of types: a reader's union is fine when any of its branches is fully readable.

Computed as the greatest fixpoint: every pair starts as readable, and what fails takes its users with it until nothing
changes. (A memo of pairs judged while an outer pair is still open is unsound on recursive types behind unions.)
"""

from __future__ import annotations

from collections import defaultdict

from llmreg.formats.avro.graph import Clock, Pair, descend
from llmreg.formats.avro.matching import may_read, readable
from llmreg.formats.avro.types import Type, Union


class Judge:
    """Judges the pair of roots and every pair below it, whichever matching branch a reader takes. Raises
    OutOfTimeError."""

    def __init__(self, root: Pair, clock: Clock) -> None:
        self._broken: set[Pair] = set()
        self._clock = clock
        self._solve(root)

    def reads(self, writer: Type, reader: Type) -> bool:
        """Whether the reader reads everything that the writer may write at this pair."""
        return (writer, reader) not in self._broken

    def _solve(self, root: Pair) -> None:
        users: dict[Pair, list[Pair]] = defaultdict(list)
        hopes: dict[Pair, int] = {}  # how many parts must fail before the pair does: all for a choice, else one
        falling = []
        stack = [root]
        while stack:
            pair = stack.pop()
            if pair in hopes:
                continue
            self._clock.tick()
            writer, reader = pair
            parts = _parts(writer, reader)
            choice = isinstance(reader, Union) and not isinstance(writer, Union)
            hopes[pair] = len(parts) if choice else 1
            if (choice and not parts) or not (_is_union(pair) or readable(writer, reader)):
                falling.append(pair)
            for part in parts:
                users[part].append(pair)
            stack.extend(parts)
        while falling:
            pair = falling.pop()
            if pair in self._broken:
                continue
            self._broken.add(pair)
            for user in users[pair]:
                hopes[user] -= 1
                if hopes[user] <= 0:
                    falling.append(user)


def _is_union(pair: Pair) -> bool:
    return isinstance(pair[0], Union) or isinstance(pair[1], Union)


def _parts(writer: Type, reader: Type) -> list[Pair]:
    """Each part once, because a choice counts its broken parts; branches that cannot match are no parts."""
    if isinstance(writer, Union):
        pairs = [(branch, reader) for branch in writer.branches]
    elif isinstance(reader, Union):
        pairs = [(writer, branch) for branch in reader.branches if may_read(writer, branch)]
    else:
        pairs = [pair for _, _, pair in descend(writer, reader)]
    return list(dict.fromkeys(pairs))
