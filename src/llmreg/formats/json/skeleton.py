"""The file that `llmreg new` writes: a small valid schema that shows the shape its kind usually has."""

from __future__ import annotations

from typing import Any, Final

from llmreg.formats.json.dialects import DIALECT_URIS
from llmreg.model import jsontext

_TEXT: Final = {"type": "string", "minLength": 1}
_ABOUT: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "tool-input": (
        "What the tool does, and when a model should call it.",
        {"query": {"description": "What to look for, in the user's own words.", **_TEXT}},
    ),
    "tool-output": (
        "What the tool gives back to the model.",
        {"result": {"description": "The answer in plain text.", "type": "string"}},
    ),
    "structured-output": (
        "What the model must answer.",
        {
            "reasoning": {
                "description": "Why; stands before the answer, so that the model thinks first.",
                "type": "string",
            },
            "answer": {"description": "The answer itself.", "type": "string"},
        },
    ),
    "prompt-variables": (
        "What must be known before the prompt can be written.",
        {"question": {"description": "What the user asks.", **_TEXT}},
    ),
    "agent-message": (
        "A message from one agent to another.",
        {
            "role": {"description": "Who speaks.", "enum": ["user", "assistant", "tool"]},
            "content": {"description": "What is said.", "type": "string"},
        },
    ),
    "eval-record": (
        "One evaluated example.",
        {
            "input": {"description": "What the model was given.", "type": "string"},
            "expected": {"description": "What it should have answered.", "type": "string"},
        },
    ),
    "rag-document": (
        "One document that retrieval may find.",
        {
            "id": {"description": "Stays the same when the text changes.", **_TEXT},
            "text": {"description": "What is embedded and shown to the model.", "type": "string"},
        },
    ),
}
_DATA: Final = ("Say what this is and who writes it.", {"id": {"description": "Names one of these for good.", **_TEXT}})


def skeleton(name: str, kind: str) -> bytes:
    """A 2020-12 schema, indented by two, with a final newline."""
    description, properties = _ABOUT.get(kind, _DATA)
    schema: dict[str, Any] = {
        "$schema": DIALECT_URIS["2020-12"],
        "title": name.replace("-", " ").replace("_", " ").capitalize(),
        "description": description,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return (jsontext.dumps(schema, indent=2) + "\n").encode()
