"""Prompts: template texts and lists of chat messages, versioned like schemas; jinja2 loads when one is parsed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from llmreg.formats.interface import CompareOptions, Comparison, Reference, Schema, Source, Validator
from llmreg.model.finding import Finding

if TYPE_CHECKING:
    from llmreg.formats.prompt.schema import PromptSchema


class PromptFormat:
    """See `llmreg.formats.interface.Format`. A prompt's documents are the variables that it is rendered with."""

    name = "prompt"
    wire_name = "PROMPT"
    extensions: tuple[str, ...] = (".jinja", ".yaml")
    policies: tuple[str, ...] = ()
    looks_back = False

    def sniff(self, data: bytes) -> float:
        """Any text may be a template, so only a list of chat messages is recognised."""
        from llmreg.formats.prompt.schema import looks_like_chat

        return 0.97 if looks_like_chat(data) else 0.0

    def parse(self, source: Source) -> Schema:
        """Raises SchemaError with each problem's line, FormatUnavailableError where jinja2 is needed and missing."""
        from llmreg.formats.prompt.schema import parse

        return parse(source)

    def compare(self, writer: Schema, reader: Schema, options: CompareOptions) -> Comparison:
        """Whether data that was gathered for the writer's template renders in the reader's."""
        from llmreg.formats.prompt.compare import compare

        return compare(_own(writer), _own(reader), options)

    def changes(self, old: Schema, new: Schema, options: CompareOptions) -> Sequence[Finding]:
        """What a model reads differently."""
        from llmreg.formats.prompt.changes import changes

        return changes(_own(old), _own(new))

    def equivalent(self, old: Schema, new: Schema, options: CompareOptions) -> bool | None:
        """Whether both ask for the same."""
        from llmreg.formats.prompt.compare import equivalent

        return equivalent(_own(old), _own(new))

    def validator(
        self, schema: Schema, *, strict: bool = False, settings: Mapping[str, Any] | None = None
    ) -> Validator:
        """A document is valid when it renders; `strict` refuses absent values whatever the prompt says."""
        from llmreg.formats.prompt.validate import PromptValidator

        return PromptValidator(_own(schema), strict=strict)

    def skeleton(self, name: str, kind: str) -> bytes:
        """A Jinja2 text with one variable."""
        title = name.replace("-", " ").replace("_", " ")
        return f"You write the {title}.\n\nQuestion: {{{{ question }}}}\n".encode()

    def render_stored(self, data: bytes) -> bytes:
        """LF line ends and one final newline."""
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n") + b"\n"

    def served(self, data: bytes) -> bytes:
        """As registered; Schema Registry clients are shown no prompts."""
        return data

    def served_name(self, reference: Reference) -> str:
        return reference.name

    def served_as(self, schema: Schema, form: str) -> bytes | None:
        return None

    def posted_form(self, data: bytes) -> str:
        return ""

    def posted(self, source: Source) -> Schema:
        return self.parse(source)

    def same(self, posted: Schema, registered: Schema, *, normalize: bool) -> bool:
        """Equal messages in the same language."""
        return posted.canonical() == registered.canonical()


def _own(schema: Schema) -> PromptSchema:
    return cast("PromptSchema", schema)


FORMAT = PromptFormat()
