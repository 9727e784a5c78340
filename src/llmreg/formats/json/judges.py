"""The validators that judge witnesses: both engines on the schemas as registered, and on the writer's closed form."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

from llmreg.errors import SchemaError
from llmreg.formats.json.compiled import PlaceCompiler, compile_schema
from llmreg.formats.json.inclusion.decide import closed_document
from llmreg.formats.json.index import Node
from llmreg.formats.json.localise.refusal import Reading, Refusal
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.sight.trimmed import sides
from llmreg.formats.json.verify import accepts


class Validators:
    """Meets `explain.explainer.Judges` for one pair; everything is compiled when it is first asked for.

    `quick` questions go to jsonschema-rs alone; only `confirm` makes a document a witness. Raises SchemaError when
    jsonschema-rs refuses to compile a schema, and when the writer cannot be closed before the deadline."""

    def __init__(self, writer: JsonSchema, reader: JsonSchema, *, closed: bool, deadline: float = math.inf) -> None:
        self.writer = writer
        self.reader = reader
        self.closed = closed
        self.deadline = deadline
        self._branches: dict[str, Any] = {}
        self._confirmed: dict[tuple[str, bool], tuple[str, ...] | None] = {}

    def written(self, document: Any) -> bool:
        """Whether the writer writes the document, by jsonschema-rs."""
        if not self._quick_writer.is_valid(document):
            return False
        return not self.closed or bool(self._quick_closed.is_valid(document))

    def accepted(self, document: Any) -> bool:
        """Whether the reader accepts the document, by jsonschema-rs."""
        return bool(self._quick_reader.is_valid(document))

    def refusals(self, document: Any) -> list[Refusal]:
        """Why the reader refuses the document, by jsonschema-rs."""
        if self.accepted(document):  # much quicker than to look for every error
            return []
        return self._reading.refusals(self._quick_reader.iter_errors(document), document)

    def holds(self, pointer: str, value: Any) -> bool:
        """Whether the schema object of the writer at `pointer` accepts a value."""
        if pointer not in self._branches:
            node = self.writer.index.find("", pointer)
            self._branches[pointer] = None if node is None else self._compiled_at(node)
        validator = self._branches[pointer]
        return validator is None or bool(validator.is_valid(value))

    def confirm(self, document: Any, *, refused: bool = True) -> tuple[str, ...] | None:
        """The engines, when all agree that the writer writes the document and the reader refuses it (`refused`
        False: accepts it); None when one disagrees or could not judge."""
        key = repr(document), refused
        if key not in self._confirmed:
            self._confirmed[key] = self._judged(document, refused=refused)
        return self._confirmed[key]

    def _judged(self, document: Any, *, refused: bool) -> tuple[str, ...] | None:
        wanted = [(self.writer, True), (self.reader, not refused)]
        if self._closed is not None:
            wanted.append((self._closed, True))
        engines: tuple[str, ...] = ()
        for schema, verdict in wanted:
            answers = accepts(schema, document)
            if any(answer is not verdict for answer in answers.values()):
                return None
            engines = tuple(answers)
        return engines

    def doubt(self, document: Any) -> str:
        """In words, what kept `confirm` from making a refused document a witness."""
        for schema, side, wanted in ((self.writer, "writer", True), (self.reader, "reader", False)):
            for engine, answer in accepts(schema, document).items():
                if answer is None:
                    return f"{engine} cannot judge the {side} reliably"
                if answer is not wanted:
                    return f"{engine} says that the {side} {'accepts' if answer else 'refuses'} it"
        return "the closed form of the writer is not accepted by both validators"

    def _compiled_at(self, node: Node) -> Any:
        """None where the place cannot be compiled by itself: then it counts as held, which only costs precision."""
        try:
            return self._places.at(node)
        except SchemaError:
            return None

    @cached_property
    def _closed(self) -> JsonSchema | None:
        if not self.closed:
            return None
        # Of what is trimmed: it writes only documents that the whole writer writes, too.
        written = sides(self.writer, self.reader, closed=(True, False))[0]
        document = closed_document(written, deadline=self.deadline)
        return JsonSchema(b"", document, self.writer.draft, resources=self.writer.resources)

    @cached_property
    def _places(self) -> PlaceCompiler:
        return PlaceCompiler(self.writer)

    @cached_property
    def _quick_writer(self) -> Any:
        return compile_schema(self.writer)

    @cached_property
    def _quick_reader(self) -> Any:
        return compile_schema(self.reader)

    @cached_property
    def _quick_closed(self) -> Any:
        assert self._closed is not None
        return compile_schema(self._closed)

    @cached_property
    def _reading(self) -> Reading:
        roots = {uri: node.pointer for uri, node in self.reader.index.resources.items()}
        return Reading(roots, self.reader.resources)
