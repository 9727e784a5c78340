"""Query strings of the native API as types: checked when they are read, described in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from llmreg.formats import catalogue
from llmreg.index.search import MAX_TEXT, Filters
from llmreg.model.kind import KINDS
from llmreg.model.mode import Mode
from llmreg.server.problems import HttpError

MOST = 1000


def _one_of(words: Iterable[str]) -> Meta:
    """One list of words, wherever it is kept."""
    return Meta(pattern=f"^({'|'.join(words)})$", extra_json_schema={"enum": list(words)})


Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Format = Annotated[str, _one_of(catalogue.names())]
Kind = Annotated[str, _one_of(KINDS)]
Several = Annotated[list[Text], Meta(max_length=20)]


class Paging(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which part of a list: `limit` items from `offset` on."""

    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many at most")] = 100
    offset: Annotated[int, Meta(ge=0, le=2**31 - 1, description="How many to skip")] = 0


class LinkQuery(Paging, kw_only=True):
    """Which links."""

    transitive: Annotated[bool, Meta(description="Follow references to the end, not only the direct ones")] = False


class OneLinkQuery(LinkQuery, kw_only=True):
    """The links of a version that is named in the query."""

    subject: Annotated[str, Meta(min_length=1, max_length=700, description="The subject's name")]
    version: Annotated[str, Meta(max_length=256, description="A version or a range of versions; the latest")] = "latest"


class SubjectQuery(Paging, kw_only=True):
    """What the subjects must be; each parameter that is given has to hold."""

    prefix: Annotated[str, Meta(max_length=700, description="How the name starts")] = ""
    format: Format | None = None
    kind: Kind | None = None
    mode: Mode | None = None
    owner: Text | None = None
    tag: Annotated[Several, Meta(description="Each of these tags")] = msgspec.field(default_factory=list)

    def filters(self) -> Filters:
        """As the index takes it."""
        return Filters(
            prefix=self.prefix,
            format=self.format,
            kind=self.kind,
            mode=self.mode,
            owner=self.owner,
            tags=tuple(self.tag),
        )


class SearchQuery(SubjectQuery, kw_only=True):
    """Words, and what the subjects must be."""

    q: Annotated[Text, Meta(description="Words, each of which occurs in name, description, tags, owner or fields")] = ""
    type: Annotated[Format | None, Meta(description="Another name for `format`")] = None
    field: Annotated[Several, Meta(description="Exact names of fields in the latest version")] = msgspec.field(
        default_factory=list
    )
    metadata: Annotated[Several, Meta(description="`key:value` of the subject's own metadata")] = msgspec.field(
        default_factory=list
    )

    def filters(self) -> Filters:
        """As the index takes it. Raises HttpError 400."""
        pairs = [tuple(item.split(":", 1)) for item in self.metadata]
        for place, pair in enumerate(pairs):
            if len(pair) != 2:
                problem = {"pointer": "metadata", "message": f"{self.metadata[place]!r} is not key:value"}
                raise HttpError(400, "metadata is written key:value", problems=[problem])
        return Filters(
            prefix=self.prefix,
            format=self.format or self.type,
            kind=self.kind,
            mode=self.mode,
            owner=self.owner,
            tags=tuple(self.tag),
            fields=tuple(self.field),
            metadata=tuple((pair[0], pair[1]) for pair in pairs),
        )
