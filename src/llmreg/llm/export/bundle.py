"""One document out of a schema and the pinned documents that it refers to: they become definitions of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from llmreg.llm.profiles.view import View
from llmreg.model.pointer import lookup

_RENAMED = ("$id", "id", "$schema", "$anchor")


def bundle(document: Any, resources: Mapping[str, Any]) -> Any:
    """`document` with every reference into `resources` (by URI without fragment) turned into one to `$defs`.

    Order is kept, nothing is shared with the input. A reference that nothing resolves stays as it is."""
    if not isinstance(document, dict) or not resources:
        return _copy(document)
    names = {uri: _name(uri) for uri in resources}
    own = _rewritten(document, "", "", names, resources)
    used = _needed(own, names, resources)
    if used:
        own["$defs"] = {**own.get("$defs", {}), **used}
    return own


def _needed(document: Any, names: Mapping[str, str], resources: Mapping[str, Any]) -> dict[str, Any]:
    """The resources that are reached, as definitions, in the order in which they are met."""
    found: dict[str, Any] = {}
    waiting = [document]
    while waiting:
        text = _references(waiting.pop(0))
        for uri, name in names.items():
            prefix = f"#/$defs/{name}"
            if name not in found and any(item == prefix or item.startswith(prefix + "/") for item in text):
                found[name] = _rewritten(resources[uri], uri, prefix, names, resources)
                waiting.append(found[name])
    return found


def _references(value: Any) -> list[str]:
    stack, found = [value], []
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if isinstance(item.get("$ref"), str):
                found.append(item["$ref"])
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return found


def _rewritten(document: Any, base: str, prefix: str, names: Mapping[str, str], resources: Mapping[str, Any]) -> Any:
    """A copy whose references name places of the bundle; `prefix` is where it stands there."""
    view = View(document)
    result = _copy(document)
    for node in view.nodes:
        text = node.schema.get("$ref")
        if not isinstance(text, str):
            continue
        uri, _, fragment = text.partition("#")
        if uri in names and uri != base:
            inner = View(resources[uri]).target(f"#{fragment}")
            lookup(result, node.pointer)["$ref"] = f"#/$defs/{names[uri]}{inner.pointer if inner else '/' + fragment}"
        elif prefix:
            here = view.target(text)
            if here is not None:
                lookup(result, node.pointer)["$ref"] = prefix + here.pointer
    if prefix and isinstance(result, dict):
        for keyword in _RENAMED:
            result.pop(keyword, None)
    return result


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _name(uri: str) -> str:
    """`llmreg:chat/message@1.0.0` as the name of a definition."""
    return re.sub(r"[^A-Za-z0-9]+", "_", uri.removeprefix("llmreg:")).strip("_")
