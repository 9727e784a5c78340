"""What the Avro room gives to the rest: `llmreg.formats.interface.Format`. Its parts load when they are needed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast

from llmreg.errors import LlmregError
from llmreg.model import jsontext

if TYPE_CHECKING:
    from llmreg.formats.avro.schema import AvroSchema
    from llmreg.formats.interface import CompareOptions, Comparison, Reference, Schema, Source, Validator
    from llmreg.model.finding import Finding

_NAMED = ("record", "enum", "fixed")


class AvroFormat:
    """The format `avro`."""

    name: ClassVar[str] = "avro"
    wire_name: ClassVar[str] = "AVRO"
    extensions: ClassVar[tuple[str, ...]] = (".avsc",)
    policies: ClassVar[tuple[str, ...]] = ()
    looks_back = False

    def sniff(self, data: bytes) -> float:
        """An object is Avro only when its type is record, enum or fixed and it has no `$schema`: the other types are
        JSON Schema's too."""
        if not any(f'"{kind}"'.encode() in data for kind in _NAMED):
            return 0.0
        try:
            value = jsontext.loads(data)
        except LlmregError:
            return 0.0
        named = isinstance(value, dict) and value.get("type") in _NAMED and "$schema" not in value
        return 0.9 if named else 0.0

    @cached_property
    def _parse(self) -> Callable[[Source], AvroSchema]:
        """Loaded once: an import inside a function, each time, takes longer than a small schema takes to build."""
        from llmreg.formats.avro.parse import parse

        return parse

    @cached_property
    def _compare(self) -> Callable[[AvroSchema, AvroSchema, CompareOptions], Comparison]:
        from llmreg.formats.avro.compare import compare

        return compare

    def parse(self, source: Source) -> AvroSchema:
        return self._parse(source)

    def compare(self, writer: Schema, reader: Schema, options: CompareOptions) -> Comparison:
        return self._compare(cast("AvroSchema", writer), cast("AvroSchema", reader), options)

    def changes(self, old: Schema, new: Schema, options: CompareOptions) -> Sequence[Finding]:
        from llmreg.formats.avro.changes import changes

        return changes(cast("AvroSchema", old), cast("AvroSchema", new))

    def equivalent(self, old: Schema, new: Schema, options: CompareOptions) -> bool | None:
        from llmreg.formats.avro.changes import equivalent

        return equivalent(cast("AvroSchema", old), cast("AvroSchema", new))

    def validator(
        self, schema: Schema, *, strict: bool = False, settings: Mapping[str, Any] | None = None
    ) -> Validator:
        from llmreg.formats.avro.validate import AvroValidator

        return AvroValidator(cast("AvroSchema", schema), strict=strict)

    def skeleton(self, name: str, kind: str) -> bytes:
        """A record named after the subject."""
        words = re.findall(r"[A-Za-z0-9]+", name)
        title = "".join(word[:1].upper() + word[1:] for word in words) or "Record"
        text = {
            "type": "record",
            "name": title if not title[0].isdigit() else f"_{title}",
            "doc": f"What {name} holds ({kind}).",
            "fields": [{"name": "id", "type": "string", "doc": "Identifies the record."}],
        }
        return json.dumps(text, indent=2).encode() + b"\n"

    def render_stored(self, data: bytes) -> bytes:
        return data.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"

    def served(self, data: bytes) -> bytes:
        from llmreg.formats.avro.served import served

        return served(data)

    def served_name(self, reference: Reference) -> str:
        return reference.name

    def served_as(self, schema: Schema, form: str) -> bytes | None:
        """`resolved`: every referenced type is written out where it is first used."""
        from llmreg.formats.avro.served import resolved

        return resolved(cast("AvroSchema", schema)) if form == "resolved" else None

    def posted_form(self, data: bytes) -> str:
        return ""

    def posted(self, source: Source) -> AvroSchema:
        return self.parse(source)

    def same(self, posted: Schema, registered: Schema, *, normalize: bool) -> bool:
        from llmreg.formats.avro.served import same

        return same(cast("AvroSchema", posted), cast("AvroSchema", registered))
