"""What a worker keeps between jobs: the index that is served, parsed schemas and compiled validators, all bounded."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmreg.compat.schemas import Schemas
from llmreg.errors import LlmregError, UsageError
from llmreg.formats import catalogue
from llmreg.formats.interface import Format, Schema, Source, Validator
from llmreg.index.manifest import read_manifest, verify
from llmreg.index.reader import Index, mark_of
from llmreg.model.version import Version
from llmreg.server.judging import Job, Named, Text

MAX_SCHEMAS = 10_000
MAX_VALIDATORS = 1000
_Mark = tuple[int, int, int]


class Library:
    """`hits` and `misses` count since `begin`."""

    def __init__(self) -> None:
        self._index: Index | None = None
        self._schemas: Schemas | None = None
        self._mark: _Mark | None = None
        self._parsed: OrderedDict[bytes, Schema] = OrderedDict()
        self._validators: OrderedDict[tuple[object, ...], Validator] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def begin(self, job: Job) -> None:
        """Follow the server to its generation. Versions never change, so an index that is newer, because it was just
        replaced, answers as well, if it is what its manifest describes; one that is not, or cannot be opened, is not
        taken while there is another."""
        self.hits = self.misses = 0
        if self._index is not None and self._index.info.content == job.content:
            return
        path = Path(job.index)
        try:
            mark = mark_of(path)
            if mark != self._mark or self._index is None:
                if mark != job.file:  # not the one that the server has verified
                    verify(path.parent, read_manifest(path.parent), path.name)
                self._take(Index(path), mark)
        except (LlmregError, OSError):
            if self._index is None:
                raise

    @property
    def index(self) -> Index:
        assert self._index is not None  # `begin` came first, or raised
        return self._index

    @property
    def schemas(self) -> Schemas:
        assert self._schemas is not None
        return self._schemas

    def registered(self, named: Named) -> Schema:
        """A registered version. Raises NotFoundError, SchemaError."""
        return self.schemas.registered(self.index.subject(named.subject), Version.parse(named.version))

    def parse(self, text: Text, *, strict: bool) -> Schema:
        """Somebody's text. Raises SchemaError, DocumentError, LimitError, UsageError."""
        schema_format = format_of(text)
        key = _digest(text, schema_format, strict)
        if key in self._parsed:
            self._parsed.move_to_end(key)
            return self._parsed[key]
        source = Source(
            data=text.schema,
            name="the schema",
            resolve=self.schemas.resolve(schema_format.name),
            references=text.references,
            strict=strict,
            path=f"schema{schema_format.extensions[0]}",
        )
        self._parsed[key] = schema = schema_format.parse(source)
        if len(self._parsed) > MAX_SCHEMAS:
            self._parsed.popitem(last=False)
        return schema

    def validator(self, wanted: Text | Named, *, strict: bool) -> tuple[str, Validator]:
        """(format, validator), compiled once."""
        settings: Mapping[str, Any] = {}
        if isinstance(wanted, Named):
            schema = self.registered(wanted)
            settings = self.index.subject(wanted.subject).config.settings
            key: tuple[object, ...] = (wanted.subject, wanted.version, strict)
        else:
            schema = self.parse(wanted, strict=True)
            key = (_digest(wanted, catalogue.get(schema.format), True), strict)
        if key in self._validators:
            self.hits += 1
            self._validators.move_to_end(key)
            return schema.format, self._validators[key]
        self.misses += 1
        made = catalogue.get(schema.format).validator(schema, strict=strict, settings=settings)
        self._validators[key] = made
        if len(self._validators) > MAX_VALIDATORS:
            self._validators.popitem(last=False)
        return schema.format, made

    def _take(self, index: Index, mark: _Mark | None) -> None:
        """Everything that was parsed before goes with the index that its references were found in."""
        if self._index is not None and self._index is not index:
            self._index.close()
        self._index, self._mark = index, mark
        self._schemas = Schemas(index, most=MAX_SCHEMAS)
        self._parsed.clear()
        self._validators.clear()


def format_of(text: Text) -> Format:
    """Raises UsageError where neither the caller nor the content tells."""
    if text.format is None and max(catalogue.get(name).sniff(text.schema) for name in catalogue.names()) <= 0:
        raise UsageError("cannot tell the schema's format", hint='say it with "format": "json", "avro" or "protobuf"')
    return catalogue.detect(text.schema, "", text.format)


def _digest(text: Text, schema_format: Format, strict: bool) -> bytes:
    digest = hashlib.sha256(f"{schema_format.name} {strict} {sorted(text.references.items())}\n".encode())
    digest.update(text.schema)
    return digest.digest()
