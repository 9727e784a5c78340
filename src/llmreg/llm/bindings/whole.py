"""A JSON Schema with the pinned subjects that it refers to written into it, as a provider is sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmreg.formats.json.dialects import REFERENCE_KEYWORDS
from llmreg.formats.json.schema import JsonSchema
from llmreg.model.pointer import escape


def whole(schema: JsonSchema) -> Any:
    """The document; every pinned one that it leads to is a definition of its own. Without pins: the document itself."""
    if not schema.resources or not isinstance(schema.document, dict):
        return schema.document
    taken = schema.document.get("$defs")
    taken = taken if isinstance(taken, dict) else {}
    names = {uri: _name(uri, taken) for uri in schema.resources}
    definitions = {
        names[uri]: _moved(resource.document, names, f"#/$defs/{escape(names[uri])}")
        for uri, resource in schema.resources.items()
    }
    document = _moved(schema.document, names, "#")
    return {**document, "$defs": {**document.get("$defs", {}), **definitions}}


def _name(uri: str, taken: Mapping[str, Any]) -> str:
    """`llmreg:rag/citation@1.1.0` is `rag-citation-1.1.0`, unless the document has a definition of that name."""
    name = uri.partition(":")[2].replace("/", "-").replace("@", "-")
    while name in taken:
        name += "-pinned"
    return name


def _moved(value: Any, names: Mapping[str, str], root: str) -> Any:
    """A copy whose references lead to where everything now stands; `root` is the place of its own document."""
    if isinstance(value, list):
        return [_moved(item, names, root) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _led(item, names, root)
        if key in REFERENCE_KEYWORDS and isinstance(item, str)
        else _moved(item, names, root)
        for key, item in value.items()
    }


def _led(reference: str, names: Mapping[str, str], root: str) -> str:
    uri, _, fragment = reference.partition("#")
    if uri in names:
        return f"#/$defs/{escape(names[uri])}{fragment}"
    return f"{root}{fragment}" if not uri else reference
