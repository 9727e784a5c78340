"""The tables of `index.sqlite`, and the number that says which layout a file has."""

from __future__ import annotations

FORMAT = 2  # raised when a reader of the old layout would misread the new one

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE subjects (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    format TEXT NOT NULL,
    kind TEXT NOT NULL,
    mode TEXT NOT NULL,
    writer TEXT NOT NULL,
    owner TEXT,
    description TEXT,
    config TEXT NOT NULL,
    latest TEXT,
    digest TEXT NOT NULL
);
CREATE TABLE tags (tag TEXT NOT NULL, subject INTEGER NOT NULL, PRIMARY KEY (tag, subject)) WITHOUT ROWID;
CREATE TABLE facts (
    key TEXT NOT NULL, value TEXT NOT NULL, subject INTEGER NOT NULL, PRIMARY KEY (key, value, subject)
) WITHOUT ROWID;
CREATE TABLE fields (name TEXT NOT NULL, subject INTEGER NOT NULL, PRIMARY KEY (name, subject)) WITHOUT ROWID;
CREATE TABLE blobs (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, gzip BLOB NOT NULL);
CREATE TABLE versions (
    id INTEGER PRIMARY KEY,
    subject INTEGER NOT NULL,
    number INTEGER NOT NULL,
    version TEXT NOT NULL,
    blob INTEGER NOT NULL,
    schema_id INTEGER NOT NULL,
    guid TEXT NOT NULL,
    line TEXT NOT NULL,
    digests TEXT NOT NULL,
    origin TEXT,
    status TEXT NOT NULL,
    verdict TEXT,
    UNIQUE (subject, number)
);
CREATE INDEX versions_by_schema ON versions (schema_id);
CREATE INDEX versions_by_guid ON versions (guid);
CREATE INDEX versions_by_blob ON versions (blob);
CREATE TABLE reports (version INTEGER PRIMARY KEY, report BLOB NOT NULL);
CREATE TABLE refs (
    version INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, target TEXT NOT NULL,
    target_version TEXT NOT NULL, PRIMARY KEY (version, position)
) WITHOUT ROWID;
CREATE INDEX refs_by_target ON refs (target, target_version);
CREATE TABLE moments (
    generation INTEGER NOT NULL, slot INTEGER NOT NULL, subject TEXT NOT NULL, version TEXT NOT NULL,
    type TEXT NOT NULL, reason TEXT, origin TEXT NOT NULL, PRIMARY KEY (generation, slot)
) WITHOUT ROWID;
CREATE INDEX moments_by_subject ON moments (subject);
CREATE TABLE events (
    generation INTEGER NOT NULL, position INTEGER NOT NULL, type TEXT NOT NULL, subject TEXT NOT NULL,
    version TEXT, time INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (generation, position)
) WITHOUT ROWID;
CREATE INDEX events_by_subject ON events (subject, generation, position);
CREATE VIRTUAL TABLE search USING fts5(name, description, tags, fields, tokenize = 'trigram');
"""
