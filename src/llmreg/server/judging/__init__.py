"""Questions about documents and schemas, and who answers them: the routes, gRPC and Confluent's side all ask here.

A question is plain data, so that it can go to another process; an answer is finished JSON with a few marks beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from msgspec import Struct, field

from llmreg.model.jsontext import loads

if TYPE_CHECKING:
    from llmreg.index.reader import Index

_DEEPEST = 1024  # a report nests a witness, which nests as deep as a document may


class Text(Struct, frozen=True, tag=True):
    """A schema as somebody sent it. `format` None: its content tells. `references`: name in the text → subject@version,
    for a format that has no references of its own."""

    schema: bytes
    format: str | None = None
    kind: str = "data"
    references: dict[str, str] = field(default_factory=dict)


class Named(Struct, frozen=True, tag=True):
    """One exact registered version; `id` is its content id."""

    subject: str
    version: str
    id: int = 0


class SchemaQuestion(Struct, frozen=True, tag=True):
    """Whether a text is a schema of its format."""

    new: Text


class DataQuestion(Struct, frozen=True, tag=True):
    """Whether documents are valid. Each is JSON text as it was sent, or with `binary` the format's own bytes.

    `batch`: the answer is a list, and a document that cannot be read is an entry in it. `strict` refuses undeclared
    fields."""

    schema: Text | Named
    documents: tuple[bytes, ...]
    strict: bool = False
    binary: bool = False
    batch: bool = False


class CheckQuestion(Struct, frozen=True, tag=True):
    """What breaks when `new` becomes the next version of `subject`, or when it follows `old`.

    `mode` None: the subject's, or BACKWARD. `against`: versions or ranges to compare with instead of those that the
    mode asks for. `policy`: a named policy of the format. `writer`: `closed` or `open`."""

    new: Text
    subject: str | None = None
    old: Text | None = None
    mode: str | None = None
    against: tuple[str, ...] = ()
    writer: str | None = None
    policy: str | None = None


class DiffQuestion(Struct, frozen=True, tag=True):
    """The step between two exact versions of a subject, both ways."""

    subject: str
    old: str
    new: str


class PostQuestion(Struct, frozen=True, tag=True):
    """What a Schema Registry client posts: `what` is `lookup`, `register` or `compatibility` (posts.py).

    `version`: the one to compare with, as the path names it. `form`: the `format` of the answer's text."""

    what: str
    subject: str
    body: bytes
    version: str | None = None
    normalize: bool = False
    deleted: bool = False
    verbose: bool = False
    form: str = ""


Question = SchemaQuestion | DataQuestion | CheckQuestion | DiffQuestion | PostQuestion


class Mark(Struct, frozen=True):
    """What metrics and the audit log keep of one document or check: never the data itself."""

    verdict: str
    errors: int = 0
    sha256: str | None = None


class Answer(Struct, frozen=True):
    """`body` is a JSON object. One mark for each document, one for any other question."""

    body: bytes
    marks: tuple[Mark, ...] = ()

    @property
    def value(self) -> dict[str, Any]:
        """The body as plain values, with exact numbers."""
        value: dict[str, Any] = loads(self.body, max_bytes=len(self.body), max_depth=_DEEPEST)
        return value


class Failure(Struct, frozen=True):
    """An error of a worker: `code` as in `llmreg.errors`."""

    code: str
    message: str
    hint: str | None = None
    problems: tuple[dict[str, Any], ...] = ()


class Job(Struct, frozen=True):
    """What goes to a worker: the index to answer from, which file it was when the server verified it (`mark_of`), the
    seconds that the answer may take, and the question."""

    index: str
    content: str
    file: tuple[int, int, int]
    seconds: float
    question: Question


class Result(Struct, frozen=True):
    """What comes back. `hits` and `misses` of compiled validators."""

    answer: Answer | None = None
    failure: Failure | None = None
    hits: int = 0
    misses: int = 0


class Judging(Protocol):
    """Work that may take long, or that a stranger's input may turn against the process that does it.

    Every method raises LlmregError: 422 for an input that cannot be judged or takes more time or memory than the
    limits allow, 503 with Retry-After when too much is asked at once."""

    async def validate_schema(self, index: Index, question: SchemaQuestion) -> Answer:
        """`{"valid", "format", "problems": [...], "warnings": [...]}`."""

    async def validate_data(self, index: Index, question: DataQuestion) -> Answer:
        """`{"valid", "errors", "warnings", …}`; of a batch `{"valid", "results": [{"valid", "errors"}, …], …}`."""

    async def check(self, index: Index, question: CheckQuestion) -> Answer:
        """The report (docs/reference/report.md), with `compatible` and `compared_versions`."""

    async def diff(self, index: Index, subject: str, old: str, new: str) -> dict[str, Any]:
        """The report on the step between two exact versions of a subject."""

    async def post(self, index: Index, question: PostQuestion) -> Answer:
        """The body that the client gets; a refusal has `error_code`."""


JOBS = msgspec.msgpack.Decoder(Job)
RESULTS = msgspec.msgpack.Decoder(Result)
