"""The options that `export-tool` and `decode` share: both must say the same of one export."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from llmreg.cli.declare import Option


class Provider(StrEnum):
    """Whose form the schema is written in."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GEMINI = "gemini"
    MCP = "mcp"
    LLGUIDANCE = "llguidance"


class OptionalAs(StrEnum):
    """How optional properties are written."""

    NULL = "null"
    OMIT = "omit"
    REQUIRED = "required"


class Lossy(StrEnum):
    """What to do about steps that lose something."""

    ALLOW = "allow"
    REFUSE = "refuse"


ProviderOption = Annotated[Provider, Option("--provider", help="Whose form to write.")]
StrictOption = Annotated[
    bool, Option("--strict", help="The form that the provider enforces (Gemini: its OpenAPI fields).")
]
OptionalOption = Annotated[
    OptionalAs | None,
    Option("--optional", help="Optional properties: a union with null, left out, or always written."),
]
LossyOption = Annotated[Lossy, Option("--lossy", help="Steps that lose something: refused, or allowed.")]
