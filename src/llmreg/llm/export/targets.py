"""What each provider's form can say: the keywords that a projection may use."""

from __future__ import annotations

from dataclasses import dataclass

from llmreg.errors import UsageError

PROVIDERS = ("openai", "anthropic", "gemini", "mcp", "llguidance")
OPTIONAL = ("null", "omit", "required")
_FORMATS = frozenset(["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"])
_NUMBER = frozenset(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"])


@dataclass(frozen=True, slots=True)
class Target:
    """One form of one provider. `profile` is what the result is linted against; `plain`: any JSON Schema is taken, only
    the root must be an object.

    `words` are the assertions that it takes beside type, properties, required, items, enum, anyOf; `formats` None means
    any. `all_required`: optional properties need a union with null. `nullable`: null is said by `nullable: true`.
    `closed`: how objects are closed (`additionalProperties`, or nothing where the field does not exist). `maps`: free
    keys can be said. `refs`: definitions may be used. `recursion`: where they may use themselves: `any`where, only
    below an `optional` property, or nowhere (`none`). `untyped`: `{}` is taken.
    `listed`: the root must list its properties, be they none.
    `enums`: JSON types that an enum may hold. `most_min_items`: the largest `minItems` that it takes."""

    provider: str
    profile: str
    plain: bool = False
    words: frozenset[str] = frozenset()
    formats: frozenset[str] | None = _FORMATS
    all_required: bool = False
    nullable: bool = False
    closed: bool = True
    maps: bool = False
    refs: bool = True
    recursion: str = "none"
    untyped: bool = False
    listed: bool = False
    enums: frozenset[str] = frozenset({"string", "number", "boolean", "null"})
    most_min_items: int | None = None
    keeps: frozenset[str] = frozenset({"title", "description"})
    name_pattern: str = "[a-zA-Z0-9_-]{1,64}"


_ANY_ENUM = frozenset({"string", "number", "boolean", "null", "object", "array"})
_TARGETS: dict[tuple[str, bool], Target] = {
    ("openai", True): Target(
        "openai",
        "openai-strict",
        words=_NUMBER | {"pattern", "format", "minItems", "maxItems"},
        all_required=True,
        recursion="any",
    ),
    ("anthropic", True): Target(
        "anthropic",
        "anthropic-strict",
        words=frozenset({"format", "minItems"}),
        formats=_FORMATS | {"uri"},
        most_min_items=1,
    ),
    ("gemini", False): Target(
        "gemini",
        "gemini-json",
        words=frozenset({"format", "minItems", "maxItems", "minimum", "maximum", "prefixItems"}),
        formats=None,
        maps=True,
        recursion="optional",
        untyped=True,
        enums=frozenset({"string", "number"}),
        name_pattern="[a-zA-Z0-9_:.-]{1,64}",
    ),
    ("gemini", True): Target(
        "gemini",
        "gemini-openapi",
        words=frozenset(["format", "minItems", "maxItems", "minimum", "maximum", "minLength", "maxLength", "pattern"]),
        formats=None,
        nullable=True,
        closed=False,
        refs=False,
        enums=frozenset({"string"}),
        name_pattern="[a-zA-Z0-9_:.-]{1,64}",
    ),
    ("openai", False): Target("openai", "openai-tools", plain=True, listed=True),
    ("anthropic", False): Target("anthropic", "anthropic-tools", plain=True, name_pattern="[a-zA-Z0-9_-]{1,128}"),
    ("mcp", False): Target("mcp", "mcp-tool", plain=True, name_pattern="[A-Za-z0-9_.-]{1,128}"),
    ("llguidance", True): Target(
        "llguidance",
        "llguidance",
        words=_NUMBER
        | frozenset(["format", "pattern", "minLength", "maxLength", "minItems", "maxItems", "prefixItems"]),
        formats=_FORMATS | {"uri"},
        maps=True,
        recursion="any",
        untyped=True,
        enums=_ANY_ENUM,
    ),
}


def target(provider: str, *, strict: bool) -> Target:
    """The form of a provider. MCP has no strict one, llguidance no other. Raises UsageError."""
    if provider not in PROVIDERS:
        raise UsageError(f"unknown provider {provider!r}", hint=f"one of {', '.join(PROVIDERS)}")
    return _TARGETS.get((provider, strict)) or _TARGETS[(provider, not strict)]
