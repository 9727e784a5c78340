"""JSON Schema, drafts 4 to 2020-12; its modules load when the first schema is parsed.

`parse` makes a `schema` of a text. `compare/` asks what both texts show (`sight/`), then the engine (`inclusion/`, with
`regex/`); two validators judge each document that it finds (`judges`, `verify`). `localise/` finds which keyword
refused it and what the other side says there, `explain/` makes the document small and asks the `rules/`. What breaks
nothing is found by `changes/` and `change_rules/`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from llmreg.formats.interface import CompareOptions, Comparison, Reference, Schema, Source, Validator
    from llmreg.formats.json.schema import JsonSchema
    from llmreg.model.finding import Finding

_SURE = frozenset(
    {"$schema", "$ref", "$defs", "definitions", "properties", "allOf", "anyOf", "oneOf", "additionalProperties"}
)
_LIKELY = frozenset({"required", "items", "enum", "const", "not", "if", "pattern", "$id", "title", "description"})
_AVRO_TYPES = frozenset({"record", "enum", "fixed", "map", "error"})


class JsonFormat:
    """Meets `formats.interface.Format`."""

    name = "json"
    wire_name = "JSON"
    extensions: tuple[str, ...] = (".json", ".yaml")
    looks_back = False

    def sniff(self, data: bytes) -> float:
        """JSON Schema keywords count for it, an Avro record, enum or fixed against it."""
        if data.lstrip()[:1] not in (b"{", b"t", b"f") or len(data) > 16 << 20:
            return 0.0
        try:
            document = json.loads(data)
        except (ValueError, RecursionError):
            return 0.0
        if isinstance(document, bool):
            return 0.6
        if not isinstance(document, dict):
            return 0.0
        named = document.get("type")
        if isinstance(named, str) and named in _AVRO_TYPES:
            return 0.1
        if document.keys() & _SURE:
            return 0.95
        return 0.6 if document.keys() & _LIKELY or "type" in document else 0.2

    def parse(self, source: Source) -> JsonSchema:
        from llmreg.formats.json.parse import parse

        return parse(source)

    @property
    def policies(self) -> tuple[str, ...]:
        """What other registries call a break, by name."""
        from llmreg.formats.json.policies import names

        return names()

    def compare(self, writer: Schema, reader: Schema, options: CompareOptions) -> Comparison:
        from llmreg.formats.json.compare.verdict import compare

        schemas = _json(writer), _json(reader)
        if not options.policy:
            return compare(*schemas, options)
        from llmreg.formats.json.policies._apply import compare as compare_under

        return compare_under(options.policy, schemas, lambda: compare(*schemas, options))

    def changes(self, old: Schema, new: Schema, options: CompareOptions) -> Sequence[Finding]:
        from llmreg.formats.json.changes.walk import changes

        return changes(_json(old), _json(new), options)

    def equivalent(self, old: Schema, new: Schema, options: CompareOptions) -> bool | None:
        from llmreg.formats.json.compare.verdict import equivalent

        return equivalent(_json(old), _json(new), options)

    def validator(
        self, schema: Schema, *, strict: bool = False, settings: Mapping[str, Any] | None = None
    ) -> Validator:
        from llmreg.formats.json.validate import JsonValidator

        return JsonValidator(_json(schema), strict=strict)

    def skeleton(self, name: str, kind: str) -> bytes:
        from llmreg.formats.json.skeleton import skeleton

        return skeleton(name, kind)

    def render_stored(self, data: bytes) -> bytes:
        return data.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"

    def served(self, data: bytes) -> bytes:
        from llmreg.formats.json.served import served

        return served(data)

    def served_name(self, reference: Reference) -> str:
        from llmreg.formats.json.served import served_name

        return served_name(reference.name)

    def served_as(self, schema: Schema, form: str) -> bytes | None:
        return None

    def posted_form(self, data: bytes) -> str:
        return ""

    def posted(self, source: Source) -> JsonSchema:
        from llmreg.formats.json.served import posted

        return posted(source)

    def same(self, posted: Schema, registered: Schema, *, normalize: bool) -> bool:
        from llmreg.formats.json.served import same

        return same(_json(posted), _json(registered), normalize=normalize)


def _json(schema: Any) -> JsonSchema:
    return cast("JsonSchema", schema)


FORMAT = JsonFormat()
