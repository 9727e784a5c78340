"""Compiles a schema, or one place of it, with jsonschema-rs: offline, formats and contents not asserted."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from llmreg.errors import SchemaError
from llmreg.formats.json.dialects import DIALECT_URIS
from llmreg.model.pointer import join
from llmreg.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from llmreg.formats.json.inclusion.answers import Resource
    from llmreg.formats.json.index import Node
    from llmreg.formats.json.schema import JsonSchema

_ENGINE_LIMITS: Final = frozenset({"BacktrackLimitExceeded", "RegexEngineFailure"})
# look-around and back references run on a backtracking engine, which has a limit
_BACKTRACKS: Final = re.compile(rb"\(\?[=!<]|\\\\[1-9k]")
_KEPT: Final = 64  # compiled schemas: those of a comparison are asked for again and again
_SPELLER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
_SELF: Final = "llmreg:///"  # no subject has an empty name, and relative identifiers inside still resolve


class _Annotation:
    """A keyword that judges nothing: the engine asserts some that the specification only collects."""

    def __init__(self, *_: Any) -> None:
        pass

    def validate(self, instance: Any) -> None:
        del instance


class PlaceCompiler:
    """Compiles single subschemas of one schema, each in its place in the document."""

    def __init__(self, schema: JsonSchema) -> None:
        self._draft = schema.draft
        # one registry for all places: building it takes time with the size of the document
        self._registry = _registry([(_SELF, named(schema.document, schema.draft)), *_pinned(schema.resources)])

    def at(self, node: Node) -> Any:
        """A validator for the subschema. Raises SchemaError when the engine refuses it."""
        return _compile({"$ref": f"{_SELF}#{quote(node.pointer)}"}, self._draft, self._registry)


@lru_cache(maxsize=_KEPT)
def compile_schema(schema: JsonSchema) -> Any:
    """A `jsonschema_rs` validator for a whole schema, made once. Raises SchemaError when the engine refuses it."""
    return compile_document(schema.document, schema.draft, schema.resources)


def compile_document(document: Any, draft: str, resources: Mapping[str, Resource]) -> Any:
    """A validator for any document of a draft and the pinned documents that it may refer to."""
    return _compile(document, draft, _registry(_pinned(resources)))


@lru_cache(maxsize=_KEPT)
def texts(schema: JsonSchema) -> tuple[bytes, ...]:
    """The text of a schema's document and of each that it pins, without white space: quick to search for what it may
    hold. Numbers are no part of that."""
    documents = schema.document, *(resource.document for resource in schema.resources.values())
    return tuple(_SPELLER.encode(document).encode() for document in documents)


def backtracks(schema: JsonSchema) -> bool:
    """Whether a pattern in a schema runs on the backtracking engine, which gives up at a limit."""
    return any(_BACKTRACKS.search(text) for text in texts(schema))


def gave_up(errors: Iterable[Any]) -> str | None:
    """The place in the document where a pattern took too many steps; None when every error is a verdict."""
    for error in errors:
        if type(error.kind).__name__ in _ENGINE_LIMITS:
            return join("", *error.instance_path)
    return None


def _pinned(resources: Mapping[str, Resource]) -> list[tuple[str, Any]]:
    return [(uri, named(resource.document, resource.draft)) for uri, resource in resources.items()]


def _registry(documents: list[tuple[str, Any]]) -> Any:
    import jsonschema_rs

    try:
        return jsonschema_rs.Registry(documents, retriever=_never)
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise _refusal(error) from None


def _compile(document: Any, draft: str, registry: Any) -> Any:
    import jsonschema_rs

    classes = {
        "draft4": jsonschema_rs.Draft4Validator,
        "draft6": jsonschema_rs.Draft6Validator,
        "draft7": jsonschema_rs.Draft7Validator,
        "2019-09": jsonschema_rs.Draft201909Validator,
        "2020-12": jsonschema_rs.Draft202012Validator,
    }
    inert = ["contentEncoding", "contentMediaType"]
    if draft in ("2019-09", "2020-12"):
        inert.append("dependencies")  # gone since 2019-09, yet the engine still applies it
    try:
        return classes[draft](
            named(document, draft),
            registry=registry,
            validate_formats=False,
            offline=True,
            keywords=dict.fromkeys(inert, _Annotation),
        )
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise _refusal(error) from None


def _refusal(error: Exception) -> SchemaError:
    message = f"the validator cannot compile the schema: {str(error).partition(chr(10))[0][:200]}"
    return SchemaError(message, problems=[Problem("not-compilable", message)])


def named(document: Any, draft: str) -> Any:
    """The document with the `$schema` that the engines know its draft by."""
    return {**document, "$schema": DIALECT_URIS[draft]} if isinstance(document, dict) else document


def _never(uri: str) -> Any:
    raise ValueError(f"nothing is fetched: {uri}")
