"""What Schema Registry clients are given of a JSON Schema, and the way back from what they post.

Their resolvers join a relative `$ref` to the name of the document that it stands in, so only a name that starts at the
root means the same at every depth: `llmreg:chat/message@1.0.0#/x` is served as `/chat/message/1.0.0.json#/x`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from llmreg.formats.interface import Source
from llmreg.formats.json.canonical import canonical
from llmreg.formats.json.dialects import REFERENCE_KEYWORDS
from llmreg.formats.json.index import absolute
from llmreg.formats.json.parse import parse
from llmreg.formats.json.references import SCHEME
from llmreg.formats.json.schema import JsonSchema
from llmreg.model import jsontext, lexemes
from llmreg.model.pointer import lookup
from llmreg.model.record import replace

_SERVED: Final = re.compile(r"/(?P<subject>[^#?@]+)/(?P<version>\d+\.\d+\.\d+[^/#?@]*)\.json")


def served(data: bytes) -> bytes:
    """Compact text: order kept, numbers as written, references from the root."""
    text = jsontext.decode(data)
    if SCHEME.encode() not in data:
        return lexemes.compact(text).encode()
    document = lexemes.read(text)
    _rename(document, parse(Source(data, strict=False)), lambda _, uri: served_name(uri))
    return lexemes.write(document).encode()


def served_name(uri: str) -> str:
    """The name of a pinned document in served texts; any other URI as it is."""
    subject, at, version = uri.removeprefix(SCHEME).partition("@")
    return f"/{subject}/{version}.json" if uri.startswith(SCHEME) and at else uri


def posted(source: Source) -> JsonSchema:
    """A text with the names of its references as they are served, as they are registered, or as `source.references`
    maps them to `subject@version`. Raises like `parse`."""
    jsontext.loads(source.data)
    document = lexemes.read(jsontext.decode(source.data))
    names = source.references

    def registered(base: str, uri: str) -> str:
        pin = names.get(uri) or names.get(_absolute(base, uri))
        found = _SERVED.fullmatch(uri)
        if pin is None and found:
            pin = f"{found['subject']}@{found['version']}"
        return SCHEME + pin if pin else uri

    _rename(document, parse(Source(source.data, source.name, strict=False)), registered)
    return parse(replace(source, data=lexemes.write(document).encode(), references={}))


def same(posted: JsonSchema, registered: JsonSchema, *, normalize: bool) -> bool:
    """Whether both are one content; `normalize` looks away from the order of keys."""
    if posted.canonical() == registered.canonical():
        return True
    return normalize and canonical(_sorted(posted.document)) == canonical(_sorted(registered.document))


def _rename(document: Any, schema: JsonSchema, name: Callable[[str, str], str]) -> None:
    """Give the references of `document`, whose parsed form is `schema`, other names: `name(base, URI)`."""
    for node in schema.index.nodes.values():
        for keyword in REFERENCE_KEYWORDS if isinstance(node.value, Mapping) else ():
            text = node.value.get(keyword)
            if isinstance(text, str) and text[:1] != "#":
                uri, mark, fragment = text.partition("#")
                lookup(document, node.pointer)[keyword] = name(node.base, uri) + mark + fragment


def _absolute(base: str, uri: str) -> str:
    try:
        return absolute(base, uri)
    except ValueError:  # no URI, which `parse` tells of
        return uri


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value
