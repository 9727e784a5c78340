"""Every setting of `llmreg.yaml` and `subject.yaml` in one table: its key, how it is read, what it is for.

A reader takes a JSON value and gives the typed one, or raises `Misfit` with the place below the setting. The reference
page of the settings is generated from these tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from llmreg.model.finding import Severity
from llmreg.model.kind import KINDS
from llmreg.model.mode import Mode
from llmreg.model.pointer import join
from llmreg.model.subject import VersionStatus, Waiver, name_problem
from llmreg.model.version import Version

WRITERS = ("closed", "open")
BREAKING = ("declared", "forbid")
ENGINES = ("jinja2", "format", "mustache")
UNDEFINED = ("strict", "lenient")
LIKE = "like"  # the one key of `policy` that is no rule
SOURCE = ("object", "via", "mode", "generator")
_WORD = re.compile(r"[a-z][a-z0-9]*", re.ASCII)
_RULE = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)


class Misfit(Exception):
    """A value that does not fit: `pointer` is relative to the setting."""

    def __init__(self, message: str, *, pointer: str = "", hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer
        self.hint = hint


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


def _kind_of(value: Any) -> str:
    names = {dict: "a mapping", list: "a list", str: "text", bool: "a boolean", type(None): "nothing"}
    return names.get(type(value), f"the number {value}")


def text(value: Any) -> str:
    """Text; a bare number is refused, because `1.10` would not stay what it is."""
    if not isinstance(value, str):
        hint = f'quote it: "{value}"' if isinstance(value, (int, Decimal)) else None
        raise Misfit(f"expected text, found {_kind_of(value)}", hint=hint)
    return value


def one_of(choices: Iterable[str]) -> Callable[[Any], str]:
    """One word of a closed list; the misfit names the nearest."""
    allowed = tuple(choices)

    def read(value: Any) -> str:
        word = text(value)
        if word not in allowed:
            raise Misfit(f"{word!r} is not one of {', '.join(allowed)}", hint=nearest(word, allowed))
        return word

    return read


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """`did you mean …?`, or None."""
    from difflib import get_close_matches

    folded = {choice.casefold(): choice for choice in choices}
    close = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return f"did you mean {folded[close[0]]}?" if close else None


def mode(value: Any) -> Mode:
    word = text(value)
    try:
        return Mode.parse(word)
    except ValueError as error:
        raise Misfit(str(error), hint=nearest(word, Mode)) from None


def severity(value: Any) -> Severity:
    return Severity(one_of(tuple(Severity))(value))


def members(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Misfit(f"expected a mapping, found {_kind_of(value)}")
    return value


def mapping(read: Callable[[Any], Any], check: Callable[[str], None] | None = None) -> Callable[[Any], dict[str, Any]]:
    """A mapping whose every value `read` takes; `check` may refuse a key."""

    def read_all(value: Any) -> dict[str, Any]:
        result = {}
        for key, item in members(value).items():
            try:
                if check:
                    check(key)
                result[key] = read(item)
            except Misfit as misfit:
                raise Misfit(misfit.message, pointer=join("", key) + misfit.pointer, hint=misfit.hint) from None
        return result

    return read_all


def texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Misfit(f"expected a list, found {_kind_of(value)}")
    result = []
    for index, item in enumerate(value):
        try:
            result.append(text(item))
        except Misfit as misfit:
            raise Misfit(misfit.message, pointer=f"/{index}", hint=misfit.hint) from None
    return tuple(result)


def format_name(value: Any) -> str:
    """A format's name; which formats are installed, the catalogue knows."""
    word = text(value).lower()
    if not _WORD.fullmatch(word):
        raise Misfit(f"{word!r} is no schema format", hint="such as json, avro, protobuf")
    return word


def rule_id(key: str) -> None:
    if not _RULE.fullmatch(key):
        raise Misfit(f"{key!r} is no rule id", hint="such as required_added; list them: llmreg rules")


def policy_name(value: Any) -> str:
    """The name of a named policy; which ones there are, the formats know."""
    word = text(value)
    if not _RULE.fullmatch(word):
        raise Misfit(f"{word!r} is no name of a policy", hint="such as confluent-strict, or none")
    return word


def policy(value: Any) -> dict[str, Any]:
    """Severities by change class or rule id; `like` holds the name of a policy instead."""
    named = {key: item for key, item in members(value).items() if key == LIKE}
    severities = {key: item for key, item in members(value).items() if key != LIKE}
    return {**mapping(policy_name)(named), **mapping(severity, rule_id)(severities)}


def _version(key: str) -> None:
    try:
        Version.parse(key)
    except ValueError as error:
        raise Misfit(str(error)) from None


def _status(value: Any) -> VersionStatus:
    fields = mapping(text)(value)
    unknown = sorted(set(fields) - {"deprecated", "retired"})
    if unknown or not fields:
        raise Misfit("a version's status is `deprecated:` or `retired:`, each with its reason")
    return VersionStatus(**fields)


def waiver(value: Any) -> Waiver:
    fields = members(value)
    if set(fields) != {"allow", "reason"}:
        raise Misfit("a waiver has `allow:` (rules, or rule:pointer) and `reason:`")
    found = Waiver(
        allow=mapping(texts)({"allow": fields["allow"]})["allow"],
        reason=mapping(text)({"reason": fields["reason"]})["reason"],
    )
    if not found.allow or not found.reason.strip():
        raise Misfit("a waiver names at least one rule and its reason")
    return found


def _pin(value: Any) -> str:
    word = text(value)
    subject, mark, version = word.rpartition("@")
    if not mark or name_problem(subject):
        raise Misfit(f"{word!r} is no pinned reference", hint="write subject@1.2.0")
    _version(version)
    return word


def ranged(value: Any) -> str:
    """`SUBJECT@RANGE`, kept as text; without `@RANGE` every version."""
    word = text(value)
    subject, mark, wanted = word.partition("@")
    problem = name_problem(subject)
    if problem:
        raise Misfit(f"{word!r} names no subject: {problem}", hint="write SUBJECT@RANGE, such as chat/reply@^1.2")
    from llmreg.model.range import NO_RANGE, Range  # only prompts have these settings

    if mark and not wanted.strip():
        raise Misfit(f"{word!r} names no version after @", hint=NO_RANGE)
    try:
        Range.parse(wanted)
    except ValueError as error:
        raise Misfit(str(error), hint="such as 1.2.0, ^1.2, ~1.2, 1.x or '>=1 <3'") from None
    return word


def _source_key(key: str) -> None:
    if key not in SOURCE:
        raise Misfit(f"{key!r} is no fact of a source", hint=f"known are {', '.join(SOURCE)}")


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not 0 < value <= 3600:
        raise Misfit("expected a number of seconds above 0, at most 3600")
    return float(value)


def _size(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10 << 20:
        raise Misfit("expected a number of bytes from 1 to 10485760")
    return value


def _one(value: Any) -> int:
    if isinstance(value, bool) or value != 1:
        raise Misfit("this llmreg reads registries of layout 1", hint="write `registry: 1`")
    return 1


_POLICY_HELP = "severity by change class or rule id; `like`: a named policy that decides what breaks"
_SOURCE_HELP = "the code that the schema is generated from: written by `register`, read by `drift`"
_PROFILES_HELP = "provider profiles that new versions of kinds `tool-input` and `structured-output` must pass"
REGISTRY: tuple[Setting, ...] = (
    Setting("registry", _one, "the layout of the registry; marks its root", "1", None),
    Setting(
        "mode", mode, "compatibility mode of every subject that sets none; without it the kind decides", "BACKWARD"
    ),
    Setting(
        "writer", one_of(WRITERS), "`closed` writers write only what they declare; `open` is plain inclusion", "closed"
    ),
    Setting("breaking", one_of(BREAKING), "`declared`: a new major may break; `forbid`: nothing may", "declared"),
    Setting("drift", severity, "severity of a working file that differs from the latest version", "info"),
    Setting("policy", policy, _POLICY_HELP, "{enum_narrowed: warn}"),
    Setting("budget_seconds", _seconds, "time to decide one pair before it is `undecided`", "2.0"),
    Setting("max_schema_bytes", _size, "largest schema that is read", "1048576"),
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
    Setting("references", mapping(_pin), "Avro: full name to pinned subject", "{acme.Money: acme/money@1.0.0}"),
    Setting("source", mapping(text, _source_key), _SOURCE_HELP, '{object: "shop.models:Order", via: pydantic}'),
    Setting("policy", policy, _POLICY_HELP, "{like: field-strict, description_changed: off}"),
    Setting("breaking", one_of(BREAKING), "`forbid`: not even a new major may break", "forbid"),
    Setting("status", mapping(_status, _version), "versions deprecated or retired, and why", '{1.0.1: {retired: "…"}}'),
    Setting(
        "waivers",
        mapping(waiver, _version),
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
