"""A plain command line read without typer means what typer says it means; whatever else there is, typer reads."""

from __future__ import annotations

import inspect
import random
from collections.abc import Iterator
from types import FunctionType

import pytest

from llmreg.cli import direct, grammar, tree

VALUES = ("a", "json", "text", "BACKWARD", "closed", "openai", "-", "--", "", "1", "x=y", "team/one@^1.2", "ä", "show")
LINES = 80
PLAIN = (
    "check",
    "check --staged",
    "check --staged --output json",
    "check --against main -o github",
    "check --against=main a/b c/d --mode FULL_TRANSITIVE",
    "check --all --allow-undecided",
    "diff a.json b.json --writer open",
    "bind check answer -o json",
    "register team/one --commit -m text",
    "show team/one",
)
OTHERWISE = (
    "",
    "--version",
    "-C . check",
    "check --help",
    "check -h",
    "check --staged=1",
    "check --mode",
    "check --mode none-such",
    "check --against --staged",
    "check -ojson",
    "check -- --staged",
    "check --jobs 2",
    "che",
    "bind",
    "export_tool team/one",
    "commands.check",
    "resolve",
)


@pytest.fixture(autouse=True)
def spies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command gives back what it was called with."""
    for path in tree.command_paths():
        module = module_of(path)
        if not hasattr(module, "__path__"):
            monkeypatch.setattr(module, "run", spy(module.run))


def module_of(path: str):
    folder = tree.ROOT
    for word in path.split():
        module = tree.load(word, folder)
        assert module is not None
        folder = module.__name__
    return module


def spy(run: FunctionType) -> FunctionType:
    made: dict[str, FunctionType] = {}
    exec(f"def run({', '.join(inspect.signature(run).parameters)}): return dict(locals())", made)
    copy = FunctionType(made["run"].__code__, run.__globals__, "run", run.__defaults__)
    copy.__annotations__ = run.__annotations__
    return copy


def lines(path: str) -> Iterator[list[str]]:
    """Lines made of the command's own options and of odd words, the same ones in every run."""
    draw = random.Random(path)
    run = module_of(path).run
    names = [name for item in direct._parameters(run) for name in item.names]
    needed = [f"--{name}" for name, item in inspect.signature(run).parameters.items() if item.default is item.empty]
    for _ in range(LINES):
        words = [word for name in needed if name in names for word in (name, draw.choice(("a", "openai")))]
        for _ in range(draw.randrange(6)):
            name, value = draw.choice(names or ["--none"]), draw.choice(VALUES)
            words += draw.choice(([name], [name, value], [f"{name}={value}"], [value]))
        yield [*path.split(), *words]


@pytest.mark.parametrize("path", [path for path in tree.command_paths() if path != "bind"])
def test_both_readers_agree(path: str) -> None:
    read = 0
    for words in lines(path):
        call = direct.find(words)
        if call is not None:
            read += 1
            assert call() == grammar.run(words), words
    assert read


@pytest.mark.parametrize("line", PLAIN)
def test_a_plain_line_needs_no_typer(line: str) -> None:
    assert direct.find(line.split()) is not None


@pytest.mark.parametrize("line", OTHERWISE)
def test_the_rest_is_left_to_typer(line: str) -> None:
    assert direct.find(line.split()) is None


def test_completion_is_left_to_typer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(direct.COMPLETION, "complete_bash")
    assert direct.find(["check"]) is None
