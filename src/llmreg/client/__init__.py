"""The Python client of a served registry: `RegistryClient`, `AsyncRegistryClient`, what they return and raise.

Needs httpx: `pip install 'llmreg[client]'`.
"""

from llmreg.client.asynchronous import AsyncRegistryClient
from llmreg.client.bindings import Binding, Bindings, BoundVersion
from llmreg.client.failures import AnswerError, ClientError, MissingError, ProblemError, UnreachableError
from llmreg.client.judgements import Compatibility, Diff, Inference, SchemaValidation, Validation
from llmreg.client.results import (
    Event,
    Hit,
    Link,
    Links,
    Match,
    Origin,
    Page,
    Reference,
    Result,
    Schema,
    SchemaBytes,
    SearchPage,
    Stats,
    Subject,
    SubjectLine,
    Version,
    VersionLine,
    Versions,
    VersionShort,
)
from llmreg.client.retry import Retry
from llmreg.client.synchronous import RegistryClient

__all__ = [
    "AnswerError",
    "AsyncRegistryClient",
    "Binding",
    "Bindings",
    "BoundVersion",
    "ClientError",
    "Compatibility",
    "Diff",
    "Event",
    "Hit",
    "Inference",
    "Link",
    "Links",
    "Match",
    "MissingError",
    "Origin",
    "Page",
    "ProblemError",
    "Reference",
    "RegistryClient",
    "Result",
    "Retry",
    "Schema",
    "SchemaBytes",
    "SchemaValidation",
    "SearchPage",
    "Stats",
    "Subject",
    "SubjectLine",
    "UnreachableError",
    "Validation",
    "Version",
    "VersionLine",
    "VersionShort",
    "Versions",
]
