"""Code from JSON Schemas: one reader gives types, one file for each language writes them down.

A language is a module of this folder with `write(module, about) -> str`; it is found by looking."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from llmreg.errors import UsageError
from llmreg.formats.json.schema import JsonSchema
from llmreg.llm.codegen.read import read
from llmreg.llm.codegen.types import Module
from llmreg.model import folder

_OURS = frozenset({"read", "types", "names"})


class Language(Protocol):
    """Writes a module down; `about` is one line that says where it came from."""

    def write(self, module: Module, about: str) -> str: ...


def languages() -> tuple[str, ...]:
    return tuple(name for name in folder.modules(__path__) if name not in _OURS)


def generate(schema: JsonSchema, language: str, name: str, about: str) -> tuple[str, tuple[str, ...]]:
    """(text, what the language does not express, each with its place). Raises UsageError for an unknown language."""
    if language not in languages():
        raise UsageError(f"there is no code for {language!r}", hint=f"one of {', '.join(languages())}")
    writer: Language = import_module(f"{__name__}.{language}")
    module = read(schema, name)
    return writer.write(module, about), module.notes
