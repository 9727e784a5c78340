"""Canonical content and digests: `prompt` keeps everything that a model reads, `meaning` only what judges a document.

Equal `meaning` digests imply that both schemas accept the same documents; the reverse is not promised, because the
normal form undoes only spellings that are certain to be equal.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final

from llmreg.formats.json.dialects import ANNOTATIONS, REF_IS_ALONE, REFERENCE_KEYWORDS, Keyword, vocabulary
from llmreg.formats.json.index import Index
from llmreg.model import jsontext
from llmreg.model.record import dataclass

# Only references of these forms let members be renamed, moved or sorted without changing what they name.
_PLAIN_REFERENCE: Final = re.compile(r"#(?:/(?:definitions|\$defs)/[^/]+)?|(?:llmreg|https?):.*")
_SETS: Final = frozenset({"required", "enum", "type"})
_WORDS: Final = frozenset({"type", "format", "pattern"})  # as they are where they are text
_SAID_TO_PEOPLE: Final = ANNOTATIONS | {"$schema"}
_RESPELLED: Final = frozenset({"const", "allOf"})
_UNORDERED: Final = frozenset({"allOf", "anyOf", "oneOf"})
_NESTING: Final = frozenset({"schema", "schema-list", "schema-or-list", "schema-map", "dependencies"})


def canonical(document: Any) -> bytes:
    """Minified JSON in the document's own key order, numbers as written, no escapes that are not needed; UTF-8."""
    return jsontext.dumps(document).encode()


def digests(index: Index, draft: str) -> Mapping[str, str]:
    """`prompt` and `meaning` of an indexed document, SHA-256 in lower-case hex."""
    return {
        "prompt": hashlib.sha256(canonical(index.document)).hexdigest(),
        "meaning": hashlib.sha256(canonical([draft, normal_form(index, draft)])).hexdigest(),
    }


def normal_form(index: Index, draft: str) -> Any:
    """The document without annotations, keys and sets sorted, equal spellings made one."""
    document = index.document
    if not _is_plain(index):
        return _sorted(document)
    renames = isinstance(document, dict) and "definitions" in document
    if renames:
        document = {"$defs" if name == "definitions" else name: value for name, value in document.items()}
    return _Normal(draft, renames).schema(document)


def _is_plain(index: Index) -> bool:
    """Whether members may move: one resource, and no reference that counts branches or goes into a keyword."""
    if isinstance(index.document, dict) and index.document.keys() >= {"$defs", "definitions"}:
        return False
    base = index.nodes[""].base
    if len(index.resources) > 1 and any(node.base != base for node in index.nodes.values()):
        return False
    texts = [node.value.get(key) for node in index.referring for key in REFERENCE_KEYWORDS]
    return all(
        text is None
        or (isinstance(text, str) and _PLAIN_REFERENCE.fullmatch(text) and text.partition("#")[0] not in own)
        for own in [index.resources.keys() - {""}]
        for text in texts
    )


@dataclass(frozen=True, slots=True)
class _Normal:
    """`renames`: the root's `definitions` are called `$defs`."""

    draft: str
    renames: bool

    def schema(self, schema: Any) -> Any:
        if not isinstance(schema, dict):
            return schema
        kept = {
            name: schema[name] if name in _WORDS and schema[name].__class__ is str else self._value(name, schema[name])
            for name in sorted(schema)
            if name not in _SAID_TO_PEOPLE
        }
        if _RESPELLED.isdisjoint(kept):
            return kept
        return dict(sorted(self._joined(kept).items()))

    def _joined(self, schema: dict[str, Any]) -> dict[str, Any]:
        """`const` as `enum` of one; a lone `$ref` inside `allOf` as the `$ref` itself."""
        if "const" in schema and "enum" not in schema and "const" in vocabulary(self.draft):
            schema["enum"] = [schema.pop("const")]
        branches = schema.get("allOf")
        lone = isinstance(branches, list) and len(branches) == 1 and isinstance(branches[0], dict)
        hoists = lone and "$ref" not in schema and (self.draft not in REF_IS_ALONE or set(schema) == {"allOf"})
        if hoists and branches and branches[0].keys() == {"$ref"}:
            del schema["allOf"]
            schema["$ref"] = branches[0]["$ref"]
        return schema

    def _value(self, name: str, value: Any) -> Any:
        keyword = vocabulary(self.draft).get("definitions" if name == "$defs" else name)
        if name == "$ref" and self.renames and isinstance(value, str) and value.startswith("#/definitions/"):
            return value.replace("definitions", "$defs", 1)
        if keyword is not None and keyword.shape in _NESTING:
            return self._nested(keyword, value)
        if name in _SETS and isinstance(value, list):
            if all(item.__class__ is str for item in value):
                return sorted(value, key=encode_basestring)  # `canonical` of each, at a tenth of its cost
            return sorted((_sorted(item) for item in value), key=canonical)
        return _sorted(value)

    def _nested(self, keyword: Keyword, value: Any) -> Any:
        if isinstance(value, list):
            items = [self.schema(item) for item in value]
            return sorted(items, key=canonical) if keyword.name in _UNORDERED else items
        if keyword.shape in ("schema-map", "dependencies") and isinstance(value, dict):
            return {
                key: sorted(item, key=canonical) if isinstance(item, list) else self.schema(item)
                for key, item in sorted(value.items())
            }
        return self.schema(value)


def _sorted(value: Any) -> Any:
    """A value with sorted keys and each number in one spelling."""
    if isinstance(value, dict):
        return {key: _sorted(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        return value if "E" in str(value) else Decimal(str(value).rstrip("0"))
    return value
