"""Names (specification, "Names"): their syntax, and how a short one becomes a full one."""

from __future__ import annotations

from llmreg.formats.avro.types import PRIMITIVES


def is_name(text: str) -> bool:
    """Whether `text` is an unqualified name: ASCII letters, digits and '_', and no digit first."""
    return text.isidentifier() and text.isascii()


def is_full_name(text: str) -> bool:
    """Whether `text` is names with dots between them."""
    return all(map(is_name, text.split(".")))


def qualify(name: str, namespace: str) -> str:
    """The full name of `name` inside `namespace`; a name with a dot is full already, whatever the namespace."""
    return name if "." in name or not namespace else f"{namespace}.{name}"


def referred(name: str, namespace: str) -> str:
    """The full name that a reference in the text means; the primitive types have no namespace."""
    return name if name in PRIMITIVES else qualify(name, namespace)
