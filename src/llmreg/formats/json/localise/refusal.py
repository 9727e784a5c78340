"""Reads the reader's refusal of one document: which keyword of which schema object refused which value."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from llmreg.formats.json.values import MISSING
from llmreg.model.pointer import join
from llmreg.model.record import dataclass

# Keywords whose value maps names (or lists positions) to schemas: the token after them is no keyword.
_CONTAINERS = frozenset((
    "properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies", "prefixItems",
    "allOf", "anyOf", "oneOf",
))  # fmt: skip
_CONDITIONS = frozenset(("then", "else", "dependentSchemas", "dependencies"))
_MAY_BE_FALSE = frozenset(("items", "additionalItems", "additionalProperties", "then", "else"))
_PER_NAME = frozenset(("additionalProperties", "unevaluatedProperties"))
_MAX_NAMES = 64


@dataclass(frozen=True, slots=True)
class Refusal:
    """One keyword that said no. `pointer` is the schema object that holds it, `detail` the property it speaks of,
    `path` the refused value in the document; `conditional` names the `then`, `else` or dependency it stands below.
    `branches` are those of a union. `source` is the absolute place of the schema object when it lies in a pinned
    reference; then `pointer` is the place of that reference."""

    pointer: str
    keyword: str
    detail: str
    path: tuple[str | int, ...]
    conditional: str = ""
    branches: Branches | None = None
    source: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The reader's side of the cause, wherever in the document it struck."""
        return self.pointer, self.keyword, self.detail, self.source


class Branches:
    """What each branch of a union says; read only where it is asked for, because wide unions say much."""

    def __init__(self, reading: Reading, errors: Sequence[Sequence[Any]], document: Any) -> None:
        self._reading = reading
        self._errors = errors
        self._document = document

    def __len__(self) -> int:
        return len(self._errors)

    @property
    def accepting(self) -> list[int]:
        """The branches that accept the value."""
        return [index for index, errors in enumerate(self._errors) if not errors]

    def refusals(self, index: int) -> list[Refusal]:
        """Why one branch refuses the value."""
        return self._reading.refusals(self._errors[index], self._document)


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read the places that jsonschema-rs reports: `roots` gives the pointer of each resource of the schema's
    own document by URI, `pinned` are the URIs of the documents that it refers to."""

    roots: Mapping[str, str]
    pinned: Container[str]

    def refusals(self, errors: Iterable[Any], document: Any) -> list[Refusal]:
        """Every reason why a document is refused, in the validator's order; none: it is accepted."""
        return [refusal for error in errors for refusal in self._read(error, document)]

    def _read(self, error: Any, document: Any) -> Iterator[Refusal]:
        kind = error.kind
        holder, keyword, detail = _holder(list(error.schema_path), kind.name)
        resource = (error.absolute_keyword_location or "").partition("#")[0]
        pointer, source = self.roots.get(resource, "") + join("", *holder), ""
        if resource in self.pinned:
            pointer, source = _entrance(error.evaluation_path), f"{resource}#{quote(join('', *holder))}"
        context = getattr(kind, "context", None)
        branches = Branches(self, context, document) if context else None
        conditional = next((token for token in keywords(error.evaluation_path[:-1]) if token in _CONDITIONS), "")
        whole = keyword in _PER_NAME and kind.name == "falseSchema"  # then the engine hands over a member's value
        path = _path(error, document, lambda value: error.instance in (value.values() if whole else (value,)))
        if kind.name == "additionalItems":
            path = (*path, kind.limit)
        refused = value_at(document, path)
        names = list(refused)[:_MAX_NAMES] if whole and isinstance(refused, dict) else _names(kind, keyword, detail)
        for name in names:
            yield Refusal(pointer, keyword, name, path, conditional, branches, source)


def _path(error: Any, document: Any, reached: Callable[[Any], bool]) -> tuple[str | int, ...]:
    """The place of the refused value in the document. jsonschema-rs leaves out keys that are the empty text."""
    path: list[str | int] = []
    value = document
    for token in error.instance_path:
        while isinstance(value, dict) and token not in value and "" in value:
            path.append("")
            value = value[""]
        path.append(token)
        value = member(value, token)
    while isinstance(value, dict) and "" in value and not reached(value):
        path.append("")
        value = value[""]
    return tuple(path)


def _entrance(evaluation_path: Sequence[str | int]) -> str:
    """The first reference on the way: what leaves the document starts there."""
    ways = ("$ref", "$dynamicRef", "$recursiveRef")
    first = next((at for at, token in enumerate(evaluation_path) if token in ways), len(evaluation_path))
    return join("", *evaluation_path[:first])


def keywords(tokens: Sequence[str | int]) -> Iterator[str]:
    """The tokens of a schema path that are keywords, not names or positions."""
    name = False
    for token in tokens:
        if not name and isinstance(token, str):
            yield token
        name = not name and token in _CONTAINERS


def _holder(tokens: list[str | int], kind: str) -> tuple[list[str | int], str, str]:
    """The schema object, the keyword and the name in it."""
    if not tokens:
        return [], "false", ""
    last = str(tokens[-1])
    if kind == "propertyNames" or (kind == "falseSchema" and last == "propertyNames"):
        return (tokens if last == "propertyNames" else tokens[:-1]), "propertyNames", ""
    if kind != "falseSchema":
        return tokens[:-1], last, ""
    if last in _MAY_BE_FALSE:
        return tokens[:-1], last, ""
    if len(tokens) > 1 and tokens[-2] in ("prefixItems", "items", "patternProperties"):
        return tokens[:-2], str(tokens[-2]), last
    return tokens, "false", ""


def _names(kind: Any, keyword: str, detail: str) -> Sequence[str]:
    """The properties that the refusal speaks of, one refusal for each."""
    if keyword in _PER_NAME:
        return list(getattr(kind, "unexpected", ()))[:_MAX_NAMES] or [detail]
    missing = getattr(kind, "property", None)
    return [str(missing)] if missing is not None else [detail]


def value_at(document: Any, path: Sequence[str | int]) -> Any:
    """The value at a path of keys and positions, or MISSING."""
    for token in path:
        document = member(document, token)
    return document


def member(value: Any, token: str | int) -> Any:
    """One step of a path, or MISSING."""
    if isinstance(value, dict) and token in value:
        return value[token]
    return value[token] if isinstance(value, list) and isinstance(token, int) and token < len(value) else MISSING
