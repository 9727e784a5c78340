"""Every setting of `llmreg.yaml` and `subject.yaml` in one table: its key, how it is read, what it is for.

The reference page of the settings is generated from these tables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from llmreg.model.kind import KINDS
from llmreg.store.values import (
    format_name,
    layout_number,
    mapping,
    members,
    mode,
    one_of,
    pin,
    policy,
    ranged,
    seconds,
    severity,
    size,
    source_key,
    status,
    text,
    texts,
    version_key,
    waiver,
)

WRITERS = ("closed", "open")
BREAKING = ("declared", "forbid")
ENGINES = ("jinja2", "format", "mustache")
UNDEFINED = ("strict", "lenient")


class Setting(NamedTuple):
    """One key. `field` is the attribute it fills (None: the format's own, kept in `settings`)."""

    key: str
    read: Callable[[Any], Any]
    help: str
    example: str
    field: str | None = ""

    @property
    def target(self) -> str | None:
        return self.key if self.field == "" else self.field


_POLICY_HELP = "severity by change class or rule id; `like`: a named policy that decides what breaks"
_SOURCE_HELP = "the code that the schema is generated from: written by `register`, read by `drift`"
_PROFILES_HELP = "provider profiles that new versions of kinds `tool-input` and `structured-output` must pass"
REGISTRY: tuple[Setting, ...] = (
    Setting("registry", layout_number, "the layout of the registry; marks its root", "1", None),
    Setting(
        "mode", mode, "compatibility mode of every subject that sets none; without it the kind decides", "BACKWARD"
    ),
    Setting(
        "writer", one_of(WRITERS), "`closed` writers write only what they declare; `open` is plain inclusion", "closed"
    ),
    Setting("breaking", one_of(BREAKING), "`declared`: a new major may break; `forbid`: nothing may", "declared"),
    Setting("drift", severity, "severity of a working file that differs from the latest version", "info"),
    Setting("policy", policy, _POLICY_HELP, "{enum_narrowed: warn}"),
    Setting("budget_seconds", seconds, "time to decide one pair before it is `undecided`", "2.0"),
    Setting("max_schema_bytes", size, "largest schema that is read", "1048576"),
    Setting("profiles", texts, _PROFILES_HELP, "[openai-strict@2026-08]"),
    Setting("environments", mapping(severity), "the most that a finding is, by a binding's environment", "{dev: warn}"),
    Setting("branch", text, "branch whose merge base is the default baseline", "origin/main"),
)

SUBJECT: tuple[Setting, ...] = (
    Setting("format", format_name, "`json`, `avro`, `protobuf` or `prompt`", "json"),
    Setting("kind", one_of(KINDS), "what the schema is for; gives the defaults", "structured-output"),
    Setting("mode", mode, "compatibility mode of this subject", "BACKWARD"),
    Setting("writer", one_of(WRITERS), "whether writers write only what they declare", "closed"),
    Setting("owner", text, "who to ask", "team-chat"),
    Setting("description", text, "for people and search; no meaning for checks", "Reply envelope"),
    Setting("tags", texts, "for search", "[llm, output]"),
    Setting("profiles", texts, "provider profiles that new versions must pass", "[anthropic-strict@2026-10]"),
    Setting("custom", members, "your own facts, kept as they are", "{team: chat}"),
    Setting("references", mapping(pin), "Avro: full name to pinned subject", "{acme.Money: acme/money@1.0.0}"),
    Setting("source", mapping(text, source_key), _SOURCE_HELP, '{object: "shop.models:Order", via: pydantic}'),
    Setting("policy", policy, _POLICY_HELP, "{like: field-strict, description_changed: off}"),
    Setting("breaking", one_of(BREAKING), "`forbid`: not even a new major may break", "forbid"),
    Setting(
        "status", mapping(status, version_key), "versions deprecated or retired, and why", '{1.0.1: {retired: "…"}}'
    ),
    Setting(
        "waivers",
        mapping(waiver, version_key),
        "reviewed exemptions of one version",
        '{1.3.0: {allow: [enum_narrowed], reason: "…"}}',
    ),
    Setting(
        "surfaces", texts, "Protobuf: which of `wire`, `json`, `source` must stay compatible", "[wire, json]", None
    ),
    Setting("messages", texts, "Protobuf: the messages that data is written with", "[Reply]", None),
    Setting("unknown_keys", text, "Protobuf: what JSON readers do with unknown keys", "reject", None),
    Setting("engine", one_of(ENGINES), "Prompt: the language of its template", "jinja2", None),
    Setting(
        "undefined",
        one_of(UNDEFINED),
        "Prompt: `strict` where an absent value is an error when the template is rendered, `lenient` where it is empty",
        "strict",
        None,
    ),
    Setting("variables", ranged, "Prompt: the subject of its variables, by range", "prompts/answer-vars@^1", None),
    Setting("output", ranged, "Prompt: the subject of the answer that it asks for", "chat/reply@^2", None),
    Setting("on_lossy", text, "Protobuf: severity of data that is read, but not wholly", "warn", None),
)
