"""Tools of a list as schemas and back, and the names of their subjects."""

from __future__ import annotations

from typing import Any

import pytest

from llmreg.errors import InputError, LlmregError
from llmreg.llm.mcp.listing import SavedList, tools_of
from llmreg.llm.mcp.tool import definition, name_in, read_list, segment
from llmreg.model.jsontext import dumps, loads
from llmreg.model.subject import name_problem

OBJECT = {"type": "object"}
FULL: dict[str, Any] = {
    "name": "search",
    "title": "Search",
    "description": "Find pages.",
    "inputSchema": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "description": "how to search",
        "type": "object",
        "properties": {"b": {"type": "number", "minimum": 1.50}, "a": {}},
    },
    "outputSchema": {"type": "object", "properties": {}},
    "annotations": {"readOnlyHint": True},
    "_meta": {"x": [1]},
}


@pytest.mark.parametrize(
    "tool",
    [
        FULL,
        {"name": "bare", "inputSchema": {}},
        {"name": "own", "inputSchema": {"description": "own", **OBJECT}},
        {"name": "empty", "description": "", "inputSchema": {"description": "own", **OBJECT}},
        {"name": "any", "inputSchema": OBJECT, "outputSchema": True},
    ],
    ids=lambda tool: tool["name"],
)
def test_a_tool_comes_back_as_it_was(tool: dict[str, Any]) -> None:
    for document in ([tool], {"tools": [tool]}, {"jsonrpc": "2.0", "id": 1, "result": {"tools": [tool]}}):
        (read,) = read_list(loads(dumps(document)), "list")
        assert definition(read.input, read.output) == loads(dumps(tool))
        assert name_in(read.input) == tool["name"]


def test_properties_keep_their_order() -> None:
    (read,) = read_list([FULL], "list")
    assert list(definition(read.input, None)["inputSchema"]["properties"]) == ["b", "a"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"tool": []}, "expected a list of tools"),
        ([1], "tool 1 is no object"),
        ([{"inputSchema": OBJECT}], "tool 1 has no name"),
        ([{"name": "a" * 129, "inputSchema": OBJECT}], "tool 1 has no name of 1 to 128"),
        ([{"name": "a"}], "the input schema of tool 'a' is null"),
        ([{"name": "a", "inputSchema": None}], "the input schema of tool 'a' is null"),
        ([{"name": "a", "inputSchema": True}], "the input schema of tool 'a' is bool"),
        ([{"name": "a", "inputSchema": OBJECT, "description": 1}], "the description of tool 'a' is no text"),
        ([{"name": "a", "inputSchema": OBJECT, "outputSchema": []}], "the output schema of tool 'a' is no schema"),
        ([{"name": "a", "inputSchema": {"x-mcp-tool": 1}}], "'x-mcp-tool', which is reserved"),
        ([{"name": "a", "inputSchema": OBJECT}] * 2, "two tools are called 'a'"),
    ],
)
def test_a_list_that_is_none(document: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_list(document, "list")


@pytest.mark.parametrize("name", ["a/b", "_x", "examples", "con", "a.lock", "x" * 120, "日本", "..", "Taken"])
def test_a_name_that_cannot_be_a_folder_gets_a_digest(name: str) -> None:
    found = segment(name, ["taken"])
    assert found != name
    assert name_problem(found) is None
    assert found == segment(name, ["taken"])


def test_a_usual_name_is_kept() -> None:
    assert segment("get_page.v2", ["get_page"]) == "get_page.v2"


@pytest.mark.parametrize(("data", "message"), [(b'{"tools": [', "not JSON"), (b"[" * 200, "nested deeper")])
def test_a_saved_list_that_cannot_be_read_is_named(data: bytes, message: str) -> None:
    with pytest.raises(LlmregError, match=rf"tools\.json: {message}"):
        tools_of(SavedList(data, "tools.json"))
