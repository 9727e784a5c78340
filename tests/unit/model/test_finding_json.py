"""A witness as JSON: readable as plain numbers, and never less exact than the document itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from llmreg.model.finding import Witness
from llmreg.model.jsontext import dumps


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        ({"a": Decimal("0.5")}, '{"document":{"a":0.5},"bytes":null,"confirmed_by":[]}'),
        ({"a": Decimal("1.10")}, '{"document":{"a":1.1},"bytes":null,"confirmed_by":[],"text":"{\\"a\\":1.10}"}'),
        ([Decimal("1E+400")], '{"document":[1E+400],"bytes":null,"confirmed_by":[]}'),
        (2**80, '{"document":1208925819614629174706176,"bytes":null,"confirmed_by":[]}'),
    ],
)
def test_numbers_stay_exact(document: Any, shown: str) -> None:
    assert dumps(Witness(document).to_json()) == shown
