"""How the value of a setting is read: a JSON value becomes the typed one, or `Misfit` says what is wrong, and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from llmreg.model.finding import Severity
from llmreg.model.mode import Mode
from llmreg.model.pointer import join
from llmreg.model.subject import VersionStatus, Waiver, name_problem
from llmreg.model.version import Version

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


def version_key(key: str) -> None:
    try:
        Version.parse(key)
    except ValueError as error:
        raise Misfit(str(error)) from None


def status(value: Any) -> VersionStatus:
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


def pin(value: Any) -> str:
    word = text(value)
    subject, mark, version = word.rpartition("@")
    if not mark or name_problem(subject):
        raise Misfit(f"{word!r} is no pinned reference", hint="write subject@1.2.0")
    version_key(version)
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


def source_key(key: str) -> None:
    if key not in SOURCE:
        raise Misfit(f"{key!r} is no fact of a source", hint=f"known are {', '.join(SOURCE)}")


def seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not 0 < value <= 3600:
        raise Misfit("expected a number of seconds above 0, at most 3600")
    return float(value)


def size(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10 << 20:
        raise Misfit("expected a number of bytes from 1 to 10485760")
    return value


def layout_number(value: Any) -> int:
    if isinstance(value, bool) or value != 1:
        raise Misfit("this llmreg reads registries of layout 1", hint="write `registry: 1`")
    return 1
