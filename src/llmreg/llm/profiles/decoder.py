"""The real compile call of llguidance, where the extra `decoders` is installed."""

from __future__ import annotations

from typing import Any

from llmreg.model.jsontext import dumps


def available() -> str | None:
    """The version of llguidance; None where it is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("llguidance")
    except PackageNotFoundError:
        return None


def compile_error(document: Any) -> str:
    """What the compiler says of a schema: nothing when it takes it, else its first line. Needs llguidance."""
    from llguidance import LLMatcher

    answer = LLMatcher.validate_grammar(LLMatcher.grammar_from_json_schema(dumps(document)))
    return str(answer).split("\n")[0]


def takes(schema: str, document: str) -> bool:
    """Whether the decoder would let a model write a document (both JSON texts) under a schema, key by key; False for a
    schema that it does not compile. Needs llguidance."""
    from llguidance import LLMatcher, LLTokenizer

    tokenizer = LLTokenizer("byte")
    matcher = LLMatcher(tokenizer, LLMatcher.grammar_from_json_schema(schema), log_level=0)
    tokens = tokenizer.tokenize_str(document)
    return not matcher.is_error() and bool(matcher.validate_tokens(tokens) == len(tokens))
