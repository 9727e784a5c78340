"""What the commands for schemas from code share: the options, and when a word names an object instead of a file."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from llmreg.cli.declare import Option
from llmreg.model.record import replace

if TYPE_CHECKING:
    from llmreg.ops.register import Entry


class SchemaMode(StrEnum):
    """Pydantic's two schemas of a model: of what it takes, and of what it gives."""

    VALIDATION = "validation"
    SERIALIZATION = "serialization"


ViaOption = Annotated[
    str | None,
    Option(
        "--via",
        metavar="LIBRARY",
        help="Whose generator makes the schema of module:Object: pydantic (default), mcp, langchain, openai-agents, "
        "anthropic or pydantic-ai.",
    ),
]
SchemaModeOption = Annotated[
    SchemaMode | None, Option("--schema-mode", help="Of a Pydantic model: what it takes, or what it gives.")
]
ImportRootOption = Annotated[
    Path | None, Option("--import-root", metavar="DIR", help="Import module:Object from this folder too.")
]


def from_code(
    entry: Entry, word: str | None, via: str | None, mode: SchemaMode | None, root: Path | None
) -> Entry | None:
    """The entry with the schema of `word`, `module:Object`, generated in a child process; None where it is a file.

    Raises LlmregError where the code cannot be run or gives no schema."""
    from llmreg.errors import UsageError
    from llmreg.llm.sources.generate import DEFAULT_VIA, MODES, Source, generate, names_object

    asked = via is not None or mode is not None or root is not None
    if word is None or (not asked and (not names_object(word) or Path(word).exists())):
        if asked:
            raise UsageError(
                "--via, --schema-mode and --import-root need module:Object", hint="such as shop.models:Order"
            )
        return None
    generated = generate(Source(word, via or DEFAULT_VIA, mode.value if mode else MODES[0]), os.environ, root)
    return replace(entry, data=generated.data, format="json", source=generated.facts())
