"""Schemas from code: what the generators give, and what hostile code cannot do."""

from __future__ import annotations

import json
import os
import socket
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from llmreg.errors import InputError, LimitError, LlmregError, UsageError
from llmreg.llm.sources import generate as room
from llmreg.llm.sources.generate import LIBRARIES, Source, generate, source_of
from llmreg.llm.sources.inside import GENERATORS

SHOP = '''
from dataclasses import dataclass
from enum import Enum
from pydantic import BaseModel, Field, computed_field
from typing_extensions import TypedDict

print("printed by the import", flush=True)

class Size(Enum):
    SMALL = "small"

class Order(BaseModel):
    """One order."""
    number: int = Field(ge=1)
    note: str | None = None
    @computed_field
    def twice(self) -> int:
        return 2 * self.number
    class Line(BaseModel):
        sku: str

@dataclass
class Line:
    sku: str
    count: int = 1

class Reply(TypedDict):
    text: str

def search(query: str, limit: int = 10) -> list[str]:
    """Find pages."""
    return []
'''


def module(folder: Path, text: str, name: str = "shop") -> Path:
    (folder / f"{name}.py").write_text(text)
    return folder


def schema(found: str, root: Path, mode: str = "validation") -> Any:
    return json.loads(generate(Source(found, mode=mode), os.environ, root).data)


@pytest.mark.parametrize(
    ("name", "required", "properties"),
    [
        ("Order", ["number"], ["number", "note"]),
        ("Order.Line", ["sku"], ["sku"]),
        ("Line", ["sku"], ["sku", "count"]),
        ("Reply", ["text"], ["text"]),
        ("search", ["query"], ["query", "limit"]),
    ],
)
def test_models_dataclasses_typed_dicts_and_functions(
    tmp_path: Path, name: str, required: list[str], properties: list[str]
) -> None:
    found = schema(f"shop:{name}", module(tmp_path, SHOP))
    assert (found["required"], list(found["properties"])) == (required, properties)


def test_the_docstring_of_a_function_is_its_description(tmp_path: Path) -> None:
    module(tmp_path, SHOP)
    assert schema("shop:search", tmp_path)["description"] == "Find pages."
    assert "description" not in schema("shop:Reply", tmp_path)


def test_what_the_code_says_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ValueError: first, then second$"):
        generate(Source("shop:Order"), os.environ, module(tmp_path, "raise ValueError('first,\\n\\n  then second')"))


def test_the_two_modes_of_a_model_differ(tmp_path: Path) -> None:
    found = schema("shop:Order", module(tmp_path, SHOP), "serialization")
    assert "twice" in found["required"]
    assert schema("shop:Size", tmp_path)["enum"] == ["small"]


def test_the_generator_is_named_with_its_release(tmp_path: Path) -> None:
    import pydantic

    generated = generate(Source("shop:Order"), os.environ, module(tmp_path, SHOP))
    assert generated.generator == f"pydantic {pydantic.VERSION}"
    assert source_of(generated.facts()) == generated.source


HOSTILE: list[tuple[str, str, type[LlmregError], str]] = [
    ("loop", "while True: pass", LimitError, "did not answer within|of processor time"),
    ("sleep", "import time; time.sleep(60)", LimitError, "did not answer within"),
    ("memory", "x = bytearray(1 << 40)", InputError, "MemoryError"),
    ("exit", "import os; os._exit(3)", InputError, "ended with status 3 before there was a schema"),
    ("system exit", "raise SystemExit(4)", InputError, "SystemExit: 4"),
    ("signal", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", InputError, "ended with status -11"),
    ("error", "1 / 0", InputError, "ZeroDivisionError"),
    ("missing", "Other = 1", InputError, "no attribute 'Order'"),
    ("no schema", "Order = object()", InputError, "shop:Order"),
    ("stdin", "input()", InputError, "EOFError"),
    ("fork", "import os, time\nif os.fork() == 0: time.sleep(60)\nos._exit(0)", LimitError, "did not answer"),
]


@pytest.mark.parametrize(("text", "kind", "message"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_hostile_code_gives_an_error_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, kind: type[LlmregError], message: str
) -> None:
    if kind is LimitError:
        monkeypatch.setattr(room, "_SECONDS", 1)
    with pytest.raises(kind, match=message):
        generate(Source("shop:Order"), os.environ, module(tmp_path, text))


def test_what_the_code_prints_does_no_harm(tmp_path: Path) -> None:
    noise = "import os, sys\nfor i in range(200): sys.stdout.write('x' * 65536)\nos.write(2, b'{}\\n')\n"
    assert schema("shop:Order", module(tmp_path, noise + SHOP))["title"] == "Order"


def test_the_network_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.05)
        port = canary.getsockname()[1]
        call = f"import socket; socket.create_connection(('127.0.0.1', {port}))"
        with pytest.raises(InputError, match="no network while a schema is generated"):
            generate(Source("shop:Order"), os.environ, module(tmp_path, call))
        with pytest.raises(TimeoutError):
            canary.accept()


def test_neither_the_environment_nor_the_folder_reaches_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "s3cret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    module(tmp_path, "import os\nassert 'SECRET_TOKEN' not in os.environ\n" + SHOP)
    with pytest.raises(InputError, match="No module named 'shop'") as raised:
        generate(Source("shop:Order"), os.environ)
    assert raised.value.hint == "to import from a folder, name it: --import-root ."
    assert schema("shop:Order", tmp_path)["title"] == "Order"
    assert not (tmp_path / "__pycache__").exists()


@pytest.mark.parametrize(
    ("source", "root", "message"),
    [
        (Source("shop"), ".", "names no object"),
        (Source("shop:Order; import os"), ".", "names no object"),
        (Source("shop:Order", via="zod"), ".", "no generator 'zod'"),
        (Source("shop:Order", mode="both"), ".", "no schema mode 'both'"),
        (Source("shop:Order"), "nowhere", "is no folder"),
    ],
)
def test_what_cannot_be_asked(tmp_path: Path, source: Source, root: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        generate(source, os.environ, tmp_path / root)


def test_a_library_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIBRARIES, "mcp", "no-such-distribution")
    with pytest.raises(UsageError, match="mcp is not installed beside llmreg") as raised:
        generate(Source("shop:search", via="mcp"), os.environ, tmp_path)
    assert "pip install no-such-distribution" in str(raised.value.hint)


def test_the_child_knows_every_library() -> None:
    assert list(GENERATORS) == list(LIBRARIES)
    assert all(libraries[0] == LIBRARIES[via] for via, (_, libraries) in GENERATORS.items())


@pytest.mark.parametrize("via", [via for via in LIBRARIES if via != "pydantic"])
def test_other_libraries_where_they_are_installed(tmp_path: Path, via: str) -> None:
    try:
        metadata.version(LIBRARIES[via])
    except metadata.PackageNotFoundError:
        pytest.skip(f"{via} is not installed")
    found = generate(Source("shop:search", via=via), os.environ, module(tmp_path, SHOP))
    assert found.generator.startswith(LIBRARIES[via])
    assert set(json.loads(found.data)["properties"]) == {"query", "limit"}
    assert sys.modules.get("shop") is None
