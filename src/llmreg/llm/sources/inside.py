"""The program that runs in the child: limit itself, import one object, write its JSON Schema to a file descriptor.

Run as `python -I inside.py REQUEST DESCRIPTOR`. It imports nothing of llmreg. The answer is one line of JSON:
`{"schema", "generator"}` or `{"error"}`. That the network is refused keeps an import from talking by accident; it is no
wall against code that means harm.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
from collections.abc import Callable
from importlib import import_module, metadata  # noqa: TID251 - what is imported is the caller's word
from typing import Any

_NETWORK = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethost")


def main() -> None:
    request = json.loads(sys.argv[1])
    _limit(request["bytes"], request["seconds"])
    sys.addaudithook(_refuse_network)
    if request["root"] is not None:
        sys.path.insert(0, request["root"])
    try:
        answer = _answer(request)
    except BaseException as error:  # noqa: BLE001 - also SystemExit: whatever the code does is the answer
        said = " ".join(str(error).split())  # one line, as every message
        answer = {"error": f"{type(error).__name__}: {said}"[:1000]}
    with os.fdopen(int(sys.argv[2]), "wb") as channel:
        channel.write(json.dumps(answer).encode() + b"\n")
    os._exit(0)  # no exit handler of the imported code


def _limit(size: int, seconds: int) -> None:
    """Memory, processor time and core dumps, for this process and what it starts."""
    try:
        import resource
    except ImportError:  # not on this system; the parent's clock still counts
        return
    # one second more before SIGKILL: of two equal limits it would come first, and not say which limit it was
    for name, soft, most in (("AS", size, size), ("CPU", seconds, seconds + 1), ("CORE", 0, 0)):
        limit = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(limit)[1]
        least = [wanted if hard == resource.RLIM_INFINITY else min(wanted, hard) for wanted in (soft, most)]
        resource.setrlimit(limit, (least[0], least[1]))


def _refuse_network(event: str, _arguments: object) -> None:
    if event.startswith(_NETWORK):
        raise PermissionError("no network while a schema is generated")


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    module, _, path = request["object"].partition(":")
    found = import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    generate, libraries = GENERATORS[request["via"]]
    schema, description = generate(found, request["mode"])
    if description and "description" not in schema:
        schema = {"description": description, **schema}
    generator = ", ".join(f"{name} {metadata.version(name)}" for name in libraries)
    return {"schema": schema, "generator": generator}


Described = tuple[dict[str, Any], str | None]


def _pydantic(found: Any, mode: Any) -> Described:
    from pydantic import BaseModel, TypeAdapter

    if isinstance(found, type) and issubclass(found, BaseModel):
        return found.model_json_schema(mode=mode), None
    # a tool's description is its docstring, which Pydantic itself keeps of models only
    return TypeAdapter(found).json_schema(mode=mode), inspect.getdoc(found) if inspect.isroutine(found) else None


def _mcp(found: Any, _mode: str) -> Described:
    try:
        tools = import_module("mcp.server.mcpserver.tools")
    except ModuleNotFoundError:  # before mcp 2
        tools = import_module("mcp.server.fastmcp.tools")
    tool = tools.Tool.from_function(found)
    return tool.parameters, tool.description


def _langchain(found: Any, _mode: str) -> Described:
    convert = import_module("langchain_core.utils.function_calling").convert_to_openai_tool
    function = convert(found)["function"]
    return function["parameters"], function.get("description")


def _openai_agents(found: Any, _mode: str) -> Described:
    if hasattr(found, "params_json_schema"):  # decorated as a tool already
        return found.params_json_schema, found.description
    function = import_module("agents.function_schema").function_schema(found)
    return function.params_json_schema, function.description


def _anthropic(found: Any, _mode: str) -> Described:
    tool = found if hasattr(found, "input_schema") else import_module("anthropic").beta_tool(found)
    definition = tool.to_dict()
    return definition["input_schema"], definition.get("description")


def _pydantic_ai(found: Any, _mode: str) -> Described:
    tools = import_module("pydantic_ai")
    tool = found if isinstance(found, tools.Tool) else tools.Tool(found)
    return tool.function_schema.json_schema, tool.description


# What generates, and the distributions whose releases decide what it writes.
GENERATORS: dict[str, tuple[Callable[[Any, str], Described], tuple[str, ...]]] = {
    "pydantic": (_pydantic, ("pydantic",)),
    "mcp": (_mcp, ("mcp", "pydantic")),
    "langchain": (_langchain, ("langchain-core", "pydantic")),
    "openai-agents": (_openai_agents, ("openai-agents", "pydantic")),
    "anthropic": (_anthropic, ("anthropic", "pydantic")),
    "pydantic-ai": (_pydantic_ai, ("pydantic-ai-slim", "pydantic")),
}

if __name__ == "__main__":
    main()
