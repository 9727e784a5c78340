"""The way back: a model's answer under a projection becomes a document of the schema.

Nulls that stand for absence are taken out, a wrapped document is unwrapped; numbers stay exact and keys in their order.
What comes out is always valid under the schema: an answer that a lossy export let through is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from llmreg.errors import DocumentError
from llmreg.formats.interface import Validator
from llmreg.formats.json.equality import key_of
from llmreg.llm.export.export import WRAPPED, Export
from llmreg.llm.profiles.decoder_rules import matches
from llmreg.model.jsontext import MAX_DOCUMENT_BYTES, loads
from llmreg.model.pointer import join, lookup
from llmreg.model.problem import Problem


def decode_text(export: Export, text: bytes | str, validator: Validator | None = None) -> Any:
    """The document that an answer stands for, read from its JSON text. Raises like `decode_answer`, and LimitError."""
    return decode_answer(export, loads(text, max_bytes=MAX_DOCUMENT_BYTES), validator)


def decode_answer(export: Export, answer: Any, validator: Validator | None = None) -> Any:
    """The document that an answer (a JSON value) stands for; valid, with `validator`, that of the original schema.

    Raises DocumentError with placed problems for an answer that stands for no valid document."""
    if export.wrapped:
        if not isinstance(answer, dict) or set(answer) != {WRAPPED}:
            raise DocumentError(
                f"the answer must be an object with `{WRAPPED}` alone",
                problems=[Problem("not-wrapped", f"expected an object with `{WRAPPED}` alone")],
            )
        root, pointer = export.schema["properties"][WRAPPED], join("", "properties", WRAPPED)
        document = Reader(export).value(root, pointer, answer[WRAPPED])
    else:
        document = Reader(export).value(export.schema, "", answer)
    problems = validator.problems(document) if validator is not None else ()
    if problems:
        found = tuple(problems)
        raise DocumentError(
            f"the answer stands for no document of {export.source}: {found[0].pointer or '/'}: {found[0].message}",
            problems=found,
            hint="the export was lossy, or the provider does not enforce the schema: ask again with this message",
        )
    return document


def member(schema: Mapping[str, Any], pointer: str, name: str) -> tuple[Any, str]:
    """The schema of a property, and its place."""
    if name in schema.get("properties", {}):
        return schema["properties"][name], join(pointer, "properties", name)
    return schema.get("additionalProperties"), join(pointer, "additionalProperties")


def element(schema: Mapping[str, Any], pointer: str, index: int) -> tuple[Any, str]:
    """The schema of an item, and its place."""
    first = schema.get("prefixItems", ())
    if index < len(first):
        return first[index], join(pointer, "prefixItems", index)
    return schema.get("items"), join(pointer, "items")


class Reader:
    """Walks an answer along the projection."""

    def __init__(self, export: Export) -> None:
        self._schema = export.schema
        self._drops = export.drops

    def value(self, schema: Any, pointer: str, answer: Any) -> Any:
        schema, pointer = self.opened(schema, pointer)
        if isinstance(schema.get("anyOf"), list):
            for index, branch in enumerate(schema["anyOf"]):
                if self.fits(branch, answer):
                    return self.value(branch, join(pointer, "anyOf", index), answer)
            return answer
        if isinstance(answer, dict):
            return self._members(schema, pointer, answer)
        if isinstance(answer, list):
            return self._items(schema, pointer, answer)
        return _whole(answer) if schema.get("type") == "integer" else answer

    def _members(self, schema: Mapping[str, Any], pointer: str, answer: dict[str, Any]) -> dict[str, Any]:
        dropped = self._drops.get(pointer, ())
        return {
            name: self.value(*member(schema, pointer, name), item)
            for name, item in answer.items()
            if item is not None or name not in dropped
        }

    def _items(self, schema: Mapping[str, Any], pointer: str, answer: list[Any]) -> list[Any]:
        return [self.value(*element(schema, pointer, index), item) for index, item in enumerate(answer)]

    def opened(self, schema: Any, pointer: str) -> tuple[Mapping[str, Any], str]:
        seen: set[str] = set()
        while isinstance(schema, dict) and isinstance(schema.get("$ref"), str) and schema["$ref"].startswith("#"):
            pointer = schema["$ref"][1:]
            if pointer in seen:
                return {}, pointer
            seen.add(pointer)
            try:
                schema = lookup(self._schema, pointer)
            except (LookupError, ValueError):
                return {}, pointer
        return (schema if isinstance(schema, dict) else {}), pointer

    def fits(self, schema: Any, answer: Any) -> bool:
        """Whether an answer is one of a branch: its type, its literal values, its bounds, its members."""
        if isinstance(schema, bool):
            return schema
        schema, _ = self.opened(schema, "")
        if answer is None and schema.get("nullable"):
            return True
        if "anyOf" in schema:
            return any(self.fits(branch, answer) for branch in schema["anyOf"])
        if "enum" in schema and key_of(answer) not in {key_of(value) for value in schema["enum"]}:
            return False
        if "type" in schema and not _is_of(answer, schema["type"]):
            return False
        if isinstance(answer, dict):
            return self._members_fit(schema, answer)
        if isinstance(answer, list):
            first, rest = schema.get("prefixItems", []), schema.get("items", True)
            sides = [first[index] if index < len(first) else rest for index in range(len(answer))]
            low, high = schema.get("minItems", 0), schema.get("maxItems", len(answer))
            return low <= len(answer) <= high and all(map(self.fits, sides, answer))
        return _scalar_fits(schema, answer)

    def _members_fit(self, schema: Mapping[str, Any], answer: Mapping[str, Any]) -> bool:
        declared, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        if not set(schema.get("required", ())) <= set(answer):
            return False
        return all(self.fits(declared.get(name, others), item) for name, item in answer.items())


def _is_of(answer: Any, name: Any) -> bool:
    number = isinstance(answer, (int, float, Decimal)) and not isinstance(answer, bool)
    return {
        "null": answer is None,
        "boolean": isinstance(answer, bool),
        "string": isinstance(answer, str),
        "array": isinstance(answer, list),
        "object": isinstance(answer, dict),
        "number": number,
        "integer": number and answer == int(answer),
    }.get(name, True)


def _whole(answer: Any) -> Any:
    """A whole number without its fraction: `1.0` is an integer, but not in every draft."""
    return int(answer) if isinstance(answer, Decimal | float) and _is_of(answer, "integer") else answer


def _scalar_fits(schema: Mapping[str, Any], answer: Any) -> bool:
    if isinstance(answer, str):
        pattern = schema.get("pattern")
        low, high = schema.get("minLength", 0), schema.get("maxLength", len(answer))
        return low <= len(answer) <= high and (pattern is None or matches(pattern, answer))
    if answer is None or isinstance(answer, bool):
        return True
    tests = (
        ("minimum", lambda bound: answer >= bound),
        ("maximum", lambda bound: answer <= bound),
        ("exclusiveMinimum", lambda bound: answer > bound),
        ("exclusiveMaximum", lambda bound: answer < bound),
        ("multipleOf", lambda bound: not Decimal(str(answer)) % Decimal(str(bound))),
    )
    return all(test(schema[word]) for word, test in tests if word in schema)
