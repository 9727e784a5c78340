"""What Schema Registry clients of Confluent's kind read, as plain dicts: made only here, for server and static tree.

A retired version is their soft-deleted one: lists hide it, its id and GUID keep answering. Keys without a value are
left out. Prompts, and formats that these clients have no name for, are not there at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from llmreg.compat.schemas import Schemas
from llmreg.compat.served import served_references, served_text
from llmreg.errors import LlmregError
from llmreg.formats import catalogue
from llmreg.index.reader import Index, IndexedSubject, StoredVersion
from llmreg.model.jsontext import dumps

TYPES: Final = {"JSON": "json", "PROTOBUF": "protobuf", "AVRO": "avro"}
MOST: Final = 1000
READ_ONLY: Final = "READONLY"
_LAST: Final = 2**31 - 1
_THERE: Final = "s.kind <> 'prompt' AND s.format IN ('avro', 'json', 'protobuf')"
_LIVE: Final = "v.status ->> 'retired' IS NULL"
_FILE: Final = re.compile(r"(?P<subject>.+)/(?P<version>\d+\.\d+\.\d+[^/]*)\.(?:proto|json|avsc)")


class ConfluentError(LlmregError):
    """A refusal with the number that these clients know it by; its first three digits are the HTTP status."""

    code = "confluent"

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number


def plain_name(name: str) -> str:
    """A subject's name without the mark of the default context, the only one there is."""
    return name.removeprefix(":.:")


def number_of(text: str) -> int | None:
    """The integer version that a path names; None for the latest. Raises ConfluentError 42202."""
    if text.lower() == "latest" or text == "-1":
        return None
    if re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) and 1 <= int(text) <= _LAST:
        return int(text)
    raise ConfluentError(
        42202,
        f"The specified version '{text[:80]}' is not a valid version id. Allowed values are between [1, 2^31-1] "
        'and the string "latest"',
    )


class SchemaRegistry:
    """One index as such clients see it."""

    def __init__(self, index: Index, schemas: Schemas | None = None) -> None:
        """`schemas`: parsed schemas of the same index, where somebody keeps them."""
        self.index = index
        self.schemas = schemas or Schemas(index)

    def subjects(self, prefix: str = "", *, deleted: bool = False, deleted_only: bool = False) -> list[str]:
        """A subject is deleted when every version of it is."""
        wanted = "s.latest IS NULL" if deleted_only else "1" if deleted else "s.latest IS NOT NULL"
        query = f"""SELECT s.name FROM subjects s WHERE {_THERE} AND {wanted}
            AND substr(s.name, 1, length(?1)) = ?1 ORDER BY s.name"""
        start = plain_name(prefix.removeprefix(":*:"))
        return [row[0] for row in self.index.rows(query, (start,))]

    def subject(self, name: str) -> IndexedSubject:
        """Also by the path of a file of it, as import statements name it, because clients take that for a subject.

        Raises ConfluentError 40401."""
        known = plain_name(name)
        file = _FILE.fullmatch(known)
        for each in (known, file["subject"] if file else None):
            if each is not None and self.index.has(each):
                found = self.index.subject(each)
                if found.config.kind != "prompt" and found.config.format in TYPES.values():
                    return found
        raise ConfluentError(40401, f"Subject '{name[:200]}' not found.")

    def versions(self, name: str, *, deleted: bool = False) -> list[StoredVersion]:
        """In order of registration. Raises ConfluentError 40401, also where every version is deleted."""
        found = [item for item in self.subject(name).versions if deleted or not gone(item)]
        if not found:
            raise ConfluentError(40401, f"Subject '{name[:200]}' not found.")
        return found

    def numbers(
        self, name: str, *, deleted: bool = False, deleted_only: bool = False, negative: bool = False
    ) -> list[int]:
        """Integer versions; with `negative` deleted ones below zero. Raises ConfluentError 40401."""
        found = self.versions(name, deleted=deleted or deleted_only or negative)
        if negative:
            return [-item.number if gone(item) else item.number for item in found]
        return [item.number for item in found if not deleted_only or gone(item)]

    def pick(self, name: str, wanted: str, *, deleted: bool = False) -> StoredVersion:
        """Raises ConfluentError 42202, 40401, 40402."""
        number = number_of(wanted)
        found = self.versions(name, deleted=deleted)
        if number is None:
            return found[-1]
        for item in found:
            if item.number == number:
                return item
        raise ConfluentError(40402, f"Version {number} not found.")

    def by_id(self, wanted: str) -> list[StoredVersion]:
        """Every version of a content, live ones first. Raises ConfluentError 40403."""
        known = re.fullmatch(r"[0-9]{1,10}", wanted, re.ASCII) and int(wanted) <= _LAST
        return self._found(self.index.by_schema_id(int(wanted)) if known else (), wanted)

    def by_guid(self, wanted: str) -> list[StoredVersion]:
        """The same by GUID."""
        try:
            found = self.index.by_guid(str(UUID(wanted)))
        except ValueError:
            found = ()
        return self._found(found, wanted)

    def ids(self, wanted: str) -> list[dict[str, Any]]:
        """The id of a GUID, in the one context there is; nothing for an unknown one."""
        try:
            found = self.by_guid(wanted)
        except ConfluentError:
            return []
        return [{"context": ".", "id": number} for number in dict.fromkeys(item.schema_id for item in found)]

    def text(self, version: StoredVersion, form: str = "") -> str:
        """The served text; in another form, where the format has one of that name. Raises LlmregError."""
        if form:
            subject = self.index.subject(version.subject)
            schema = self.schemas.registered(subject, version.line.version)
            other = catalogue.get(version.format).served_as(schema, form)
            if other is not None:
                return other.decode()
        return served_text(version.format, self.index.blob(version.sha256)).decode()

    def content(self, version: StoredVersion, form: str = "") -> dict[str, Any]:
        """What belongs to a content, wherever it is registered."""
        references = [
            {"name": name, "subject": subject, "version": number}
            for name, subject, number in served_references(self.index, version.format, self.index.references(version))
        ]
        body: dict[str, Any] = {
            "id": version.schema_id,
            "guid": version.guid,
            "schemaType": catalogue.get(version.format).wire_name,
        }
        body |= {"references": references} if references else {}
        body["schema"] = self.text(version, form)
        body |= {"ts": version.origin.time * 1000} if version.origin else {}
        return body | {"deleted": gone(version)}

    def version(self, version: StoredVersion, form: str = "") -> dict[str, Any]:
        """One version of a subject."""
        return {"subject": version.subject, "version": version.number, **self.content(version, form)}

    def schema(
        self, holders: Sequence[StoredVersion], form: str = "", *, subject: str | None = None, maximum: bool = False
    ) -> dict[str, Any]:
        """A content by id or GUID. `subject` is a hint: where it has the content, it is the one that is named.
        `maximum`: tell the largest id there is."""
        name = plain_name(subject or "")
        holder = next((item for item in holders if item.subject == name), holders[0])
        body = self.content(holder, form)
        del body["id"]
        if subject:
            body = {"subject": holder.subject, "version": holder.number, **body}
        return body | ({"maxId": self.index.max_schema_id()} if maximum else {})

    def referenced_by(self, version: StoredVersion, *, deleted: bool = False) -> list[int]:
        """Ids of what refers to a version, sorted."""
        users = self.index.users(version.subject, version.version)
        return sorted({item.schema_id for item in users if deleted or not gone(item)})

    def with_metadata(self, name: str, wanted: Mapping[str, str], *, deleted: bool = False) -> StoredVersion:
        """The newest version with these properties: of its `meta`, or of the subject's `custom`.

        Raises ConfluentError 40401, 40403."""
        custom = self.subject(name).config.custom
        for item in reversed(self.versions(name, deleted=deleted)):
            properties = {key: _words(value) for key, value in {**custom, **item.line.meta}.items()}
            if all(properties.get(key) == value for key, value in wanted.items()):
                return item
        raise ConfluentError(40403, "Schema not found")

    def listing(
        self, prefix: str, page: tuple[int, int], *, deleted: bool = False, latest_only: bool = False
    ) -> list[dict[str, Any]]:
        """Versions with their texts, `page` being (offset, limit)."""
        live = "1" if deleted else _LIVE
        newest = f"""v.number = (SELECT max(v.number) FROM versions v WHERE v.subject = s.id AND {live})"""
        query = f"""SELECT v.id FROM versions v JOIN subjects s ON s.id = v.subject
            WHERE {_THERE} AND substr(s.name, 1, length(?1)) = ?1 AND {live} AND {newest if latest_only else "1"}
            ORDER BY s.name, v.number LIMIT ?3 OFFSET ?2"""
        keys = [row[0] for row in self.index.rows(query, (plain_name(prefix.removeprefix(":*:")), *page))]
        found = self.index.versions_where("v.id IN (SELECT value FROM json_each(?))", (dumps(keys),))
        return [self.version(item) for item in found]

    def level(self, name: str | None, *, default: bool = False) -> dict[str, Any]:
        """The compatibility level of a subject, or of the registry. Raises ConfluentError 40408."""
        if name is not None:
            try:
                return {"compatibilityLevel": self.subject(name).mode}
            except ConfluentError:
                if not default:
                    message = f"Subject '{name[:200]}' does not have subject-level compatibility configured"
                    raise ConfluentError(40408, message) from None
        return {"compatibilityLevel": (self.index.config.mode or "BACKWARD")}

    def mode(self, name: str | None, *, default: bool = False) -> dict[str, Any]:
        """Always read-only. Raises ConfluentError 40409 for a subject that is not there."""
        if name is not None and not default:
            try:
                self.subject(name)
            except ConfluentError:
                message = f"Subject '{name[:200]}' does not have subject-level mode configured"
                raise ConfluentError(40409, message) from None
        return {"mode": READ_ONLY}

    def cluster(self) -> dict[str, Any]:
        """Which registry this is."""
        clusters = {"kafka-cluster": "", "schema-registry-cluster": self.index.info.registry}
        return {"id": "", "scope": {"path": [], "clusters": clusters}}

    def program(self) -> dict[str, Any]:
        """What made the index, and of which commit of the registry."""
        return {"version": self.index.info.program, "commitId": self.index.info.commit}

    def named(self, subject: str, number: int) -> str:
        """`subject@version` of an integer version, -1 for the latest. Raises ConfluentError 42201."""
        try:
            found = self.pick(subject, str(number), deleted=True)
        except ConfluentError as error:
            raise ConfluentError(42201, f"Invalid schema: no reference found for {subject[:200]}: {error}") from None
        return f"{found.subject}@{found.version}"

    def _found(self, found: Sequence[StoredVersion], wanted: str) -> list[StoredVersion]:
        known = [item for item in found if item.kind != "prompt" and item.format in TYPES.values()]
        if not known:
            raise ConfluentError(40403, f"Schema {wanted[:80]} not found")
        return sorted(known, key=gone)


def gone(version: StoredVersion) -> bool:
    """Whether a version is retired: soft-deleted, in these clients' words."""
    return version.status.retired is not None


def paged(items: Sequence[Any], offset: int, limit: int, most: int | None = None) -> list[Any]:
    """A limit of none or less, or above the most, is the most."""
    wanted = most if limit <= 0 or (most is not None and limit > most) else limit
    start = max(offset, 0)
    return list(items[start : None if wanted is None else start + wanted])


def _words(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value)
