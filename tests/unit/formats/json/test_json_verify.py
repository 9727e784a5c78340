"""The two engines that confirm witnesses: they agree where both answer, and stay silent where one is known to err."""

from __future__ import annotations

import json
import threading
from decimal import Decimal
from typing import Any

import pytest

from llmreg.formats.interface import Source
from llmreg.formats.json import FORMAT
from llmreg.formats.json.pythonregex import is_reliable
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.verify import accepts, engine_names
from llmreg.model import jsontext

DRAFT4 = "http://json-schema.org/draft-04/schema#"
DRAFT7 = "http://json-schema.org/draft-07/schema#"
DRAFT2019 = "https://json-schema.org/draft/2019-09/schema"
UUID = "01234567-89ab-cdef-0123-456789abcdef"


def schema(document: Any, pinned: Any = True) -> JsonSchema:
    def resolve(subject: str, version: str) -> JsonSchema:
        assert (subject, version) == ("a/b", "1.0.0")
        return schema(pinned)

    return FORMAT.parse(Source(jsontext.dumps(document).encode(), resolve=resolve, strict=False))


def answers(document: Any, value: Any, pinned: Any = True) -> tuple[bool | None, bool | None]:
    found = accepts(schema(document, pinned), value)
    assert tuple(found) == engine_names()
    reference, fast = found.values()
    return reference, fast


BOTH = [
    ({"type": "integer"}, Decimal("2.0"), True),
    ({"$schema": DRAFT4, "type": "integer"}, Decimal("2.0"), False),
    ({"type": "integer"}, Decimal("2.5"), False),
    ({"type": "integer"}, True, False),
    ({"multipleOf": Decimal("0.01")}, Decimal("19.99"), True),
    ({"multipleOf": Decimal("1e-30")}, 10**30, True),
    ({"multipleOf": 3}, 10**400, False),
    ({"enum": [1, {"a": Decimal("2.0")}]}, {"a": 2}, True),
    ({"const": Decimal("1.0")}, 1, True),
    ({"const": 1}, True, False),
    ({"uniqueItems": True}, [1, Decimal("1.0")], False),
    ({"maximum": Decimal("0.1")}, Decimal("0.10000000000000000000000000000000001"), False),
    ({"pattern": "^[a-z]+$"}, "abc", True),
    ({"pattern": "^[a-z]+$"}, "ab1", False),
    ({"$schema": DRAFT7, "properties": {"a": {"$ref": "#"}}, "minProperties": 1}, {"a": {"a": {}}}, False),
    ({"$schema": DRAFT7, "$ref": "#/definitions/a", "maxLength": 1, "definitions": {"a": True}}, "long", True),
    ({"properties": {"a": {"const": 1}}, "unevaluatedProperties": False}, {"a": Decimal("1.0")}, True),
    ({"dependencies": {"a": ["b"]}}, {"a": 1}, True),
    ({"$schema": DRAFT7, "contentEncoding": "base64", "format": "ipv4"}, "%%", True),
    ({"$schema": DRAFT7, "dependencies": {"a": {"type": "string"}, "b": ["c"]}}, {"b": 1}, False),
    ({"$schema": DRAFT4, "dependencies": {"a": {"minProperties": 2}, "b": ["c"]}}, {"b": 1, "c": 1}, True),
    (
        {"$schema": DRAFT7, "dependencies": {"a": {}, "b": {"dependencies": {"b": {}, "c": ["d"]}}}},
        {"b": 1, "c": 1},
        False,
    ),
    ({"$schema": DRAFT7, "additionalItems": {"type": "null"}, "items": False}, [1], False),
    ({"$schema": DRAFT7, "additionalItems": False, "items": True}, [1], True),
    ({"$schema": DRAFT7, "additionalItems": False, "items": [True]}, [1, 2], False),
    ({"$schema": DRAFT2019, "items": True, "unevaluatedItems": False}, [1], True),
    ({"minLength": 1, "pattern": "."}, "\n", False),
    ({"pattern": "^[^x]+$"}, "\na", True),
    ({"pattern": "^([a-z]+\\.)+[a-z]+$"}, "abcdef." * 20 + "a", True),
    ({"pattern": "^([a-z]+\\.)+[a-z]+$"}, "abcdef." * 20, False),
    ({"patternProperties": {"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$": False}}, {UUID: 1}, False),
]


@pytest.mark.parametrize(("document", "value", "valid"), BOTH, ids=lambda value: jsontext.dumps(value)[:60])
def test_both_engines_answer_and_agree(document: Any, value: Any, valid: bool) -> None:
    assert answers(document, value) == (valid, valid)


@pytest.mark.parametrize(
    ("document", "value", "wanted"),
    [
        ({"pattern": "^a$"}, "a\n", (None, False)),
        ({"pattern": "^\\w$"}, "é", (None, False)),
        ({"pattern": "^\\p{L}$"}, "é", (None, True)),
        ({"patternProperties": {"^\\d$": False}}, {"٣": 1}, (None, True)),
        ({"pattern": "^(a+)+$"}, "a" * 40 + "!", (None, False)),
        ({"pattern": "^(a|a)*(?=b)$"}, "a" * 40, (None, None)),
        ({"$ref": "https://example.org/x.json"}, 1, (None, None)),
        ({"$ref": "#"}, 1, (None, True)),
    ],
)
def test_an_engine_that_would_err_says_nothing(document: Any, value: Any, wanted: tuple[Any, Any]) -> None:
    assert answers(document, value) == wanted


def test_pinned_documents_are_read_in_their_own_draft() -> None:
    outer = {"properties": {"m": {"$ref": "llmreg:a/b@1.0.0#/definitions/t"}}}
    same = {"definitions": {"t": {"type": "integer"}}}
    assert answers(outer, {"m": Decimal("1.0")}, same) == (True, True)
    assert answers(outer, {"m": "x"}, same) == (False, False)
    assert answers(outer, {"m": Decimal("1.0")}, {"$schema": DRAFT4, **same}) == (None, False)


def test_a_recursive_schema_without_end_is_no_crash() -> None:
    deep: Any = 1
    for _ in range(100):
        deep = [deep]
    reference, fast = answers({"items": {"$ref": "#"}, "type": "array"}, deep)
    assert reference in (None, False)
    assert fast is False


def test_many_references_for_one_value_leave_the_slow_engine_out() -> None:
    defs = {f"d{level}": {"anyOf": [{"$ref": f"#/$defs/d{level + 1}"}] * 2} for level in range(10)}
    document = {"$ref": "#/$defs/d0", "$defs": {**defs, "d10": {"type": "string"}}}
    assert answers(document, 1) == (None, False)


def test_engines_are_shared_between_threads() -> None:
    one = schema({"properties": {"a": {"pattern": "^x"}, "b": {"multipleOf": Decimal("0.1")}}})
    found: list[dict[str, bool | None]] = []
    value = json.loads('{"a": "xy", "b": 3}')
    threads = [threading.Thread(target=lambda: found.append(accepts(one, value))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [set(one.values()) for one in found] == [{True}] * 4


@pytest.mark.parametrize(
    ("pattern", "text", "reliable"),
    [
        ("^a+$", "aaa", True),
        ("[^]", "a", False),
        ("[]", "a", False),
        ("a{,3}", "a", False),
        ("(a)|\\1", "a", False),
        ("[[a]", "a", False),
        ("^(?<name>a)$", "a", False),
        ("^[^x]{2}$", "ab", True),
        ("\\.", "a", True),
        ("^\\s$", "\x1c", False),
        ("^.$", "\u2028", False),
        ("^.", "a\r", True),
        ("a.", "a\r", False),
        ("^.+$", "\n", True),
        ("^.+$", "a\n", False),
        ("^[.]\\.", ".\r", True),
        ("^a$", "a\n", False),
        ("^a\\$|[$]", "a\n", True),
        ("^a$", "\na", True),
        ("^.+", "a\n", True),
        ("^\\S", "\x1f", False),
        ("^[^a]", "\x1f\x0b", True),
        ("^iglu:[a-z0-9.]+/[a-z_]+/jsonschema/[0-9]+-[0-9]+-[0-9]+$", "iglu:com.acme/checkout/jsonschema/1-0-0", True),
        ("^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$", UUID, True),
        ("^[a-z]+$", "a" * 100_000, True),
        ("^(?:a{1,50}b)*$", ("a" * 40 + "b") * 50, True),
        ("\\b\\w+\\b", "one two three four five six", True),
        ("(?<=a)b+$", "ab" * 20, True),
        ("(?=.*[a-z])(?=.*\\d).{8,}", "correct horse battery staple 1", True),
        ("^((a?)+)*?$", "aaa", False),
        ("^(a+)+$", "a" * 60 + "!", False),
        ("^((a|aa)+b?)+$", "a" * 60 + "!", False),
        ("^(a|a|a|a)*$", "a" * 20 + "!", False),
        ("^(a*)*$", "a" * 60 + "!", False),
        ("^(?=(a+)+b)", "a" * 60, False),
        ("^(a?){60}a{60}$", "a" * 60, False),
        ("(?<=^(a|a){30})b", "a" * 60, False),
        ("a*a*a*a*a*a*b", "a" * 100, False),
        ("(?:){900000000}a", "a", False),
    ],
)
def test_python_regex_is_trusted_only_where_it_reads_ecma(pattern: str, text: str, reliable: bool) -> None:
    assert is_reliable(pattern, text) is reliable
