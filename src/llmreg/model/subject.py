"""A subject's own facts: its name, `subject.yaml`, and the lines of its ledger."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from llmreg.model.finding import Severity
from llmreg.model.kind import KINDS
from llmreg.model.mode import Mode
from llmreg.model.record import dataclass, field
from llmreg.model.version import Bump, Version

MAX_SEGMENTS = 6
NO_POLICY = "none"
_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_SUBJECT_FILES = frozenset({"versions", "examples"})
_DEVICE_NAMES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
)


def name_problem(name: str) -> str | None:
    """What is wrong with a subject name; None when it is right."""
    segments = name.split("/")
    if len(segments) > MAX_SEGMENTS:
        return f"{len(segments)} segments, at most {MAX_SEGMENTS}"
    for segment in segments:
        if not _SEGMENT.fullmatch(segment):
            return f"segment {segment!r}: letters, digits, '.', '_', '-' only, first a letter or digit, at most 100"
        if segment.casefold().split(".")[0] in _DEVICE_NAMES or segment.endswith("."):
            return f"segment {segment!r} is no file name on Windows"
        if segment.casefold() in _SUBJECT_FILES:
            return f"segment {segment!r} is the name of a folder inside a subject"
        if segment.casefold().endswith(".lock"):
            return f"segment {segment!r}: git reserves names ending in .lock for itself"
    return None


@dataclass(frozen=True, slots=True)
class VersionStatus:
    """What may change about a version: a reason when it is deprecated or retired."""

    deprecated: str | None = None
    retired: str | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A reviewed exemption of one version, or of one binding up to a day: `allow` lists `rule` or `rule:pointer`,
    `until` is its last day (`2027-03-31`)."""

    allow: tuple[str, ...]
    reason: str
    until: str | None = None

    @property
    def told(self) -> str:
        """The reason as people read it, with the day."""
        return f"{self.reason} (until {self.until})" if self.until else self.reason

    def covers(self, rule: str, pointers: tuple[str, ...]) -> bool:
        """Whether a finding of `rule` at one of `pointers` is exempt."""
        return any(item == rule or item in {f"{rule}:{pointer}" for pointer in pointers} for item in self.allow)


@dataclass(frozen=True, slots=True)
class SubjectConfig:
    """`subject.yaml`. `mode` None: the kind's, or the registry's default. `settings` holds what belongs to one format
    (`surfaces`, `messages`, `unknown_keys`). `source`: the code that the schema is generated from: `object`, `via`,
    `mode`, `generator`."""

    format: str
    kind: str = "data"
    mode: Mode | None = None
    writer: str | None = None
    owner: str | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    policy: Mapping[str, Severity] = field(default_factory=dict)
    like: str | None = None
    breaking: str | None = None
    status: Mapping[str, VersionStatus] = field(default_factory=dict)
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    source: Mapping[str, str] | None = None

    def retired(self, version: Version) -> bool:
        status = self.status.get(str(version))
        return status is not None and status.retired is not None


@dataclass(frozen=True, slots=True)
class RegistryConfig:
    """`llmreg.yaml`. `mode` and `writer` are defaults; None leaves them to the kind and to `closed`. `environments`:
    the most that a finding about a binding of this environment may be."""

    mode: Mode | None = None
    writer: str | None = None
    breaking: str = "declared"
    drift: Severity = Severity.INFO
    policy: Mapping[str, Severity] = field(default_factory=dict)
    like: str | None = None
    budget_seconds: float = 2.0
    max_schema_bytes: int = 1 << 20
    branch: str | None = None
    profiles: tuple[str, ...] = ()
    environments: Mapping[str, Severity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is in force for one subject, after registry, kind and subject had their say.

    `like`: the named policies that all have to be met, "" among them is the sound verdict; none is the sound verdict
    alone. `ceiling`: no finding is more severe than this."""

    mode: Mode
    writer: str
    breaking: str
    policy: Mapping[str, Severity]
    like: tuple[str, ...] = ()
    ceiling: Severity = Severity.ERROR

    @classmethod
    def of(cls, registry: RegistryConfig, subject: SubjectConfig) -> Rules:
        """The subject's own word, else the registry's, else the kind's."""
        kind = KINDS[subject.kind]
        return cls(
            mode=subject.mode or registry.mode or kind.mode,
            writer=subject.writer or registry.writer or "closed",
            breaking=subject.breaking or registry.breaking,
            policy={**registry.policy, **subject.policy},
            like=named_policy(subject.like or registry.like),
        )


def named_policy(name: str | None) -> tuple[str, ...]:
    """`Rules.like` of a policy's name as people give it; none, and the word `none`, are the sound verdict."""
    return () if name in (None, "", NO_POLICY) else (name,)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One registered version, as `versions.jsonl` keeps it: deterministic, without time, author or commit."""

    version: Version
    sha256: str
    id: int
    fp: str
    bump: Bump
    mode: Mode
    refs: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)

    def to_line(self) -> bytes:
        """The line with its final LF: fixed key order, no spaces."""
        fields: dict[str, Any] = {
            "version": str(self.version),
            "sha256": self.sha256,
            "id": self.id,
            "fp": self.fp,
            "bump": self.bump.value,
            "mode": self.mode.value,
            "refs": list(self.refs),
        }
        if self.meta:
            fields["meta"] = dict(sorted(self.meta.items()))
        return json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def latest_of(ledger: Iterable[LedgerLine], config: SubjectConfig | None) -> LedgerLine | None:
    """The line of the highest version, releases before pre-releases; without the retired ones that `config` names."""
    lines = [line for line in ledger if config is None or not config.retired(line.version)]
    return max(lines, key=lambda line: (not line.version.prerelease, line.version.key), default=None)


def fingerprint(format_name: str, canonical: bytes, refs: tuple[str, ...]) -> str:
    """`fp`: SHA-256, in hex, over id scheme, format, order-preserving canonical content and references."""
    parts = (b"llmreg-id-1", format_name.encode(), canonical, "\n".join(refs).encode())
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def content_id(fp: str, taken: Mapping[int, str]) -> int:
    """31 bits of the fingerprint, never 0; probes on while another fingerprint holds the number (`taken`: id → fp)."""
    candidate = int(fp[:8], 16) & 0x7FFFFFFF
    while candidate == 0 or taken.get(candidate, fp) != fp:
        candidate = (candidate + 1) & 0x7FFFFFFF
    return candidate
