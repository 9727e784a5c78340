"""What a finding says: the cause in one sentence, named as people name it, with a fix that mends it."""

from __future__ import annotations

from typing import Any

import llmreg

DRAFT_4 = "http://json-schema.org/draft-04/schema#"


def said(old: Any, new: Any) -> list[tuple[str, str | None]]:
    return [(one.message, one.fix) for one in llmreg.compare(old, new).findings]


def test_a_long_text_is_shown_where_it_changed():
    text = "Looks something up in the register of the town, in the own words of {}, one question at a time."
    old, new = ({"description": text.format(who)} for who in ("the user", "a citizen"))
    (message, _), *rest = said(old, new)
    assert rest == []
    assert message == (
        'the schema: the description changed from "…e own words of the user, one question …" '
        'to "…e own words of a citizen, one question …" (+1 byte)'
    )


def test_a_long_text_that_only_grew_shows_the_new_end():
    text = "A short sentence that says what the tool is good for. " * 2
    ((message, _),) = said({"title": text}, {"title": text + "Never twice."})
    assert message.endswith('from "…l is good for. " to "…l is good for. Never twice." (+12 bytes)')


def test_a_long_string_is_told_by_its_length():
    ((message, _),) = said({"type": "string"}, {"type": "string", "maxLength": 90})
    assert message.endswith(f'the writer may write "{"a" * 39}…" (91 characters)')


def test_a_property_of_a_map_of_anything_is_called_by_its_name():
    old = {"properties": {"meta": {"additionalProperties": {}}}}
    new = {"properties": {"meta": {"additionalProperties": {}, "properties": {"id": {"type": "string"}}}}}
    messages = [message for message, _ in said(old, new)]
    assert messages[0] == "`meta.id`: the reader accepts only string, the writer may write null"


def test_a_type_that_the_writer_does_not_limit_is_taken_out():
    ((_, fix),) = said({}, {"type": "string"})
    assert fix == "take `type` out of the reader's schema, or release a new major version"


def test_an_integer_with_a_fraction_of_zero_is_told_as_draft_4s():
    ((message, fix),) = said({"type": "integer"}, {"$schema": DRAFT_4, "type": "integer"})
    assert "which 0.0 is not in draft 4" in message
    assert fix == "declare the writer's draft in the reader's `$schema`, or release a new major version"


def test_a_reader_of_nothing_says_so():
    ((message, _),) = said({"type": "null"}, False)
    assert message == "the document: the reader accepts nothing at all, the writer may write null"
