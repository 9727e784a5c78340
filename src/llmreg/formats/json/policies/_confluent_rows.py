"""The differences that Confluent's documentation tells apart, under its names; which ones it takes as compatible."""

from __future__ import annotations

from llmreg.formats.json.policies._walk import READER, WRITER, Side
from llmreg.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of difference. `strict`, `lenient`: whether each policy takes it as compatible. `phrase` says what the
    two sides say; `rules` are those of the sound comparison that tell of the same cause, `deep` the side of which
    everything below counts as well."""

    strict: bool
    phrase: str
    rules: frozenset[str] = frozenset()
    deep: Side | None = None
    lenient: bool | None = None

    def allowed(self, *, lenient: bool) -> bool:
        return self.strict if not lenient or self.lenient is None else self.lenient


def _rules(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CLOSED = "the reader declares it, the writer's closed object never held it"
_OPEN = "the reader declares it, the writer's open object may hold it with any value"
_REQUIRED = _rules("required_added")
_VALUES = _rules("enum_narrowed const_changed")
_TYPES = _rules("type_changed type_narrowed")
_UNDECLARED = _rules("property_removed_from_closed_reader additional_properties_closed unevaluated_properties_closed")
_ALL_OF = "must hold beside the keywords of the place itself"

ROWS: dict[str, Row] = {
    "type_extended": Row(True, "the reader takes more types"),
    "type_narrowed": Row(False, "the reader takes fewer types", _TYPES),
    "type_changed": Row(False, "the reader takes other types", _TYPES | _VALUES, deep=READER),
    "schema_added": Row(False, "the reader limits it, the writer did not", deep=READER),
    "schema_removed": Row(True, "the writer limited it, the reader does not"),
    "enum_array_extended": Row(True, "the reader lists more values, or none"),
    "enum_array_narrowed": Row(False, "the reader lists fewer values", _VALUES),
    "enum_array_changed": Row(False, "the reader lists other values", _VALUES),
    "pattern_added": Row(False, "the reader has a pattern, the writer has none", _rules("pattern_changed")),
    "pattern_removed": Row(True, "the writer has a pattern, the reader has none"),
    "pattern_changed": Row(False, "the patterns differ", _rules("pattern_changed")),
    "multiple_of_added": Row(False, "the reader wants multiples, the writer does not", _rules("multiple_of_narrowed")),
    "multiple_of_removed": Row(True, "the writer writes multiples, the reader takes any number"),
    "multiple_of_expanded": Row(False, "the reader's step is a multiple of it", _rules("multiple_of_narrowed")),
    "multiple_of_reduced": Row(True, "the reader's step divides the writer's"),
    "multiple_of_changed": Row(False, "the steps have no common measure", _rules("multiple_of_narrowed")),
    "unique_items_added": Row(False, "the reader accepts no item twice", _rules("unique_items_added")),
    "unique_items_removed": Row(True, "the reader accepts an item twice"),
    "required_attribute_added": Row(False, "the reader requires it, the writer does not", _REQUIRED),
    "required_attribute_with_default_added": Row(True, "the reader requires it and names a default"),
    "required_attribute_removed": Row(True, "the writer requires it, the reader does not"),
    "additional_properties_added": Row(True, "the reader's object is open, the writer's was closed"),
    "additional_properties_removed": Row(False, "the reader's object is closed", _UNDECLARED),
    "additional_properties_extended": Row(True, "the reader takes any other property, the writer limited them"),
    "additional_properties_narrowed": Row(False, "the reader limits other properties", _UNDECLARED, deep=READER),
    "property_with_empty_schema_added_to_open_content_model": Row(True, "the reader declares it without limits"),
    "optional_property_added_to_open_content_model": Row(False, _OPEN, deep=READER, lenient=True),
    "required_property_added_to_open_content_model": Row(
        False, "the reader declares and requires it, the writer's open object does neither", _REQUIRED, READER
    ),
    "required_property_with_default_added_to_open_content_model": Row(
        False, "the reader requires it and names a default, the writer's object is open", _REQUIRED, READER, True
    ),
    "optional_property_added_to_unopen_content_model": Row(True, _CLOSED),
    "required_property_added_to_unopen_content_model": Row(
        False, "the reader requires it, the writer's closed object never held it", _REQUIRED
    ),
    "required_property_with_default_added_to_unopen_content_model": Row(
        True, "the reader requires it and names a default, the writer's closed object never held it"
    ),
    "property_added_is_covered_by_partially_open_content_model": Row(
        True, "the reader declares it, and takes what the writer let an undeclared property hold"
    ),
    "property_added_not_covered_by_partially_open_content_model": Row(
        False, "the reader declares it, and takes less than the writer let an undeclared property hold", deep=READER
    ),
    "property_removed_from_open_content_model": Row(True, "the reader's open object takes it undeclared"),
    "property_removed_from_closed_content_model": Row(
        False, "the reader's closed object does not declare it any more", _UNDECLARED, lenient=True
    ),
    "property_with_false_removed_from_closed_content_model": Row(True, "it could never be written"),
    "property_removed_is_covered_by_partially_open_content_model": Row(
        True, "the reader takes it undeclared, with the limits it has for such properties"
    ),
    "property_removed_not_covered_by_partially_open_content_model": Row(
        False, "the reader takes less of an undeclared property than the writer writes", _UNDECLARED, deep=WRITER
    ),
    "dependency_array_added": Row(False, "the reader has the dependency", _rules("dependent_required_added")),
    "dependency_array_removed": Row(True, "the reader dropped the dependency"),
    "dependency_array_extended": Row(False, "the reader requires more with it", _rules("dependent_required_added")),
    "dependency_array_narrowed": Row(True, "the reader requires less with it"),
    "dependency_array_changed": Row(False, "the reader requires other names", _rules("dependent_required_added")),
    "dependency_schema_added": Row(
        False, "the reader has the dependency", _rules("dependent_schemas_narrowed"), deep=READER
    ),
    "dependency_schema_removed": Row(True, "the reader dropped the dependency"),
    "additional_items_added": Row(True, "the reader takes further items, the writer's array was closed"),
    "additional_items_removed": Row(
        False, "the reader takes no further items", _rules("items_narrowed unevaluated_items_closed max_items_lowered")
    ),
    "additional_items_extended": Row(True, "the reader takes any further item, the writer limited them"),
    "additional_items_narrowed": Row(False, "the reader limits further items", _rules("items_narrowed"), deep=READER),
    "item_with_empty_schema_added_to_open_content_model": Row(True, "the reader names the position without limits"),
    "item_added_to_open_content_model": Row(False, "the writer's open array may hold anything there", deep=READER),
    "item_added_to_unopen_content_model": Row(True, "the writer's closed array never held it"),
    "item_added_is_covered_by_partially_open_content_model": Row(True, "the reader takes what the writer let it hold"),
    "item_added_not_covered_by_partially_open_content_model": Row(
        False, "the reader takes less than the writer let a further item hold", deep=READER
    ),
    "item_removed_from_open_content_model": Row(True, "the reader's open array takes it"),
    "item_removed_from_closed_content_model": Row(
        False, "the reader's closed array has no such position", _rules("items_narrowed max_items_lowered")
    ),
    "item_with_false_removed_from_closed_content_model": Row(True, "it could never be written"),
    "item_removed_is_covered_by_partially_open_content_model": Row(True, "the reader takes it as a further item"),
    "item_removed_not_covered_by_partially_open_content_model": Row(
        False, "the reader takes less of a further item than the writer writes", deep=WRITER
    ),
    "combined_type_extended": Row(True, "the reader combines its schemas more loosely"),
    "combined_type_changed": Row(False, "the reader combines its schemas in another way", deep=READER),
    "combined_type_subschemas_changed": Row(False, "the combined schemas do not fit each other", deep=READER),
    "product_type_extended": Row(False, f"the reader has more schemas that {_ALL_OF}", deep=READER),
    "product_type_narrowed": Row(True, f"the reader has fewer schemas that {_ALL_OF}"),
    "sum_type_extended": Row(True, "the reader has more branches"),
    "sum_type_narrowed": Row(False, "the reader has fewer branches", deep=READER),
    "not_type_extended": Row(False, "the reader excludes more", _rules("not_widened"), deep=READER),
    "not_type_narrowed": Row(True, "the reader excludes less"),
}

# keyword → stem of the ids; a lower bound is narrowed by increasing it
UPPER = {
    "maxLength": "max_length",
    "maximum": "maximum",
    "exclusiveMaximum": "exclusive_maximum",
    "maxItems": "max_items",
    "maxProperties": "max_properties",
}
LOWER = {
    "minLength": "min_length",
    "minimum": "minimum",
    "exclusiveMinimum": "exclusive_minimum",
    "minItems": "min_items",
    "minProperties": "min_properties",
}


def _bound(keyword: str, stem: str, narrowing: str, widening: str) -> dict[str, Row]:
    verb = "lowered" if keyword in UPPER else "raised"
    twin = stem.removeprefix("exclusive_")  # `maximum: 3` and `exclusiveMaximum: 3` bound the same number
    told = frozenset({f"{stem}_{verb}", f"{twin}_{verb}"})
    return {
        f"{stem}_added": Row(False, f"the reader has `{keyword}`, the writer has none", told),
        f"{stem}_removed": Row(True, f"the writer has `{keyword}`, the reader has none"),
        f"{stem}_{narrowing}": Row(False, f"the reader's `{keyword}` is tighter", told),
        f"{stem}_{widening}": Row(True, f"the reader's `{keyword}` is looser"),
    }


for _keyword, _stem in UPPER.items():
    ROWS |= _bound(_keyword, _stem, "decreased", "increased")
for _keyword, _stem in LOWER.items():
    ROWS |= _bound(_keyword, _stem, "increased", "decreased")
