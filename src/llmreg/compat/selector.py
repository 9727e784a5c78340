"""`SUBJECT@RANGE`: the one way in which people and programs name a version of a subject."""

from __future__ import annotations

from typing import Protocol, TypeVar

from llmreg.compat.schemas import Subject
from llmreg.errors import NotFoundError, UsageError
from llmreg.model.range import NO_RANGE, Range
from llmreg.model.subject import LedgerLine, latest_of

_LATEST = frozenset({"", "latest"})
_SHOWN = 20
S_co = TypeVar("S_co", bound=Subject, covariant=True)


class Registry(Protocol[S_co]):
    """Whatever gives subjects by name. Raises NotFoundError for one that is not there."""

    def subject(self, name: str) -> S_co: ...


def split(text: str) -> tuple[str, str]:
    """(subject, range) of `chat/reply@^1.2`; the range is empty where there is no `@`. Raises UsageError."""
    subject, mark, wanted = text.partition("@")
    if not subject:
        raise UsageError(
            f"{text[:80]!r} names no subject", hint="write SUBJECT or SUBJECT@RANGE, such as chat/reply@^1"
        )
    if mark and not wanted.strip():  # a variable that is not set must not become the latest version
        raise UsageError(f"{text[:80]!r} names no version after @", hint=NO_RANGE)
    return subject, wanted.strip()


def pick(subject: Subject, wanted: str) -> LedgerLine:
    """The highest version in the range `wanted`; "" and `latest` are the latest one, a pre-release only where there is
    nothing else. A retired version is taken only when its exact number is asked for.

    Raises UsageError for what is no range, NotFoundError that lists the versions that exist.
    """
    found = latest_of(subject.ledger, subject.config) if wanted in _LATEST else _in_range(subject, wanted)
    if found is None:
        raise _nothing(subject, wanted)
    return found


def matching(subject: Subject, wanted: str) -> tuple[LedgerLine, ...]:
    """Every version in the range, retired ones too, in order of registration; "" is every version.

    Raises UsageError for what is no range, NotFoundError where it holds no version.
    """
    found = subject.ledger if not wanted else ()
    if wanted == "latest":
        found = (pick(subject, wanted),)
    elif wanted:
        versions = _range(wanted)
        found = tuple(line for line in subject.ledger if versions.matches(line.version))
    if not found:
        raise _nothing(subject, wanted)
    return found


def select(registry: Registry[S_co], text: str) -> tuple[S_co, LedgerLine]:
    """The subject and the version that `SUBJECT@RANGE` names. Raises UsageError, NotFoundError."""
    name, wanted = split(text)
    subject = registry.subject(name)
    return subject, pick(subject, wanted)


def _range(wanted: str) -> Range:
    try:
        return Range.parse(wanted)
    except ValueError as error:
        raise UsageError(str(error), hint="such as 1.2.0, ^1.2, ~1.2, 1.x or '>=1 <3'") from None


def _in_range(subject: Subject, wanted: str) -> LedgerLine | None:
    versions = _range(wanted)
    match versions.alternatives:
        case ((only,),) if only.sign == "=":
            return next((line for line in subject.ledger if line.version == only.version), None)
    inside = [line for line in subject.ledger if versions.matches(line.version)]
    usable = [line for line in inside if not subject.config.retired(line.version)]
    return max(usable, key=lambda line: line.version, default=None)


def _nothing(subject: Subject, wanted: str) -> NotFoundError:
    asked = f" {wanted}" if wanted else ""
    return NotFoundError(f"subject {subject.name!r} has no version{asked}", hint=_known(subject))


def _known(subject: Subject) -> str:
    """What there is to choose from, newest first."""
    lines = sorted(subject.ledger, key=lambda line: line.version, reverse=True)
    if not lines:
        return f"nothing is registered yet: llmreg register {subject.name}"
    texts = [
        f"{line.version} (retired: name it exactly)" if subject.config.retired(line.version) else str(line.version)
        for line in lines[:_SHOWN]
    ]
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return f"there is {', '.join(texts)}{more}"
