"""Confluent Schema Registry's JSON compatibility with the policy LENIENT (since October 2025).

For teams whose writers write what they declare and whose readers ignore what they do not know.

What it says:
    As `confluent-strict`, but for the content models: an optional property, or one that is required and has a default,
    may be added to an open object, and a property may be removed from a closed one.

Rules from:
    Confluent's change descriptions 3930 (October 2025) and 4292 (May 2026, which mended two of the combinations).
    Re-implemented from documented behaviour; neither code nor test data of Confluent's was used.

Known limits:
    Those of `confluent-strict`. A property that goes from a closed object is a break for readers that validate: the
    sound verdict shows the document, and this policy lets it pass.
"""

from __future__ import annotations

from llmreg.formats.json.policies._confluent import Confluent
from llmreg.formats.json.policies._walk import Difference
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def differences(writer: JsonSchema, reader: JsonSchema, deadline: float) -> list[Difference]:
    """What the policy sees between two schemas, and what of it is compatible."""
    return Confluent(writer, reader, deadline, lenient=True).differences()


RULE = Rule(
    summary="what Confluent Schema Registry refuses with the policy LENIENT",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=differences,
)
