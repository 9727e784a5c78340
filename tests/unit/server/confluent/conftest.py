"""A registry of a Kafka user: subjects named after topics, references two levels deep, retired versions."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from llmreg.ops.register import RegisterRequest, register
from llmreg.server.judging import Answer, Job, PostQuestion
from llmreg.server.judging.library import Library
from llmreg.server.judging.posts import answer
from llmreg.server.options import ServerOptions

ORDER = {
    "type": "record",
    "name": "Order",
    "namespace": "shop",
    "fields": [{"name": "id", "type": "string"}, {"name": "score", "type": "support.evals.Score"}],
}
ORDER_2 = ORDER | {"fields": [*ORDER["fields"], {"name": "note", "type": "string", "default": ""}]}
KEY = {"type": "record", "name": "Key", "fields": [{"name": "id", "type": "string"}]}
REPLY = {
    "type": "object",
    "title": "Sent",
    "properties": {"reply": {"$ref": "llmreg:chat/reply@2.0.0"}, "weight": {"type": "number", "maximum": 1.0}},
    "required": ["reply"],
}
LEDGER = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 0}}, "required": ["a"]}
LEDGER_2 = LEDGER | {"properties": {**LEDGER["properties"], "b": {"type": "string"}}}  # type: ignore[dict-item]
HANDOFF = """syntax = "proto3";
package shop;
import "agents/handoff/1.1.0.proto";
import "google/protobuf/timestamp.proto";
message Sent {
  support.agents.Handoff handoff = 1;
  google.protobuf.Timestamp at = 2;
}
"""
_EXTENSIONS = {"avro": ".avsc", "json": ".json", "protobuf": ".proto"}


class Shop:
    """Writes subjects into a registry and registers them."""

    def __init__(self, registry: Any) -> None:
        self.registry = registry

    def put(self, name: str, format_name: str, schema: Any, **settings: Any) -> None:
        folder = self.registry.path / "subjects" / name
        folder.mkdir(parents=True, exist_ok=True)
        text = schema if isinstance(schema, str) else json.dumps(schema, indent=2) + "\n"
        (folder / f"schema{_EXTENSIONS[format_name]}").write_text(text)
        lines = [f"{key}: {json.dumps(value)}" for key, value in {"format": format_name, **settings}.items()]
        (folder / "subject.yaml").write_text("\n".join([*lines, ""]))

    def register(self) -> None:
        result = register(RegisterRequest(self.registry.path, changed=True, environment=os.environ))
        assert result.report.ok, result.to_json()
        self.registry.commit("register")


@pytest.fixture(scope="session")
def shop(exported_once: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The example registry with topics; read only."""
    base = tmp_path_factory.mktemp("shop")
    registry = type(exported_once)(base)
    shutil.copytree(exported_once.path, registry.path)
    made = Shop(registry)
    pins = {"support.evals.Score": "evals/score@1.1.0"}
    made.put("orders-value", "avro", ORDER, references=pins, mode="BACKWARD_TRANSITIVE")
    made.put("orders-key", "avro", KEY)
    made.put("replies-value", "json", REPLY, custom={"stage": "live"})
    made.put("handoffs-value", "protobuf", HANDOFF)
    made.put("ledger", "json", LEDGER)
    made.put("old", "json", {"type": "string"})
    made.put("words", "json", {"type": "integer"}, kind="prompt")
    made.register()
    made.put("orders-value", "avro", ORDER_2, references=pins, mode="BACKWARD_TRANSITIVE")
    made.put("ledger", "json", LEDGER_2, status={"1.0.0": {"retired": "too small"}})
    made.put("old", "json", {"type": "string"}, status={"1.0.0": {"retired": "nobody uses it"}})
    made.register()
    registry.export()
    return registry


class Direct:
    """Does what a worker does, here."""

    def __init__(self) -> None:
        self._library = Library()

    async def post(self, index: Any, question: PostQuestion) -> Answer:
        self._library.begin(Job(str(index.path), index.info.content, index.mark, 5.0, question))
        return answer(self._library, question)


@pytest.fixture(scope="module")
def kafka(shop: Any, site_class: Any) -> Iterator[Any]:
    """A site over it, whose posts are answered in this process."""
    made = site_class(ServerOptions(shop.out))
    made.state.judging = Direct()
    yield made
    made.close()
