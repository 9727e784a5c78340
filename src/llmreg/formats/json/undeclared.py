"""Fields that a document has although the schema declares them nowhere: what `--strict` refuses.

The closed form of the schema decides (a location is closed as a whole, through `allOf`, `anyOf`, `$ref`), so that
validating strictly and judging closed writers never disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from llmreg.formats.json.compiled import compile_document
from llmreg.model.pointer import join
from llmreg.model.problem import Problem

if TYPE_CHECKING:
    from llmreg.formats.json.schema import JsonSchema

UNDECLARED_FIELD: Final = "undeclared-field"
_CLOSING: Final = frozenset({"AdditionalProperties", "UnevaluatedProperties"})
_BRANCHING: Final = frozenset({"AnyOf", "OneOfNotValid"})


class Undeclared:
    """Finds undeclared fields by comparing what the schema says with what its closed form says."""

    def __init__(self, schema: JsonSchema) -> None:
        from llmreg.formats.json.inclusion.decide import closed_document

        self._closed = compile_document(closed_document(schema.side(closed=True)), "2020-12", schema.resources)

    def is_none(self, document: Any) -> bool:
        """Whether the closed form accepts a document that the schema accepts."""
        return bool(self._closed.is_valid(document))

    def problems(self, document: Any, refused: Iterable[Any]) -> list[Problem]:
        """One problem per undeclared field, with the field's own pointer; `refused` are the schema's own errors."""
        known = {place for error in refused for place in _fields(error)}
        found = {place for error in self._closed.iter_errors(document) for place in _fields(error)} - known
        message = "the schema declares no such field"
        return [Problem(UNDECLARED_FIELD, message, join("", *place)) for place in sorted(found, key=str)]


def _fields(error: Any) -> Iterator[tuple[str | int, ...]]:
    kind = type(error.kind).__name__
    if kind in _CLOSING:
        for name in error.kind.unexpected:
            yield (*error.instance_path, name)
    elif kind in _BRANCHING:
        # the branch that only closing refuses is the one that the document meant
        for branch in error.kind.context:
            found = [list(_fields(inner)) for inner in branch]
            if found and all(found):
                for places in found:
                    yield from places
                return
