"""A change of generation order, shown by a constrained decoder: where llguidance is installed, a document whose
properties stand as before is given to a grammar that has them as they are generated now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.sight.alike import definitions, judging
from llmreg.formats.json.sight.samples import NOTHING, Samples
from llmreg.formats.json.verify import accepts
from llmreg.llm.profiles import decoder
from llmreg.model.finding import Witness
from llmreg.model.jsontext import dumps


def witness(schema: JsonSchema, was: Sequence[str], now: Sequence[str]) -> Witness | None:
    """A valid document of an object schema with the properties in the order `was`, which a decoder that generates them
    in the order `now` refuses. `now` lists every property of the root, `was` the same in another order.

    None where llguidance is not installed, where no document was found, or where the decoder says otherwise."""
    version = decoder.available()
    properties = schema.document.get("properties") if isinstance(schema.document, dict) else None
    if version is None or not isinstance(properties, dict) or set(now) != set(properties):
        return None
    samples = Samples(definitions(schema.document), judging(schema.draft), smallest=True)
    values = {name: samples.of(properties[name]) for name in now}
    if any(value is NOTHING for value in values.values()):
        return None
    before, after = ({name: values[name] for name in names} for names in (was, now))
    told = accepts(schema, before)
    ordered = {**schema.document, "properties": {name: properties[name] for name in now}}
    if not all(told.values()) or not _takes(ordered, after) or _takes(ordered, before):
        return None
    expected = "refused by a decoder that generates the properties in the new order"
    return Witness(before, expected=expected, confirmed_by=(*told, f"llguidance {version}"))


def _takes(schema: Any, document: Any) -> bool:
    return decoder.takes(dumps(schema), dumps(document))
