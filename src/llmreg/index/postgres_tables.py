"""The read model's tables in PostgreSQL: a contract for whoever reads them with SQL (docs/reference/postgresql.md).

They hold what `index.sqlite` holds, under natural keys. `json` rather than `jsonb`, because order is contract.
"""

from __future__ import annotations

from typing import Final, NamedTuple

LAYOUT: Final = 1  # raised when a reader of the old tables would misread the new ones
LOCK: Final = 0x6C6C6D726567  # "llmreg": the advisory lock of whoever writes

TABLES: Final = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE SCHEMA llmreg;
CREATE TABLE llmreg.meta (key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE llmreg.subjects (
    name text PRIMARY KEY, format text NOT NULL, kind text NOT NULL, mode text NOT NULL, writer text NOT NULL,
    owner text, description text, config json NOT NULL, latest text, digest text NOT NULL
);
CREATE TABLE llmreg.tags (subject text, tag text, PRIMARY KEY (tag, subject));
CREATE INDEX tags_by_subject ON llmreg.tags (subject);
CREATE TABLE llmreg.facts (subject text, key text, value text, PRIMARY KEY (subject, key));
CREATE TABLE llmreg.fields (subject text, name text, PRIMARY KEY (subject, name));
CREATE INDEX fields_by_name ON llmreg.fields USING gin (name gin_trgm_ops);
CREATE TABLE llmreg.blobs (sha256 text PRIMARY KEY, size integer NOT NULL, data bytea NOT NULL);
CREATE TABLE llmreg.versions (
    subject text, number integer, version text NOT NULL, sha256 text NOT NULL, schema_id integer NOT NULL,
    guid uuid NOT NULL, line json NOT NULL, digests json NOT NULL, origin json, status json NOT NULL, verdict text,
    PRIMARY KEY (subject, number), UNIQUE (subject, version)
);
CREATE INDEX versions_by_schema ON llmreg.versions (schema_id);
CREATE INDEX versions_by_guid ON llmreg.versions (guid);
CREATE INDEX versions_by_blob ON llmreg.versions (sha256);
CREATE TABLE llmreg.reports (subject text, number integer, report json NOT NULL, PRIMARY KEY (subject, number));
CREATE TABLE llmreg.refs (
    subject text, number integer, position integer, name text NOT NULL, target text NOT NULL,
    target_version text NOT NULL, PRIMARY KEY (subject, number, position)
);
CREATE INDEX refs_by_target ON llmreg.refs (target, target_version);
CREATE TABLE llmreg.moments (
    generation integer, slot integer, subject text NOT NULL, version text NOT NULL, type text NOT NULL, reason text,
    origin json NOT NULL, PRIMARY KEY (generation, slot)
);
CREATE TABLE llmreg.events (
    generation integer, position integer, type text NOT NULL, subject text NOT NULL, version text, time bigint NOT NULL,
    body json NOT NULL, PRIMARY KEY (generation, position)
);
CREATE INDEX events_by_subject ON llmreg.events (subject);
CREATE TABLE llmreg.search (
    subject text PRIMARY KEY, description text NOT NULL, tags text NOT NULL, fields text NOT NULL
);
CREATE INDEX search_trigrams ON llmreg.search
    USING gin (subject gin_trgm_ops, description gin_trgm_ops, tags gin_trgm_ops, fields gin_trgm_ops)
"""


class Source(NamedTuple):
    """A table: its columns there, and the query that gives them here for the subjects of a JSON list of names."""

    table: str
    columns: str
    query: str


_ASKED = "IN (SELECT value FROM json_each(?))"
_SUBJECT = f"JOIN subjects s ON s.id = t.subject WHERE s.name {_ASKED}"
_VERSION = f"JOIN versions v ON v.id = t.version JOIN subjects s ON s.id = v.subject WHERE s.name {_ASKED}"
_OWN = "name, format, kind, mode, writer, owner, description, config, latest, digest"
BLOBS: Final = f"""SELECT DISTINCT b.sha256, b.size, b.gzip FROM blobs b JOIN versions t ON t.blob = b.id {_SUBJECT}"""
MOMENTS: Final = """SELECT generation, slot, subject, version, type, reason, origin FROM moments
    WHERE generation > ? ORDER BY generation, slot"""

OF_SUBJECTS: Final = (
    Source("subjects", _OWN, f"SELECT {_OWN} FROM subjects WHERE name {_ASKED}"),
    Source("tags", "subject, tag", f"SELECT s.name, t.tag FROM tags t {_SUBJECT}"),
    Source("facts", "subject, key, value", f"SELECT s.name, t.key, t.value FROM facts t {_SUBJECT}"),
    Source("fields", "subject, name", f"SELECT s.name, t.name FROM fields t {_SUBJECT}"),
    Source(
        "versions",
        "subject, number, version, sha256, schema_id, guid, line, digests, origin, status, verdict",
        f"""SELECT s.name, t.number, t.version, b.sha256, t.schema_id, t.guid, t.line, t.digests, t.origin, t.status,
            t.verdict FROM versions t JOIN blobs b ON b.id = t.blob {_SUBJECT}""",
    ),
    Source(
        "reports",
        "subject, number, report",
        f"SELECT s.name, v.number, t.report FROM reports t {_VERSION}",
    ),
    Source(
        "refs",
        "subject, number, position, name, target, target_version",
        f"SELECT s.name, v.number, t.position, t.name, t.target, t.target_version FROM refs t {_VERSION}",
    ),
    Source(
        "events",
        "generation, position, type, subject, version, time, body",
        f"SELECT generation, position, type, subject, version, time, body FROM events WHERE subject {_ASKED}",
    ),
    Source(
        "search",
        "subject, description, tags, fields",
        f"""SELECT s.name, t.description, t.tags, t.fields FROM search t JOIN subjects s ON s.id = t.rowid
            WHERE s.name {_ASKED}""",
    ),
)
EVERY: Final = (*(source.table for source in OF_SUBJECTS), "blobs", "moments", "meta")
