"""What a worker makes of a Schema Registry client's post: the finished body, refusals included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llmreg.errors import LlmregError
from llmreg.index import confluent_posts
from llmreg.index.confluent import ConfluentError, SchemaRegistry
from llmreg.model.jsontext import dumps
from llmreg.server.judging import Answer, Mark, PostQuestion
from llmreg.server.judging.library import Library

_Work = Callable[[SchemaRegistry, confluent_posts.Posted, PostQuestion], dict[str, Any]]


def answer(library: Library, question: PostQuestion) -> Answer:
    """One mark for a compatibility check; a lookup is none."""
    registry = SchemaRegistry(library.index, library.schemas)
    try:
        body = _WORK[question.what](registry, confluent_posts.posted(question.body), question)
    except ConfluentError as error:
        return Answer(dumps({"error_code": error.number, "message": error.message}).encode())
    except LlmregError as error:
        return Answer(dumps({"error_code": 42201, "message": f"Invalid schema: {error.message}"}).encode())
    return Answer(dumps(body).encode(), _marks(question, body))


def _lookup(registry: SchemaRegistry, post: confluent_posts.Posted, question: PostQuestion) -> dict[str, Any]:
    found = confluent_posts.lookup(
        registry, question.subject, post, normalize=question.normalize, deleted=question.deleted
    )
    return registry.version(found, question.form or post.form)


def _register(registry: SchemaRegistry, post: confluent_posts.Posted, question: PostQuestion) -> dict[str, Any]:
    found = confluent_posts.register(registry, question.subject, post, normalize=question.normalize)
    body = registry.version(found, question.form or post.form)
    del body["subject"]
    return body


def _compatibility(registry: SchemaRegistry, post: confluent_posts.Posted, question: PostQuestion) -> dict[str, Any]:
    return confluent_posts.compatibility(
        registry, question.subject, post, version=question.version, verbose=question.verbose
    )


_WORK: dict[str, _Work] = {"lookup": _lookup, "register": _register, "compatibility": _compatibility}


def _marks(question: PostQuestion, body: dict[str, Any]) -> tuple[Mark, ...]:
    if question.what != "compatibility":
        return ()
    messages = body.get("messages", [])
    undecided = any(message.startswith("undecided") for message in messages)
    verdict = "compatible" if body["is_compatible"] else "undecided" if undecided else "incompatible"
    return (Mark(verdict, errors=len(messages)),)
