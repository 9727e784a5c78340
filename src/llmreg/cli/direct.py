"""Read a plain command line without typer, which takes longer to import than a small check takes to run.

Plain is what hooks and CI write: a command, its options by their full names, each value a word of its own or after
`=`. Whatever else there is (help, completion, options before the command, every mistake) is typer's, so that there is
one grammar; `tests/unit/cli/test_cli_direct.py` holds the two against each other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from enum import Enum
from types import NoneType, UnionType
from typing import Any, NamedTuple, get_type_hints

from llmreg.cli import tree
from llmreg.cli.declare import Argument, Declared

COMPLETION = "_LLMREG_COMPLETE"  # the variable through which a shell asks typer for words
_Convert = Callable[[str], Any]


class _NotPlainError(Exception):
    """Typer has to read this line."""


class _Parameter(NamedTuple):
    """`names` is empty for an argument; `convert` is None for a flag; `many`: every value is kept."""

    name: str
    names: tuple[str, ...]
    convert: _Convert | None
    many: bool


def find(words: Sequence[str]) -> Callable[[], Any] | None:
    """The call that the words after `llmreg` mean; None where typer has to read them."""
    if COMPLETION in os.environ:
        return None
    folder = tree.ROOT
    for count, word in enumerate(words, start=1):
        module = tree.load(word, folder)
        if module is None:
            return None
        if not hasattr(module, "__path__"):
            return _call(module.run, words[count:])
        folder = module.__name__
    return None


def _call(run: Callable[..., Any], words: Sequence[str]) -> Callable[[], Any] | None:
    try:
        values = arguments(run, words)
    except _NotPlainError:
        return None
    return lambda: run(**values)


def arguments(run: Callable[..., Any], words: Sequence[str]) -> dict[str, Any]:
    """What each parameter of a command becomes, its default where no word names it."""
    parameters = _parameters(run)
    options = {name: item for item in parameters for name in item.names}
    given: dict[str, list[str]] = {}
    loose: list[str] = []
    left = iter(words)
    for word in left:
        if word[:1] != "-" or word == "-":
            loose.append(word)
            continue
        name, equals, value = word.partition("=")
        option = options.get(name)
        if option is None or (equals and (option.convert is None or name[:2] != "--")):
            raise _NotPlainError
        if option.convert is not None and not equals:
            value = next(left, "-")
            if value[:1] == "-":
                raise _NotPlainError
        given.setdefault(option.name, []).append(value)
    _place(loose, [item for item in parameters if not item.names], given)
    return _values(run, parameters, given)


def _place(loose: list[str], places: list[_Parameter], given: dict[str, list[str]]) -> None:
    """Give the words without dashes to the arguments in turn; the last one may take many."""
    for count, place in enumerate(places):
        if place.many and count < len(places) - 1:
            raise _NotPlainError
        taken = loose[count:] if place.many else loose[count : count + 1]
        if taken:
            given[place.name] = taken
    if len(loose) > len(places) and not (places and places[-1].many):
        raise _NotPlainError


def _values(run: Callable[..., Any], parameters: list[_Parameter], given: dict[str, list[str]]) -> dict[str, Any]:
    named = [item.name for item in parameters]
    defaults = run.__defaults__ or ()
    values = dict(zip(named[len(named) - len(defaults) :], defaults, strict=True))
    for item in parameters:
        texts = given.get(item.name)
        if texts is None:
            if item.name not in values:
                raise _NotPlainError  # a required argument is missing
        elif item.convert is None:
            values[item.name] = True
        else:
            found = [_converted(item.convert, text) for text in texts]
            values[item.name] = found if item.many else found[-1]
    return values


def _converted(convert: _Convert, text: str) -> Any:
    try:
        return convert(text)
    except ValueError:
        raise _NotPlainError from None


def _parameters(run: Callable[..., Any]) -> list[_Parameter]:
    hints = get_type_hints(run, include_extras=True)
    del hints["return"]
    return [_parameter(name, hint) for name, hint in hints.items()]


def _parameter(name: str, hint: Any) -> _Parameter:
    declared, kind = hint.__metadata__[0], hint.__origin__
    if isinstance(kind, UnionType):
        kind = next(part for part in kind.__args__ if part is not NoneType)
    names = () if isinstance(declared, Argument) else declared.names or (f"--{name.replace('_', '-')}",)
    convert = declared.settings.get("parser") or _converter(kind, declared)
    return _Parameter(name, names, convert, kind == list[str])


def _converter(kind: Any, declared: Declared) -> _Convert | None:
    """None for a flag. Numbers have bounds, and a flag without a name has its opposite: those are typer's."""
    if kind is bool and declared.names:
        return None
    if kind is str or kind == list[str]:
        return str
    if isinstance(kind, type) and (issubclass(kind, (Enum, os.PathLike))):
        return kind
    return _typers


def _typers(_: str) -> Any:
    raise _NotPlainError
