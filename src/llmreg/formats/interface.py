"""What a format gives: the one primitive *can this reader read what this writer writes*, and what goes with it.

A folder `formats/<name>/` is a format when its package has a `FORMAT` that meets `Format`. It keeps heavy libraries out
of its import: they load when the first schema of that format is parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from llmreg.model.finding import Finding
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass, field
from llmreg.model.report import Undecided, Verdict


@dataclass(frozen=True, slots=True)
class Reference:
    """A pinned reference to a version of another subject; `name` is what the text calls it (Avro: the full name,
    Protobuf: the import path, JSON Schema: the URI without fragment)."""

    subject: str
    version: str
    name: str = field(default="", compare=False)
    pointer: str = field(default="", compare=False)

    def __lt__(self, other: Reference) -> bool:
        return (self.subject, self.version) < (other.subject, other.version)

    def __str__(self) -> str:
        return f"{self.subject}@{self.version}"


class Schema(Protocol):
    """A parsed schema: immutable, bound to the pinned schemas that it refers to."""

    @property
    def format(self) -> str: ...

    @property
    def data(self) -> bytes:
        """The bytes as registered."""

    @property
    def references(self) -> tuple[Reference, ...]:
        """Direct references, sorted, each once."""

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is legal but surely not meant (an ignored keyword, a default that only a later branch fits)."""

    def canonical(self) -> bytes:
        """Order-preserving canonical content without white space: the input of `fp` and `id`."""

    def digests(self) -> Mapping[str, str]:
        """`prompt` (order-preserving, with everything a model sees), `meaning` (order-free, no annotations), and what
        the format adds (`pcf`, `rabin`); lower-case hex."""

    def outline(self) -> Iterable[Symbol]:
        """What search looks through, in document order."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named part of a schema: `kind` is `field`, `type`, `symbol`, `service` or `title`; `text` its description;
    `detail` what the text says besides, where the format writes it so (`repeated Turn = 3`)."""

    kind: str
    name: str
    pointer: str
    text: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Bytes to parse. `name` is for messages. `resolve(subject, version)` gives a pinned schema of the same format, or
    raises NotFoundError; None where no registry is at hand. `references` maps a name used in the text to
    `subject@version` (Avro; the other formats write it into the text). `strict` is for new schemas: a registered
    version is parsed leniently, so that old versions stay readable when the rules get stricter.
    `path` is the virtual path of a Protobuf file. `files` are the files around it, for a text that imports its
    neighbours: `path` is its own path among them. `roots` are the folders in there that imports count from first.
    `settings` as in `CompareOptions` (a prompt's template engine)."""

    data: bytes
    name: str = "schema"
    resolve: Callable[[str, str], Schema] | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    strict: bool = True
    path: str | None = None
    files: Mapping[str, bytes] | None = field(default=None, repr=False)
    roots: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """`closed`: the writer writes only what it declares. `deadline`: a `time.monotonic()` value. `ignored_fails`: a
    property that the reader silently drops is an error. `surfaces`, `settings`: what the format's part of
    `subject.yaml` says (Protobuf: wire, json, source). `earlier`: other versions before the new one, of every major,
    oldest first; for formats that look back. `new_writes`: the new one is the writer, not the reader.
    `policy`: the named policy of the format that decides what fails; "" is the sound verdict."""

    closed: bool = True
    deadline: float = float("inf")
    ignored_fails: bool = False
    surfaces: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    earlier: tuple[Schema, ...] = ()
    new_writes: bool = False
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One (writer, reader) answer. `compatible` only with a proof; `incompatible` only with at least one finding of
    class `breaking` that is witnessed and confirmed, or claimed with its reason; else `undecided` says where and why.
    Findings are ordered by place."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    notes: tuple[str, ...] = ()


class Validator(Protocol):
    """Judges documents under one schema; compiled once, used many times, safe to share between threads."""

    def is_valid(self, document: Any) -> bool: ...

    def problems(self, document: Any) -> list[Problem]:
        """Every error, ordered by place; `pointer` in the document, `schema_pointer` in the schema."""

    def problems_binary(self, data: bytes) -> list[Problem]:
        """The same for the format's binary form. Raises UsageError where the format has none."""


class Format(Protocol):
    """One schema format. `extensions` in order of preference, with the dot; the first is that of version files.
    `policies` are its named policies, where it has some."""

    name: str
    wire_name: str
    extensions: tuple[str, ...]

    @property
    def policies(self) -> tuple[str, ...]: ...

    looks_back: bool  # whether `compare` wants the versions before the writer, as `CompareOptions.earlier`

    def sniff(self, data: bytes) -> float:
        """How sure the content is of this format, 0 to 1; cheap, never raises."""

    def parse(self, source: Source) -> Schema:
        """Raises SchemaError with every problem placed (pointer, line, column), DocumentError, LimitError."""

    def compare(self, writer: Schema, reader: Schema, options: CompareOptions) -> Comparison:
        """Whether `reader` reads everything that `writer` may write, with confirmed witnesses."""

    def changes(self, old: Schema, new: Schema, options: CompareOptions) -> Sequence[Finding]:
        """What changed without a data break: classes order, prompt-visible, hint; no direction, never an error."""

    def equivalent(self, old: Schema, new: Schema, options: CompareOptions) -> bool | None:
        """Whether the same documents are written and accepted; None when that is not decided."""

    def validator(
        self, schema: Schema, *, strict: bool = False, settings: Mapping[str, Any] | None = None
    ) -> Validator:
        """`strict` refuses undeclared fields. `settings` as in `CompareOptions`."""

    def skeleton(self, name: str, kind: str) -> bytes:
        """A small valid working file to start from; `name` is the subject's last segment."""

    def render_stored(self, data: bytes) -> bytes:
        """The bytes of the version file for these working-file bytes: LF, one final newline, nothing else changed."""

    def served(self, data: bytes) -> bytes:
        """The text that Schema Registry clients are given of registered bytes; nothing is looked up for it. Raises
        like `parse`."""

    def served_name(self, reference: Reference) -> str:
        """What that text calls a reference."""

    def served_as(self, schema: Schema, form: str) -> bytes | None:
        """The text in another form that such clients ask for by name; None for a form that the format has not."""

    def posted_form(self, data: bytes) -> str:
        """Which form of `served_as` a posted text has; "" for that of `served`. The answer to it has the same."""

    def posted(self, source: Source) -> Schema:
        """A schema as such a client posts it, in any of the spellings of `served`, its references named as in
        `source.references`. Raises like `parse`."""

    def same(self, posted: Schema, registered: Schema, *, normalize: bool) -> bool:
        """Whether a posted schema is a registered one; `normalize` looks away from what carries no meaning there."""


@runtime_checkable
class Importing(Protocol):
    """What a format has besides `Format` when its texts import the files around them (`Source.files`)."""

    def fingerprint(self, source: Source) -> bytes:
        """A digest over the text and everything that it imports: two texts that have the same mean the same. Nothing is
        compiled. Raises SchemaError for an import that is missing or leads back to the file."""
