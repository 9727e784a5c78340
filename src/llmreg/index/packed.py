"""A subject as it is written into the index: texts made, compressed and digested, so that a process that judges can
also do that, and whoever writes has nothing left to compute."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from llmreg.index.codec import subject_to_text
from llmreg.index.rows import Origin, SubjectRow, VersionRow
from llmreg.model.jsontext import dumps
from llmreg.model.packing import deflated, gzip_member


class PackedVersion(NamedTuple):
    """What is written of a version. `columns` are those of `versions` from `schema_id` on; `report` is deflated."""

    number: int
    version: str
    sha256: str
    size: int
    gzip: bytes
    columns: tuple[Any, ...]
    references: tuple[tuple[str, str, str], ...]
    report: bytes | None


class Packed(NamedTuple):
    """What is written of a subject. `columns` are those of `subjects`; `search` is name, description, tags, fields."""

    columns: Mapping[str, Any]
    tags: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    fields: tuple[str, ...]
    search: tuple[str, str, str, str]
    versions: tuple[PackedVersion, ...]

    @property
    def name(self) -> str:
        return str(self.columns["name"])


class _Texts(NamedTuple):
    """What is written of a version, and goes into its subject's digest, made once."""

    line: str
    digests: str
    origin: str | None
    report: bytes | None


def pack(row: SubjectRow, digest: str | None = None) -> Packed:
    """`digest`: as another index of the same subject has it."""
    texts = [_texts(version) for version in row.versions]
    config = row.config
    words = subject_to_text(config)
    return Packed(
        columns={
            "name": row.name,
            "format": config.format,
            "kind": config.kind,
            "mode": row.mode,
            "writer": row.writer,
            "owner": config.owner,
            "description": config.description,
            "config": words,
            "latest": row.latest,
            "digest": digest or _digest(row, words, texts),
        },
        tags=tuple(sorted(set(config.tags))),
        facts=_facts(config.custom),
        fields=tuple(sorted(set(row.fields))),
        search=(
            row.name,
            "\n".join(filter(None, (config.description, *row.texts))),
            "\n".join(filter(None, (*config.tags, config.owner))),
            "\n".join(row.fields),
        ),
        versions=tuple(_packed(row, version, text) for version, text in zip(row.versions, texts, strict=True)),
    )


def _packed(row: SubjectRow, version: VersionRow, text: _Texts) -> PackedVersion:
    number = str(version.line.version)
    status = row.config.status.get(number)
    said = json.dumps({"deprecated": status.deprecated, "retired": status.retired}) if status else "{}"
    return PackedVersion(
        number=version.number,
        version=number,
        sha256=version.line.sha256,
        size=len(version.data),
        gzip=gzip_member(version.data),
        columns=(version.line.id, version.guid, text.line, text.digests, text.origin, said, version.verdict),
        references=version.references,
        report=None if text.report is None else deflated(text.report),
    )


def _facts(custom: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What `metadata` search compares: text as it is, everything else as JSON."""
    return tuple(sorted((key, value if isinstance(value, str) else dumps(value)) for key, value in custom.items()))


def _texts(version: VersionRow) -> _Texts:
    return _Texts(
        line=version.line.to_line().decode(),
        digests=json.dumps(dict(version.digests)),
        origin=origin_text(version.origin) if version.origin else None,
        report=dumps(version.report).encode() if version.report is not None else None,
    )


@lru_cache(maxsize=64)
def origin_text(origin: Origin) -> str:
    """One commit registers many versions."""
    return json.dumps(origin.to_json())


def _digest(row: SubjectRow, config: str, texts: Sequence[_Texts]) -> str:
    """Over everything that the index holds of a subject: what is short as one JSON text, then the reports, whose
    lengths are in it."""
    versions = [
        [
            version.number,
            text.line,
            version.guid,
            sorted(version.digests.items()),
            version.references,
            text.origin,
            None if text.report is None else len(text.report),
        ]
        for version, text in zip(row.versions, texts, strict=True)
    ]
    facts = [config, row.mode, row.writer, row.latest, row.fields, row.texts, versions]
    digest = hashlib.sha256(dumps(facts).encode())
    for text in texts:
        digest.update(text.report or b"")
    return digest.hexdigest()
