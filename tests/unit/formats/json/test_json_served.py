"""JSON Schema as Schema Registry clients are given it, and the way back."""

from __future__ import annotations

import pytest

from llmreg.errors import LlmregError
from llmreg.formats import catalogue
from llmreg.formats.interface import Reference, Schema, Source

JSON = catalogue.get("json")


@pytest.mark.parametrize(
    ("registered", "served"),
    [
        (b'{ "b": 1.0,\n "a" : [1e3, -0, 1.50] }', b'{"b":1.0,"a":[1e3,-0,1.50]}'),
        ('{"title": "é \\u00e9 \\" \\\\"}'.encode(), '{"title":"é é \\" \\\\"}'.encode()),
        (b"true\n", b"true"),
        (b'{"$ref": "llmreg:a/b@1.0.0#/$defs/x"}', b'{"$ref":"/a/b/1.0.0.json#/$defs/x"}'),
        (
            b'{"properties": {"$ref": {"$ref": "llmreg:a@1.0.0-rc.1"}}, "$defs": {"x": {"$ref": "#"}}}',
            b'{"properties":{"$ref":{"$ref":"/a/1.0.0-rc.1.json"}},"$defs":{"x":{"$ref":"#"}}}',
        ),
        (b'{"const": {"$ref": "llmreg:a@1.0.0"}}', b'{"const":{"$ref":"llmreg:a@1.0.0"}}'),
    ],
)
def test_only_white_space_and_the_names_of_references_change(registered: bytes, served: bytes) -> None:
    assert JSON.served(registered) == served


def test_a_reference_is_called_what_the_text_calls_it() -> None:
    assert JSON.served_name(Reference("a/b", "1.0.0", "llmreg:a/b@1.0.0")) == "/a/b/1.0.0.json"
    assert JSON.served_name(Reference("a/b", "1.0.0", "b.json")) == "b.json"


def _resolve(subject: str, version: str) -> Schema:
    return JSON.parse(Source(b'{"$defs": {"x": {"type": "string"}}}'))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"$ref": "llmreg:a/b@1.0.0#/$defs/x"}', {}),
        ('{"$ref": "/a/b/1.0.0.json#/$defs/x"}', {}),
        ('{"$ref": "b.json#/$defs/x"}', {"b.json": "a/b@1.0.0"}),
    ],
)
def test_a_posted_reference_is_found_in_any_spelling(text: str, names: dict[str, str]) -> None:
    posted = JSON.posted(Source(text.encode(), references=names, resolve=_resolve))
    assert [str(each) for each in posted.references] == ["a/b@1.0.0"]
    assert posted.canonical() == b'{"$ref":"llmreg:a/b@1.0.0#/$defs/x"}'


@pytest.mark.parametrize("text", ["{", "[]", '{"$ref": "http://["}', '{"type": 5}', '{"a": 1, "a": 2}'])
def test_what_is_no_schema_is_refused(text: str) -> None:
    with pytest.raises(LlmregError):
        JSON.posted(Source(text.encode()))


@pytest.mark.parametrize(
    ("posted", "plain", "normalized"),
    [
        ('{"type": "string", "minLength": 1}', True, True),
        ('{"minLength": 1, "type": "string"}', False, True),
        ('{"minLength": 2, "type": "string"}', False, False),
    ],
)
def test_one_content(posted: str, plain: bool, normalized: bool) -> None:
    registered = JSON.parse(Source(b'{"type":"string","minLength":1}'))
    asked = JSON.posted(Source(posted.encode()))
    assert JSON.same(asked, registered, normalize=False) is plain
    assert JSON.same(asked, registered, normalize=True) is normalized


def test_there_is_no_other_form() -> None:
    assert JSON.served_as(JSON.parse(Source(b"true")), "resolved") is None
