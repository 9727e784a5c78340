"""What is legal in a schema but surely not meant: keywords without effect, and example values that it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from llmreg.errors import SchemaError
from llmreg.formats.json.dialects import ANNOTATIONS, REF_IS_ALONE, drafts_of, effective, vocabulary
from llmreg.formats.json.equality import key_of
from llmreg.model.pointer import join
from llmreg.model.problem import Problem

if TYPE_CHECKING:
    from llmreg.formats.json.compiled import PlaceCompiler
    from llmreg.formats.json.index import Node
    from llmreg.formats.json.schema import JsonSchema

FOREIGN_KEYWORD: Final = "foreign-keyword"
REF_SIBLING: Final = "ref-sibling"
REFUSED_DEFAULT: Final = "default-refused"
REFUSED_EXAMPLE: Final = "example-refused"
_NAMES: Final = {"draft4": "draft 4", "draft6": "draft 6", "draft7": "draft 7"}
_HARMLESS_SIBLINGS: Final = ANNOTATIONS | {"$ref", "$schema", "$id", "id", "definitions", "$defs", "format"}
_PLAIN: Final = ANNOTATIONS | {"type", "enum", "format"}
_TYPES: Final[dict[str, type | tuple[type, ...]]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


def find(schema: JsonSchema, *, values: bool) -> Iterator[Problem]:
    """Every such place; `values` also tries the values of `default` and `examples`."""
    for node in schema.index.nodes.values():
        if isinstance(node.value, dict) and ("$ref" in node.value or not node.value.keys() <= effective(node.draft)):
            yield from _keywords(node)
    if values:
        yield from _refused_values(schema)


def _keywords(node: Node) -> Iterator[Problem]:
    known = vocabulary(node.draft)
    alone = node.draft in REF_IS_ALONE and "$ref" in node.value
    here = _NAMES.get(node.draft, node.draft)
    for name in node.value:
        row = known.get(name)
        if alone and row is not None and name not in _HARMLESS_SIBLINGS:
            message = f"`{name}` beside `$ref` has no effect in {here}"
            yield Problem(REF_SIBLING, message, join(node.pointer, name), hint="move it into `allOf` beside the `$ref`")
        elif row is None or row.inert:
            where = drafts_of(name)
            if where:
                span = _NAMES.get(where[0], where[0]) + (f" to {_NAMES.get(where[-1], where[-1])}" if where[1:] else "")
                message = f"`{name}` has no effect in {here}; it belongs to {span}"
                yield Problem(FOREIGN_KEYWORD, message, join(node.pointer, name))


def _refused_values(schema: JsonSchema) -> Iterator[Problem]:
    tried = [
        (node, path, code, value)
        for node in schema.index.nodes.values()
        for path, code, value in _values(node)
        if not _plainly_fits(node.value, value)
    ]
    if not tried:
        return
    from llmreg.formats.json.compiled import PlaceCompiler

    compiler = PlaceCompiler(schema)
    for node, path, code, value in tried:
        refusal = _refusal(compiler, node, value)
        if refusal is not None:
            yield Problem(code, f"the schema refuses its own `{path[0]}`: {refusal}", join(node.pointer, *path))


def _refusal(compiler: PlaceCompiler, node: Node, value: Any) -> str | None:
    """Why a subschema refuses a value; None also where it does not compile by itself (relative identifiers around it)
    or a pattern gives up: this is lint, a validator of the whole schema tells of both."""
    from llmreg.formats.json.compiled import gave_up
    from llmreg.formats.json.messages import sentence

    try:
        compiled = compiler.at(node)
    except SchemaError:
        return None
    if compiled.is_valid(value):
        return None
    first = next(compiled.iter_errors(value))
    if gave_up([first]) is not None:
        return None
    return sentence(first, value, join("", *first.instance_path))


def _values(node: Node) -> Iterator[tuple[tuple[str | int, ...], str, Any]]:
    if not isinstance(node.value, dict):
        return
    if "default" in node.value:
        yield ("default",), REFUSED_DEFAULT, node.value["default"]
    examples = node.value.get("examples")
    if isinstance(examples, list) and "examples" in vocabulary(node.draft):
        for number, value in enumerate(examples):
            yield ("examples", number), REFUSED_EXAMPLE, value


def _plainly_fits(schema: dict[str, Any], value: Any) -> bool:
    """Whether a schema of `type` and `enum` alone accepts a value; spares loading a validator for most defaults."""
    if not schema.keys() <= _PLAIN:
        return False
    allowed = schema.get("type")
    if allowed is not None:
        names = allowed if isinstance(allowed, list) else [allowed]
        if not any(name in _TYPES and isinstance(value, _TYPES[name]) for name in names):
            numeric = isinstance(value, int) and not isinstance(value, bool)
            if not (numeric and ("integer" in names or "number" in names)):
                return False
    return "enum" not in schema or key_of(value) in {key_of(item) for item in schema["enum"]}
