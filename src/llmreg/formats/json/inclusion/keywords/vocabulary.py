"""Which keywords each draft knows. A keyword that is not listed is an annotation there."""

from __future__ import annotations

from typing import Final

from llmreg.formats.json.inclusion.keywords.arrays import ARRAYS, ARRAYS_SINCE_6, ARRAYS_SINCE_2020, ARRAYS_UNTIL_2019
from llmreg.formats.json.inclusion.keywords.logic import LOGIC, LOGIC_2019, LOGIC_2020, LOGIC_SINCE_7
from llmreg.formats.json.inclusion.keywords.objects import OBJECTS, OBJECTS_SINCE_6, OBJECTS_SINCE_2019, OBJECTS_UNTIL_7
from llmreg.formats.json.inclusion.keywords.scalars import SCALARS, SCALARS_SINCE_6
from llmreg.formats.json.inclusion.keywords.unevaluated import UNEVALUATED
from llmreg.formats.json.inclusion.places import Place
from llmreg.formats.json.inclusion.reading import Assertion, Keyword, Reading, Schema


def _disputed(read: Keyword) -> Keyword:
    """A keyword that one validator still asserts and the other does not: it holds, or one shared unknown does."""

    def read_disputed(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
        table = reading.table
        table.obstacles[_DISPUTE] = ("unsupported-keyword", "validators differ on `dependencies` since 2019-09", "")
        either = [table.any_of((assertion.node, table.opaque(_DISPUTE))) for assertion in read(reading, place, schema)]
        return [Assertion("dependencies", "", table.all_of(either))]

    return read_disputed


_DISPUTE: Final = "dependencies are annotations"
_ALL = {**SCALARS, **ARRAYS, **OBJECTS, **LOGIC}
_SINCE_6 = {**_ALL, **SCALARS_SINCE_6, **ARRAYS_SINCE_6, **OBJECTS_SINCE_6}
_SINCE_7 = {**_SINCE_6, **LOGIC_SINCE_7}
_DEPENDENCIES: dict[str, Keyword] = {keyword: _disputed(read) for keyword, read in OBJECTS_UNTIL_7.items()}
_SINCE_2019 = {**_SINCE_7, **OBJECTS_SINCE_2019, **UNEVALUATED}

VOCABULARY: Final[dict[str, dict[str, Keyword]]] = {
    "draft4": {**_ALL, **ARRAYS_UNTIL_2019, **OBJECTS_UNTIL_7},
    "draft6": {**_SINCE_6, **ARRAYS_UNTIL_2019, **OBJECTS_UNTIL_7},
    "draft7": {**_SINCE_7, **ARRAYS_UNTIL_2019, **OBJECTS_UNTIL_7},
    "2019-09": {**_SINCE_2019, **ARRAYS_UNTIL_2019, **LOGIC_2019, **_DEPENDENCIES},
    "2020-12": {**_SINCE_2019, **ARRAYS_SINCE_2020, **LOGIC_2020, **_DEPENDENCIES},
}
