"""The words around a projected schema: a provider's tool or response-format definition."""

from __future__ import annotations

import re
from typing import Any

from llmreg.errors import UsageError
from llmreg.llm.export.targets import Target

OUTPUT_KINDS = ("tool", "response-format")


def definition(target: Target, schema: dict[str, Any], name: str, about: str | None, kind: str) -> dict[str, Any]:
    """What goes into a request: OpenAI in the shape of the Responses API, MCP in that of `tools/list`."""
    told = {"description": about} if about else {}
    if target.provider == "llguidance":
        return schema
    return _response(target, schema, name, told) if kind == "response-format" else _tool(target, schema, name, told)


def _tool(target: Target, schema: dict[str, Any], name: str, told: dict[str, str]) -> dict[str, Any]:
    if target.provider == "openai":
        return {"type": "function", "name": name, **told, "parameters": schema, "strict": not target.plain}
    if target.provider == "anthropic":
        return {"name": name, **told, "input_schema": schema, **({} if target.plain else {"strict": True})}
    if target.provider == "gemini":
        return {"name": name, **told, ("parameters" if target.nullable else "parametersJsonSchema"): schema}
    return {"name": name, **told, "inputSchema": schema}


def _response(target: Target, schema: dict[str, Any], name: str, told: dict[str, str]) -> dict[str, Any]:
    if target.provider == "openai":
        return {"type": "json_schema", "name": name, **told, "schema": schema, "strict": not target.plain}
    if target.provider == "anthropic":
        return {"type": "json_schema", "schema": schema}
    if target.provider == "gemini":
        field = "responseSchema" if target.nullable else "responseJsonSchema"
        return {"responseMimeType": "application/json", field: schema}
    return {"name": name, **told, "outputSchema": schema}


def fitting_name(target: Target, wanted: str | None, subject: str) -> tuple[str, bool]:
    """(the name, whether it had to change): `wanted` as it is, else the subject's last segment in the letters that the
    provider takes. Raises UsageError for a wanted name that it refuses."""
    if wanted is not None:
        if not re.fullmatch(target.name_pattern, wanted):
            raise UsageError(f"{target.provider} takes no name {wanted!r}", hint=f"it must match {target.name_pattern}")
        return wanted, False
    last = subject.rpartition("/")[2] or "schema"
    if re.fullmatch(target.name_pattern, last):
        return last, False
    return re.sub(r"[^a-zA-Z0-9_-]", "_", last)[:64], True
