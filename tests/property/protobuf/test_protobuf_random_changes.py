"""Random changes and random messages: where verdict and kernel differ, one of them has a bug.

A second runtime in a process of its own, with a comparison of its own, must see every witness break and every random
message of a compatible pair arrive. `LLMREG_PROTO_CASES` sets how many changes are tried (default 150),
`LLMREG_PROTO_SEED` where the sequence starts.
"""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from tests.property.protobuf.generate import Author, File, mutate, random_file

from llmreg.errors import SchemaError
from llmreg.formats.interface import CompareOptions, Comparison, Source
from llmreg.formats.protobuf import FORMAT, payload
from llmreg.formats.protobuf.identity import Matching
from llmreg.formats.protobuf.kernel import ONEOF_CASE, PRESENCE, Question, check
from llmreg.formats.protobuf.side import Side
from llmreg.model.finding import ChangeClass, Finding, Status
from llmreg.model.jsontext import plain

pytestmark = pytest.mark.property
CASES = int(os.environ.get("LLMREG_PROTO_CASES", "150"))
SEED = int(os.environ.get("LLMREG_PROTO_SEED", "20250101"))
ROOTS = ("t.M", "t.S", "t.T")
SECOND = Path(__file__).with_name("second_runtime.py")


class SecondRuntime:
    """The pure Python runtime, asked line by line."""

    def __init__(self) -> None:
        environment = {**os.environ, "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "python"}
        self.process = subprocess.Popen(
            [sys.executable, str(SECOND)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> SecondRuntime:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def ask(self, writer: Any, reader: Any, root: str, surface: str, content: bytes | str, *, defaults: bool) -> str:
        question = {
            "writer": with_carriers(writer.descriptors, writer.path),
            "reader": with_carriers(reader.descriptors, reader.path),
            "roots": [root, root],
            "surface": "wire" if surface.endswith("wire") else "json",
            "strict": surface == "strict",
            "payload": content.hex() if isinstance(content, bytes) else content,
            "defaults": defaults,
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return str(json.loads(self.process.stdout.readline()))


@lru_cache(maxsize=8)
def with_carriers(descriptors: bytes, path: str) -> str:
    """A schema's descriptors, and the messages in which llmreg shows enums that no message uses, in base64."""
    from google.protobuf import descriptor_pb2

    side = Side(descriptors, path)
    found = descriptor_pb2.FileDescriptorSet.FromString(descriptors)
    for enum in side.enums():
        side.carrier(enum).make.DESCRIPTOR.file.CopyToProto(found.file.add())
    return base64.b64encode(found.SerializeToString()).decode()


@pytest.fixture(scope="module")
def second() -> Iterator[SecondRuntime]:
    with SecondRuntime() as runtime:
        yield runtime


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


def compare(writer: Any, reader: Any, surface: str) -> Comparison:
    options = CompareOptions(
        closed=not surface.startswith("open"),
        surfaces=("wire" if surface.endswith("wire") else "json",),
        settings={"unknown_keys": "reject"} if surface == "strict" else {},
    )
    return FORMAT.compare(writer, reader, options)


@pytest.mark.parametrize("surface", ["wire", "json", "strict", "open wire", "open json"])
@pytest.mark.parametrize("forward", [False, True], ids=["backward", "forward"])
def test_compatible_means_that_random_messages_arrive(
    changed: list[tuple[int, Any, Any]], surface: str, forward: bool
) -> None:
    for seed, old, new in changed:
        writer, reader = (new, old) if forward else (old, new)
        rng = random.Random(seed)
        answer = compare(writer, reader, surface)
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


def random_payloads(rng: random.Random, writer: Any, surface: str, count: int) -> Iterator[tuple[str, bytes | str]]:
    """(root, payload) of random messages that the writer may write."""
    side = Side(writer.descriptors, writer.path)
    author = Author(rng, side, not surface.startswith("open"))
    for name in ROOTS:
        model = side.message(name)
        for _ in range(count):
            try:
                message = payload.build(side, model, author.recipe(model))
            except payload.UninhabitedError:
                break
            value = payload.document(side, message)
            text = None if value is None else payload.text(value)
            content = payload.wire(message) if surface.endswith("wire") else text
            if content is not None:
                yield name, content


def random_losses(rng: random.Random, writer: Any, reader: Any, surface: str) -> list[str]:
    matching = Matching(Side(writer.descriptors, writer.path), Side(reader.descriptors, reader.path))
    wire, closed = surface.endswith("wire"), not surface.startswith("open")
    question = Question("wire" if wire else "json", reject_unknown=surface == "strict", closed=closed, defaults=True)
    losses = []
    for name, content in random_payloads(rng, writer, surface, 6):
        for outcome in check(matching, matching.pair(name, name), question, content) or ():
            if outcome.kind not in (PRESENCE, ONEOF_CASE):
                losses.append(f"{outcome.kind} {name} {outcome.writer} {content!r}")
    return losses


@pytest.mark.parametrize("surface", ["wire", "json", "strict", "open wire", "open json"])
def test_a_second_runtime_agrees(changed: list[tuple[int, Any, Any]], surface: str, second: SecondRuntime) -> None:
    disputed, seen = [], Counter()
    for seed, old, new in changed:
        answer = compare(old, new, surface)
        for finding in answer.findings:
            if finding.cls is ChangeClass.BREAKING:
                said = opinions(second, old, new, surface, finding)
                seen["confirmed" if any(one.startswith("differs") for one in said) else "not shown"] += 1
                if "same" in said and not any(one.startswith("differs") or "utf" in one.lower() for one in said):
                    disputed.append((seed, finding.rule, finding.message, finding.witness, said))
        if answer.verdict.value == "compatible":
            for root, content in random_payloads(random.Random(seed), old, surface, 2):
                said = [second.ask(old, new, root, surface, content, defaults=True)]
                seen["arrived" if said == ["same"] else "not written"] += 1
                if said[0].startswith("differs"):
                    disputed.append((seed, "compatible", root, content, said))
    assert not disputed, (len(disputed), seen, [str(item) for item in disputed[:8]])
    assert seen["not shown"] <= max(2, seen["confirmed"] // 20), seen


def opinions(second: SecondRuntime, old: Any, new: Any, surface: str, finding: Finding) -> list[str]:
    """What the second runtime makes of the witness as a message of each root that both sides have."""
    assert finding.witness is not None
    content: bytes | str = bytes.fromhex(finding.witness.bytes or "")
    if not surface.endswith("wire"):
        content = payload.text(plain(finding.witness.document))
    carriers = [f"llmreg.carrier.{enum.full_name.replace('.', '_')}" for enum in old.side.enums()]
    names = [*ROOTS, "t.M.N", *(carriers if list(plain(finding.witness.document) or ["value"]) == ["value"] else [])]
    return [second.ask(old, new, name, surface, content, defaults=finding.rule == "default_changed") for name in names]


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
