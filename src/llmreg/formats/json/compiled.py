"""Compiles a schema, or one place of it, with jsonschema-rs: offline, formats and contents not asserted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from llmreg.errors import SchemaError
from llmreg.formats.json.dialects import DIALECT_URIS
from llmreg.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmreg.formats.json.inclusion.answers import Resource
    from llmreg.formats.json.index import Node
    from llmreg.formats.json.schema import JsonSchema

_SELF = "llmreg:"  # no subject has an empty name, so no reference can mean this one


class _Annotation:
    """A keyword that judges nothing: the engine asserts some that the specification only collects."""

    def __init__(self, *_: Any) -> None:
        pass

    def validate(self, instance: Any) -> None:
        del instance


def compile_schema(schema: JsonSchema) -> Any:
    """A `jsonschema_rs` validator for a whole schema. Raises SchemaError when the engine refuses it."""
    return compile_document(schema.document, schema.draft, schema.resources)


def compile_at(schema: JsonSchema, node: Node) -> Any:
    """The same for one subschema, in its place in the document."""
    if not node.pointer:
        return compile_schema(schema)
    from llmreg.formats.json.inclusion.answers import Resource

    document = {"$ref": f"{_SELF}#{quote(node.pointer)}"}
    return compile_document(
        document, schema.draft, {**schema.resources, _SELF: Resource(schema.document, schema.draft)}
    )


def compile_document(document: Any, draft: str, resources: Mapping[str, Resource]) -> Any:
    """A validator for any document of a draft and the pinned documents that it may refer to."""
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
    pinned = [(uri, named(resource.document, resource.draft)) for uri, resource in resources.items()]
    try:
        return classes[draft](
            named(document, draft),
            registry=jsonschema_rs.Registry(pinned, retriever=_never),
            validate_formats=False,
            offline=True,
            keywords=dict.fromkeys(inert, _Annotation),
        )
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        message = f"the validator cannot compile the schema: {str(error).splitlines()[0][:200]}"
        raise SchemaError(message, problems=[Problem("not-compilable", message)]) from None


def named(document: Any, draft: str) -> Any:
    """The document with the `$schema` that the engines know its draft by."""
    return {**document, "$schema": DIALECT_URIS[draft]} if isinstance(document, dict) else document


def _never(uri: str) -> Any:
    raise ValueError(f"nothing is fetched: {uri}")
