"""The Protobuf format: proto2, proto3 and editions; three surfaces (wire, json, source).

Importing this package loads neither the compiler nor the Protobuf runtime: the first parse does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from llmreg.formats.interface import CompareOptions, Comparison, Reference, Schema, Source, Validator
from llmreg.model.finding import Finding
from llmreg.model.record import replace

if TYPE_CHECKING:
    from llmreg.formats.protobuf.schema import ProtobufSchema


class ProtobufFormat:
    """See `llmreg.formats.interface.Format`."""

    name = "protobuf"
    wire_name = "PROTOBUF"
    extensions: tuple[str, ...] = (".proto",)
    policies: tuple[str, ...] = ()
    looks_back = True

    def sniff(self, data: bytes) -> float:
        """How sure the content is of this format, 0 to 1."""
        from llmreg.formats.protobuf.lexer import looks_like_proto

        return looks_like_proto(data)

    def parse(self, source: Source) -> Schema:
        """Raises SchemaError with the compiler's problems placed, LimitError before the compiler sees the file."""
        from llmreg.formats.protobuf.schema import parse

        return parse(source)

    def fingerprint(self, source: Source) -> bytes:
        """See `llmreg.formats.interface.Importing`."""
        from llmreg.formats.protobuf.fingerprint import fingerprint

        return fingerprint(source)

    def compare(self, writer: Schema, reader: Schema, options: CompareOptions) -> Comparison:
        """Whether the reader reads everything that the writer may write, on the chosen surfaces."""
        from llmreg.formats.protobuf.compare import compare
        from llmreg.formats.protobuf.through import notes

        comparison = compare(_own(writer), _own(reader), options)
        return replace(comparison, notes=(*comparison.notes, *notes(_own(writer), _own(reader))))

    def changes(self, old: Schema, new: Schema, options: CompareOptions) -> Sequence[Finding]:
        """Comments, names and order; and what changes in generated code, unless `source` is a surface of its own."""
        from llmreg.formats.protobuf.changes import changes

        return changes(_own(old), _own(new), options)

    def equivalent(self, old: Schema, new: Schema, options: CompareOptions) -> bool | None:
        """Whether the same payloads are written and accepted."""
        from llmreg.formats.protobuf.changes import equivalent

        return equivalent(_own(old), _own(new))

    def validator(
        self, schema: Schema, *, strict: bool = False, settings: Mapping[str, Any] | None = None
    ) -> Validator:
        """For documents of the first message that `messages:` lists, else of the file's first top-level one."""
        from llmreg.formats.protobuf.validate import validator

        return validator(_own(schema).side, strict=strict, roots=(settings or {}).get("messages") or ())

    def skeleton(self, name: str, kind: str) -> bytes:
        """A proto3 file with one message named after the subject."""
        from llmreg.formats.protobuf.skeleton import skeleton

        return skeleton(name, kind)

    def render_stored(self, data: bytes) -> bytes:
        """LF line ends and one final newline."""
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n") + b"\n"

    def served(self, data: bytes) -> bytes:
        """As registered: there is no second printer of proto files that keeps comments."""
        return data

    def served_name(self, reference: Reference) -> str:
        return reference.name

    def served_as(self, schema: Schema, form: str) -> bytes | None:
        """`serialized`: the base64 of the file's descriptor; `ignore_extensions`: the text without custom options."""
        from llmreg.formats.protobuf.served import serialized, without_extensions

        if form == "serialized":
            return serialized(_own(schema))
        return without_extensions(schema.data) if form == "ignore_extensions" else None

    def posted_form(self, data: bytes) -> str:
        from llmreg.formats.protobuf.served import is_descriptor

        return "serialized" if is_descriptor(data) else ""

    def posted(self, source: Source) -> Schema:
        from llmreg.formats.protobuf.served import posted

        return posted(source)

    def same(self, posted: Schema, registered: Schema, *, normalize: bool) -> bool:
        from llmreg.formats.protobuf.served import same

        return same(_own(posted), _own(registered))


def _own(schema: Schema) -> ProtobufSchema:
    return cast("ProtobufSchema", schema)


FORMAT = ProtobufFormat()
