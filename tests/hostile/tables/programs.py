"""Programs that a pull request brings along: code sources, MCP lists, modules that shadow ours."""

from __future__ import annotations

import json
from typing import Any

from tests.hostile.case import Case, json_subject

_SOURCE = "format: json\nsource: {object: 'evil:Object', via: pydantic, mode: validation}\n"
_MARK = "open('<base>/sprung', 'w').close()\n"
_SHADOWS = (
    "yaml",
    "json",
    "git",
    "jinja2",
    "fastavro",
    "jsonschema_rs",
    "typer",
    "re",
    "sitecustomize",
    "llmreg_plugin",
)


def _tool(**members: Any) -> dict[str, Any]:
    return {"name": "t", "inputSchema": {"type": "object"}, **members}


_LISTS: dict[str, Any] = {
    "that is no list": {"tools": "all"},
    "without a name": {"tools": [{"inputSchema": {}}]},
    "with a name twice": {"tools": [_tool(), _tool()]},
    "with a name that is a path": {"tools": [_tool(name="../../../outside")]},
    "with a name that is absolute": {"tools": [_tool(name="/etc/passwd")]},
    "with an empty name": {"tools": [_tool(name="")]},
    "with a name of a megabyte": {"tools": [_tool(name="x" * 1_000_000)]},
    "with a name of escapes": {"tools": [_tool(name="\x1b[31m\u202e")]},
    "with names that differ in case": {"tools": [_tool(name="read"), _tool(name="READ")]},
    "with a schema that is none": {"tools": [_tool(inputSchema={"type": 7})]},
    "with a schema that is null": {"tools": [_tool(inputSchema=None)]},
    "with a remote reference": {"tools": [_tool(inputSchema={"$ref": "http://127.0.0.1:9/x"})]},
    "with a next page": {"tools": [_tool()], "nextCursor": "more"},
    "with an error": {"jsonrpc": "2.0", "id": 1, "error": {"code": -1, "message": "\x1b[31m"}},
    "of 20,000 tools": {"tools": [_tool(name=f"t{number}") for number in range(20_000)]},
}
CASES: dict[str, Case] = {
    **{
        f"a list {name}: verify-mcp": Case(
            ("verify-mcp", "tools", "--from", "list.json"),
            {"list.json": json.dumps(document)},
            exit=(1, 2),
            good=True,
            cpu=60,
        )
        for name, document in _LISTS.items()
    },
    **{
        f"a list {name}: lock-mcp": Case(
            ("lock-mcp", "tools", "--from", "list.json"), {"list.json": json.dumps(document)}, exit=2, good=True, cpu=60
        )
        for name, document in list(_LISTS.items())[:-1]
        if name
        not in {
            "with a name that is a path",
            "with a name that is absolute",
            "with a name of escapes",
            "with a name of a megabyte",
            "with an empty name",
            "with names that differ in case",
        }
    },
    **{
        f"a list {name}: lock-mcp stays inside": Case(
            ("lock-mcp", "tools", "--from", "list.json"),
            {"list.json": json.dumps(_LISTS[name])},
            exit=(0, 1, 2),
            good=True,
            writes=True,
        )
        for name in (
            "with a name that is a path",
            "with a name that is absolute",
            "with a name of escapes",
            "with an empty name",
            "with names that differ in case",
        )
    },
    "a code source is not run by check": Case(
        ("check",), {**json_subject({"type": "string"}, "a", _SOURCE), "evil.py": _MARK}, exit=(0, 1, 2)
    ),
    "a code source is not run by check --all": Case(
        ("check", "--all"), {**json_subject({"type": "string"}, "a", _SOURCE), "evil.py": _MARK}, exit=(0, 1, 2)
    ),
    "a code source is not run by register": Case(
        ("register", "a"), {**json_subject({"type": "strin"}, "a", _SOURCE), "evil.py": _MARK}, exit=2
    ),
    "a code source is not found without an import root": Case(
        ("drift",), {**json_subject({"type": "string"}, "a", _SOURCE), "evil.py": _MARK}, exit=(1, 2)
    ),
    "a code source by option": Case(("register", "a", "-c:x"), {"evil.py": _MARK}, good=True),
    "a code source that is an expression": Case(("register", "a", "os:system('touch <base>/sprung')"), good=True),
    **{
        f"a module {name}.py beside the registry": Case(
            ("check", "--all"),
            {f"{name}.py": _MARK, **json_subject({"type": "string"})},
            exit=(0, 1),
            env={"PYTHONPATH": ""},
        )
        for name in _SHADOWS
    },
    "a conftest and a setup": Case(
        ("check",),
        {
            "conftest.py": _MARK,
            "setup.py": _MARK,
            "pyproject.toml": "[tool.llmreg]\nplugins = ['evil']\n",
            ".env": "X=1\n",
        },
        exit=0,
    ),
}
