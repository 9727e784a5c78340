"""Every error that a person can cause, each with a code and an exit status.

    LlmregError
    ├── UsageError               the command line or a call asks for something impossible
    ├── NotFoundError            no such registry, subject, version, revision or file
    ├── InputError               a file does not say what it must: carries one Problem per defect
    │   ├── SchemaError          a schema its own format refuses
    │   └── DocumentError        a document that cannot be read at all
    ├── RegistryError            the registry's files contradict each other
    │   └── ConflictError        somebody else registered first, or a merge left conflict markers
    ├── LimitError               larger, deeper or slower than the limits allow
    ├── GitError                 git refused, with its own words
    └── FormatUnavailableError   a known format for which no plug-in is installed (exit status 4)

Exit statuses: 0 fine, 1 a check found something, 2 wrong usage or input, 3 a bug in llmreg,
4 the schema's format has no plug-in.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Self


class LlmregError(Exception):
    """What went wrong, in one sentence, and what to do about it (`hint`)."""

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def to_json(self) -> dict[str, Any]:
        """`{"code", "message", "hint", "problems"}`."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "problems": []}


class UsageError(LlmregError):
    """The command line or a call asks for something impossible."""

    code = "usage"


class NotFoundError(LlmregError):
    """No such registry, subject, version, revision or file."""

    code = "not-found"


class InputError(LlmregError):
    """A file does not say what it must; `problems` lists every defect with its place.

    Each is a `model.problem.Problem`: a noun of the room above, which this one may not import."""

    code = "input"

    def __init__(self, message: str, *, problems: Sequence[Any] = (), hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)

    def named(self, name: str) -> Self:
        """The same error, and the file's name before it where it does not say that yet."""
        message = self.message if name in self.message else f"{name}: {self.message}"
        return type(self)(message, problems=self.problems, hint=self.hint)

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "problems": [problem.to_json() for problem in self.problems]}


class SchemaError(InputError):
    """A schema that its own format refuses."""

    code = "schema"


class DocumentError(InputError):
    """A document that cannot be read at all (bad JSON, bad YAML, torn bytes)."""

    code = "document"


class RegistryError(InputError):
    """The registry's files contradict each other."""

    code = "registry"


class ConflictError(RegistryError):
    """Somebody else registered first, or a merge left conflict markers."""

    code = "conflict"


class LimitError(LlmregError):
    """An input is larger, deeper or slower than the limits allow."""

    code = "limit"


class GitError(LlmregError):
    """Git refused; the message holds its own words."""

    code = "git"


class FormatUnavailableError(LlmregError):
    """A known format for which no plug-in is installed."""

    code = "format-unavailable"
    exit_status = 4


@contextmanager
def naming(name: str) -> Iterator[None]:
    """What cannot be read within says which file, or other text, it was, unless it does so by itself."""
    try:
        yield
    except (DocumentError, LimitError) as error:
        if not error.message.startswith(name):
            error.message = f"{name}: {error.message}"
            error.args = (error.message,)
        raise
