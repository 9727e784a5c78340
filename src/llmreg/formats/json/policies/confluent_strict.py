"""Confluent Schema Registry's JSON compatibility as it is by default (STRICT).

For teams whose subjects were checked by Confluent's registry and who want the same changes refused.

What it says:
    The differences between two schemas are told apart by structure (`type_narrowed`, `enum_array_extended`, …), each
    is compatible or not, and one that is not is a break. Writers are taken to write undeclared properties wherever
    their object is open, so that an optional property added to an open object is a break. Properties that are added to
    closed objects, removed from open ones, or required with a default are not.

Rules from:
    Confluent Platform's documentation of JSON Schema compatibility and the names of the differences in its answers
    (Schema Registry 8.5, August 2026); the rows of the content models from its change description 4292 (May 2026).
    Re-implemented from documented behaviour; neither code nor test data of Confluent's was used.

Known limits:
    `patternProperties`, `propertyNames`, `contains`, `if` and `unevaluatedProperties` are not compared, a name in
    `required` counts only where `properties` declares it, and overlapping `oneOf` branches are not noticed: there the
    policy passes breaks that the sound verdict shows, each with its document.
"""

from __future__ import annotations

from llmreg.formats.json.policies._confluent import Confluent
from llmreg.formats.json.policies._walk import Difference
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def differences(writer: JsonSchema, reader: JsonSchema, deadline: float) -> list[Difference]:
    """What the policy sees between two schemas, and what of it is compatible."""
    return Confluent(writer, reader, deadline, lenient=False).differences()


RULE = Rule(
    summary="what Confluent Schema Registry refuses by default",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=differences,
)
