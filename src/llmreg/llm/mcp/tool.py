"""One tool of an MCP server, and its two schemas as subjects keep them.

The input schema carries what a model reads of the tool: the tool's description is the schema's, and everything else
that the server says of the tool stands under `x-mcp-tool`. So one version, with one digest, is all that was approved.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from llmreg.errors import InputError
from llmreg.model.jsontext import MAX_DOCUMENT_BYTES, dumps, loads
from llmreg.model.problem import Problem
from llmreg.model.subject import name_problem

KEYWORD: Final = "x-mcp-tool"
OUTPUT: Final = "output"  # below the tool's subject, where no tool can be: a tool's name is one segment
_OWN: Final = "schemaDescription"
_SCHEMAS: Final = ("inputSchema", "outputSchema")
_NAME_MAX: Final = 128
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tool:
    """`input` and `output` are the texts of its schemas as they are registered; `output` None: it declares none."""

    name: str
    input: bytes
    output: bytes | None


def read_list(document: Any, where: str) -> tuple[Tool, ...]:
    """The tools of a list, by name. `document` is a list of tools, `{"tools": […]}`, or a whole answer around that.

    Raises InputError with one Problem per defect."""
    if isinstance(document, dict) and isinstance(document.get("result"), dict):
        document = document["result"]
    if isinstance(document, dict) and document.get("nextCursor"):
        raise InputError(
            f"{where}: one page of a longer list: `nextCursor` says that there is more", hint="save all pages"
        )
    listed = document.get("tools") if isinstance(document, dict) else document
    if not isinstance(listed, list):
        raise InputError(f"{where}: expected a list of tools, or an object with `tools`")
    problems = [problem for number, value in enumerate(listed) for problem in _problems(value, number)]
    names = Counter(value["name"] for value in listed if isinstance(value, dict) and isinstance(value.get("name"), str))
    problems += [
        Problem("mcp-tool", f"two tools are called {name!r}") for name, number in sorted(names.items()) if number > 1
    ]
    if problems:
        more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
        raise InputError(f"{where}: {problems[0].message}{more}", problems=problems, hint=problems[0].hint)
    return tuple(_tool(value) for value in sorted(listed, key=lambda value: str(value["name"])))


def _problems(value: Any, number: int) -> Iterable[Problem]:
    place = f"/tools/{number}"
    if not isinstance(value, dict):
        yield Problem("mcp-tool", f"tool {number + 1} is no object", place)
        return
    name = value.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= _NAME_MAX:
        yield Problem("mcp-tool", f"tool {number + 1} has no name of 1 to {_NAME_MAX} characters", f"{place}/name")
        return
    description = value.get("description")
    if description is not None and not isinstance(description, str):
        yield Problem("mcp-tool", f"the description of tool {name!r} is no text", f"{place}/description")
    schema = value.get("inputSchema")
    if not isinstance(schema, dict):
        shown = "null" if schema is None else type(schema).__name__
        yield Problem(
            "mcp-tool",
            f"the input schema of tool {name!r} is {shown}, and must be an object",
            f"{place}/inputSchema",
            hint='a tool without arguments says {"type": "object", "additionalProperties": false}',
        )
    elif KEYWORD in schema:
        yield Problem("mcp-tool", f"the input schema of tool {name!r} uses {KEYWORD!r}, which is reserved", place)
    if not isinstance(value.get("outputSchema", None), dict | bool | None):
        yield Problem("mcp-tool", f"the output schema of tool {name!r} is no schema", f"{place}/outputSchema")


def _tool(value: Mapping[str, Any]) -> Tool:
    own = dict(value["inputSchema"])
    about = {key: item for key, item in value.items() if key not in {*_SCHEMAS, "description"} and item is not None}
    if "description" in own:
        about[_OWN] = own.pop("description")
    described = {"description": value["description"]} if value.get("description") is not None else {}
    output = value.get("outputSchema")
    return Tool(
        value["name"],
        _text({**described, KEYWORD: {"name": about.pop("name"), **about}, **own}),
        None if output is None else _text(output),
    )


def definition(input_text: bytes, output_text: bytes | None) -> dict[str, Any]:
    """The tool as a server lists it, from its registered schemas: members in the order of the specification."""
    schema = read_schema(input_text)
    about = dict(schema.pop(KEYWORD))
    found: dict[str, Any] = {"name": about.pop("name")}
    if "title" in about:
        found["title"] = about.pop("title")
    if "description" in schema:
        found["description"] = schema.pop("description")
    found["inputSchema"] = {"description": about.pop(_OWN), **schema} if _OWN in about else schema
    if output_text is not None:
        found["outputSchema"] = read_schema(output_text)
    return found | about


def read_schema(text: bytes) -> Any:
    """A registered schema, of whatever size the registry allows."""
    return loads(text, max_bytes=MAX_DOCUMENT_BYTES)


def name_in(input_text: bytes) -> str | None:
    """The tool's name in a registered input schema; None where the subject is no locked tool."""
    schema = read_schema(input_text)
    about = schema.get(KEYWORD) if isinstance(schema, dict) else None
    name = about.get("name") if isinstance(about, dict) else None
    return name if isinstance(name, str) else None


def segment(name: str, taken: Container[str]) -> str:
    """The last segment of the tool's subject: its name where that can name a subject and is free, whatever its case
    (`taken` has the others' casefolded); else a readable form of it with a digest."""
    if name_problem(name) is None and "/" not in name and name.casefold() not in taken:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{_UNSAFE.sub('-', name).strip('._-')[:64] or 'tool'}-{digest}"


def _text(schema: Any) -> bytes:
    return (dumps(schema, indent=2) + "\n").encode()
