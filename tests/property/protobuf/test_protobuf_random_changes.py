"""Random changes and random messages: where verdict and kernel differ, one of them has a bug.

`LLMREG_PROTO_CASES` sets how many changes are tried (default 200), `LLMREG_PROTO_SEED` where the sequence starts.
"""

from __future__ import annotations

import copy
import os
import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from llmreg.errors import SchemaError
from llmreg.formats.interface import CompareOptions, Source
from llmreg.formats.protobuf import FORMAT, payload
from llmreg.formats.protobuf.identity import Matching
from llmreg.formats.protobuf.kernel import ONEOF_CASE, PRESENCE, Question, check
from llmreg.formats.protobuf.model import Field, Message
from llmreg.formats.protobuf.probes import SCALARS
from llmreg.formats.protobuf.side import Side
from llmreg.model.finding import ChangeClass, Status

pytestmark = pytest.mark.property
CASES = int(os.environ.get("LLMREG_PROTO_CASES", "200"))
SEED = int(os.environ.get("LLMREG_PROTO_SEED", "20250101"))
HEADS = {"proto2": 'syntax = "proto2";', "proto3": 'syntax = "proto3";', "2023": 'edition = "2023";'}
TYPES = [*SCALARS, "E", "F", "S", "T", "google.protobuf.Int32Value"]
KEYS = ("string", "int32", "int64", "bool", "uint32")
MESSAGES = {"S", "T", "google.protobuf.Int32Value"}


@dataclass
class Column:
    """One field of the random schema; `shape` is `one`, `optional`, `required`, `repeated` or `map`."""

    name: str
    number: int
    type: str
    shape: str = "one"
    key: str = "string"
    oneof: str | None = None
    options: dict[str, str] = field(default_factory=dict)


@dataclass
class File:
    """A random proto file with messages M, S, T and enums E, F."""

    syntax: str
    messages: dict[str, list[Column]]
    enums: dict[str, list[tuple[str, int]]]

    def text(self) -> str:
        parts = [HEADS[self.syntax], "package t;", 'import "google/protobuf/wrappers.proto";']
        for name, columns in self.messages.items():
            loose = [self._column(item) for item in columns if item.oneof is None]
            for oneof in sorted({item.oneof for item in columns if item.oneof}):
                members = " ".join(self._column(item, bare=True) for item in columns if item.oneof == oneof)
                loose.append(f"oneof {oneof} {{ {members} }}")
            parts.append(f"message {name} {{ {' '.join(loose)} }}")
        for name, values in self.enums.items():
            alias = "option allow_alias = true; " if len({number for _, number in values}) < len(values) else ""
            parts.append(f"enum {name} {{ {alias}{' '.join(f'{value} = {number};' for value, number in values)} }}")
        return "\n".join(parts)

    def _column(self, item: Column, *, bare: bool = False) -> str:
        options = ", ".join(f"{name} = {value}" for name, value in item.options.items())
        tail = f"{item.name} = {item.number}{f' [{options}]' if options else ''};"
        if item.shape == "map":
            return f"map<{item.key}, {item.type}> {tail}"
        label = {"repeated": "repeated ", "required": "required ", "optional": "optional "}.get(item.shape, "")
        if self.syntax == "proto2" and not label:
            label = "optional "
        if self.syntax == "2023" and label != "repeated ":
            label = ""
        return f"{'' if bare else label}{item.type} {tail}"


def random_file(rng: random.Random) -> File:
    messages = {
        name: [random_column(rng, number) for number in range(1, rng.randint(2, 5))] for name in ("M", "S", "T")
    }
    enums = {
        "E": [("E_ZERO", 0), ("E_ONE", 1), *([("E_TWO", 2)] if rng.random() < 0.5 else [])],
        "F": [("F_ZERO", 0), ("F_ONE", 1)],
    }
    return File(rng.choice(list(HEADS)), messages, enums)


def random_column(rng: random.Random, number: int) -> Column:
    shape = rng.choices(["one", "optional", "repeated", "map", "required"], [5, 2, 3, 2, 0.3])[0]
    column = Column(f"f{number}", number, rng.choice(TYPES), shape, rng.choice(KEYS))
    if shape == "one" and rng.random() < 0.25:
        column.oneof = rng.choice(["o", "p"])
    return column


def mutate(rng: random.Random, old: File) -> File:
    new = copy.deepcopy(old)
    columns = new.messages[rng.choice(list(new.messages))]
    enum = new.enums[rng.choice(list(new.enums))]
    item = rng.choice(columns)
    other = rng.choice(columns)
    number = rng.randint(1, 8)
    changes: list[Any] = [
        lambda: columns.append(random_column(rng, number)),
        lambda: columns.remove(item),
        lambda: setattr(item, "name", f"g{number}"),
        lambda: setattr(item, "number", number),
        lambda: (setattr(item, "number", other.number), setattr(other, "number", item.number)),
        lambda: setattr(item, "type", rng.choice(TYPES)),
        lambda: setattr(item, "type", rng.choice(TYPES)),
        lambda: setattr(item, "shape", rng.choice(["one", "optional", "repeated", "map", "required"])),
        lambda: setattr(item, "key", rng.choice(KEYS)),
        lambda: setattr(item, "oneof", rng.choice([None, "o", "p"])),
        lambda: item.options.update(json_name=f'"{rng.choice(["k", item.name, other.name])}"'),
        lambda: item.options.update(packed=rng.choice(["true", "false"])),
        lambda: item.options.update(default="1"),
        lambda: enum.append((f"{enum[0][0][0]}_NEW", rng.randint(-1, 4))),
        enum.pop,
        lambda: enum.__setitem__(-1, (f"{enum[0][0][0]}_OTHER", enum[-1][1])),
        lambda: enum.__setitem__(-1, (enum[-1][0], rng.randint(0, 4))),
        lambda: enum.insert(0, enum.pop()),
        lambda: setattr(new, "syntax", rng.choice(list(HEADS))),
    ]
    for change in rng.choices(changes, k=rng.choice([1, 1, 1, 2, 3])):
        try:
            change()
        except (ValueError, IndexError):
            continue
    return new


@dataclass(frozen=True)
class Author:
    """Writes random messages; an open one also writes enum numbers that the writer does not declare."""

    rng: random.Random
    side: Side
    closed: bool

    def recipe(self, model: Message, depth: int = 0) -> dict[int, Any]:
        recipe: dict[int, Any] = {}
        for item in model.fields:
            if self.rng.random() < 0.6 and depth < 3:
                recipe[item.number] = self.value(item, depth)
        return recipe

    def value(self, item: Field, depth: int) -> Any:
        if item.entry is not None:
            key, value = item.entry
            return [(self.scalar(key), self.one(value, depth)) for _ in range(self.rng.randint(0, 2))]
        if item.repeated:
            return [self.one(item, depth) for _ in range(self.rng.randint(0, 3))]
        return self.one(item, depth)

    def one(self, item: Field, depth: int) -> Any:
        if item.message is not None:
            return self.recipe(self.side.message(item.message), depth + 1)
        return self.scalar(item)

    def scalar(self, item: Field) -> Any:
        if item.enum is not None:
            odd = [] if self.closed or item.enum.closed else [-1, 3, 4, 7]
            return self.rng.choice([*item.enum.by_number, *odd])
        return random_scalar(self.rng, item)


def random_scalar(rng: random.Random, item: Field) -> Any:
    known = [*SCALARS[item.type], payload.zero(item)]
    if "int" in item.type or "fixed" in item.type:
        bits = rng.randint(0, 64 if "64" in item.type else 32)
        drawn = rng.getrandbits(bits) if bits else 0
        signed = item.type.startswith(("int", "s"))
        limit = (64 if "64" in item.type else 32) - signed
        known.append(min(drawn, 2**limit - 1) * (rng.choice([1, -1]) if signed else 1))
    return rng.choice(known)


def parse(file: File) -> Any:
    try:
        return FORMAT.parse(Source(file.text().encode()))
    except SchemaError:
        return None


def pairs() -> list[tuple[int, Any, Any]]:
    found: list[tuple[int, Any, Any]] = []
    seed = SEED
    while len(found) < CASES:
        rng = random.Random(seed)
        old_file = random_file(rng)
        old = parse(old_file)
        new = parse(mutate(rng, old_file)) if old is not None else None
        if new is not None and old.data != new.data:
            found.append((seed, old, new))
        seed += 1
    return found


@pytest.fixture(scope="module")
def changed() -> list[tuple[int, Any, Any]]:
    return pairs()


@pytest.mark.parametrize("surface", ["wire", "json", "strict", "open wire", "open json"])
@pytest.mark.parametrize("forward", [False, True], ids=["backward", "forward"])
def test_compatible_means_that_random_messages_arrive(
    changed: list[tuple[int, Any, Any]], surface: str, forward: bool
) -> None:
    for seed, old, new in changed:
        writer, reader = (new, old) if forward else (old, new)
        rng = random.Random(seed)
        options = CompareOptions(
            closed=not surface.startswith("open"),
            surfaces=("wire" if surface.endswith("wire") else "json",),
            settings={"unknown_keys": "reject"} if surface == "strict" else {},
        )
        answer = FORMAT.compare(writer, reader, options)
        for finding in answer.findings:
            assert finding.status is Status.WITNESSED, seed
            assert finding.witness is not None
        assert (answer.verdict.value == "incompatible") == any(
            finding.cls is ChangeClass.BREAKING for finding in answer.findings
        ), seed
        if answer.verdict.value != "compatible":
            continue
        losses = random_losses(rng, writer, reader, surface)
        assert not losses, (seed, losses, writer.data.decode(), reader.data.decode())


def random_losses(rng: random.Random, writer: Any, reader: Any, surface: str) -> list[str]:
    matching = Matching(Side(writer.descriptors, writer.path), Side(reader.descriptors, reader.path))
    wire, closed = surface.endswith("wire"), not surface.startswith("open")
    question = Question("wire" if wire else "json", reject_unknown=surface == "strict", closed=closed, defaults=True)
    author = Author(rng, matching.writer, closed)
    losses = []
    for name in ("t.M", "t.S", "t.T"):
        pair = matching.pair(name, name)
        for _ in range(6):
            try:
                message = payload.build(matching.writer, pair.writer, author.recipe(pair.writer))
            except payload.UninhabitedError:
                break
            value = payload.document(matching.writer, message)
            content = payload.wire(message) if wire else payload.text(value)
            assert content is not None
            for outcome in check(matching, pair, question, content) or ():
                if outcome.kind not in (PRESENCE, ONEOF_CASE):
                    losses.append(f"{outcome.kind} {name} {outcome.writer} {content!r}")
    return losses


def test_few_random_changes_stay_undecided(changed: list[tuple[int, Any, Any]]) -> None:
    open_ones = []
    for seed, old, new in changed:
        answer = FORMAT.compare(old, new, CompareOptions())
        if answer.verdict.value == "undecided":
            open_ones.append((seed, [str(item) for item in answer.undecided]))
    assert len(open_ones) <= max(3, CASES // 50), open_ones


def test_a_random_file_reads_itself_and_is_equivalent(changed: list[tuple[int, Any, Any]]) -> None:
    for seed, old, _ in changed:
        again = FORMAT.parse(Source(old.data + b"// a comment\n"))
        answer = FORMAT.compare(
            old, again, CompareOptions(surfaces=("wire", "json"), settings={"unknown_keys": "reject"})
        )
        assert (answer.verdict.value, answer.findings) == ("compatible", ()), seed
        assert FORMAT.equivalent(old, again, CompareOptions()) is True
        assert old.digests()["meaning"] == again.digests()["meaning"]
        assert old.digests()["prompt"] != again.digests()["prompt"]
