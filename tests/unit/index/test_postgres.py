"""`export --to postgresql://…` against a real server: what the tables hold, what changes, who is refused."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import tests.example

from llmreg.errors import InputError, LlmregError, NotFoundError, UsageError
from llmreg.index.postgres import connected, lock
from llmreg.index.postgres_replica import pull, replica
from llmreg.index.reader import Index
from llmreg.ops.export import export
from llmreg.ops.export.database import export_to, publish

psycopg = pytest.importorskip("psycopg")
_QUICK = "fsync=off\nsynchronous_commit=off\nfull_page_writes=off\nlisten_addresses=''\nshared_buffers=16MB\n"


def _program(name: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else shutil.which(name)


def _as_somebody() -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return ["runuser", "-u", name, "--"]
    pytest.skip("PostgreSQL does not run as root, and there is no other user here")


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The folder of the socket of a server of our own."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if not initdb or not pg_ctl:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    who = _as_somebody()
    base = Path(tempfile.mkdtemp(prefix="pg"))  # short, because a socket's path is
    if who:
        shutil.chown(base, who[2])
    data = base / "data"
    arguments = ["-D", data, "-A", "trust", "-U", "registry", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run([*who, initdb, *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/")
    with (data / "postgresql.conf").open("a") as file:
        file.write(f"{_QUICK}unix_socket_directories='{base}'\n")
    control = [*who, pg_ctl, "-D", str(data), "-w", "-s"]
    subprocess.run([*control, "-l", str(base / "log"), "start"], check=True, cwd="/")
    yield str(base)
    subprocess.run([*control, "-m", "immediate", "stop"], check=True, cwd="/")
    shutil.rmtree(base)


@pytest.fixture
def address(cluster: str, request: pytest.FixtureRequest) -> str:
    """An empty database."""
    name = f"d{abs(hash(request.node.name)) % 10**8}"
    with psycopg.connect(f"postgresql://registry@/postgres?host={cluster}", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql://registry:s3cret@/{name}?host={cluster}"


class Registry(tests.example.Registry):
    def push(self, address: str, **more: Any) -> Any:
        export(self.request(**more))
        return publish(self.request(**more), address)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return Registry.start(tmp_path_factory.mktemp("postgres"))


@pytest.fixture
def registry(exported: Registry, tmp_path: Path) -> Registry:
    return exported.copy(tmp_path)


def rows(address: str, query: str, *values: Any) -> list[Any]:
    with psycopg.connect(address) as connection:
        return connection.execute(query, values).fetchall()


def tables(address: str) -> dict[str, list[Any]]:
    """Everything, with `json` as text."""
    names = (
        *("subjects", "tags", "facts", "fields", "blobs", "versions"),
        *("reports", "refs", "moments", "events", "search", "meta"),
    )
    return {name: rows(address, f"SELECT t::text FROM llmreg.{name} t ORDER BY 1") for name in names}


def held(out: Path) -> list[list[Any]]:
    """What an index says, without row ids."""
    queries = (
        "SELECT * FROM meta ORDER BY key",
        "SELECT name, mode, writer, owner, description, config, latest, digest FROM subjects ORDER BY 1",
        "SELECT tag, name FROM tags JOIN subjects s ON s.id = subject ORDER BY 1, 2",
        "SELECT f.name, s.name FROM fields f JOIN subjects s ON s.id = subject ORDER BY 1, 2",
        "SELECT key, value, name FROM facts JOIN subjects s ON s.id = subject ORDER BY 1, 2, 3",
        "SELECT sha256, size, gzip FROM blobs ORDER BY 1",
        """SELECT name, number, v.version, sha256, schema_id, guid, line, digests, origin, status, verdict, report
            FROM versions v JOIN subjects s ON s.id = subject JOIN blobs b ON b.id = blob
            LEFT JOIN reports r ON r.version = v.id ORDER BY 1, 2""",
        """SELECT s.name, number, position, r.name, target, target_version
            FROM refs r JOIN versions v ON v.id = r.version JOIN subjects s ON s.id = subject ORDER BY 1, 2, 3""",
        "SELECT * FROM moments ORDER BY generation, slot",
        "SELECT * FROM events ORDER BY generation, position",
        "SELECT name, description, tags, fields FROM search ORDER BY name",
    )
    with closing(sqlite3.connect(out / "index.sqlite")) as db:
        return [db.execute(query).fetchall() for query in queries]


def test_the_tables_hold_what_the_index_holds(registry: Registry, address: str) -> None:
    pushed = registry.push(address)
    with Index(registry.out / "index.sqlite") as index:
        assert (pushed.mode, pushed.subjects) == ("built", index.info.subjects)
        for version in index.versions_where("1", ()):
            [found] = rows(
                address,
                """SELECT b.data, v.schema_id, v.guid::text, v.verdict FROM llmreg.versions v
                    JOIN llmreg.blobs b USING (sha256) WHERE subject = %s AND version = %s""",
                version.subject,
                version.version,
            )
            assert found == (index.blob(version.sha256), version.schema_id, version.guid, version.verdict)
        assert rows(address, "SELECT count(*) FROM llmreg.events") == [(len(index.events()),)]
    assert registry.push(address).mode == "unchanged"


def test_search_by_trigram(registry: Registry, address: str) -> None:
    registry.push(address)
    with Index(registry.out / "index.sqlite") as index:
        name = next(subject.name for subject in index.subjects() if subject.name.startswith("chat/"))
        field = index.rows("SELECT f.name FROM fields f JOIN subjects s ON s.id = f.subject WHERE s.name = ?", (name,))
    wanted = f"%{field[0][0][:4]}%"
    assert (name,) in rows(address, "SELECT subject FROM llmreg.search WHERE fields ILIKE %s", wanted)
    assert (name,) in rows(address, "SELECT DISTINCT subject FROM llmreg.fields WHERE name ILIKE %s", wanted)
    with psycopg.connect(address) as connection:
        for scan in ("seqscan", "indexscan", "indexonlyscan"):  # the tables are small
            connection.execute(f"SET enable_{scan} = off")
        plan = connection.execute("EXPLAIN SELECT subject FROM llmreg.fields WHERE name ILIKE '%mess%'").fetchall()
    assert "fields_by_name" in str(plan)


def test_only_what_changed_is_written(registry: Registry, address: str, cluster: str) -> None:
    registry.push(address)
    before = dict(rows(address, "SELECT name, xmin::text FROM llmreg.subjects"))
    registry.describe("chat/reply", "another")
    pushed = registry.push(address)
    assert (pushed.mode, pushed.subjects, pushed.removed) == ("updated", 1, 0)
    after = dict(rows(address, "SELECT name, xmin::text FROM llmreg.subjects"))
    assert {name for name in before if before[name] != after[name]} == {"chat/reply"}
    registry.remove_unreferenced()
    registry.commit()
    assert registry.push(address).removed == 1
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE DATABASE anew")
    anew = address.replace(address.partition("@/")[2].partition("?")[0], "anew", 1)
    publish(registry.request(), anew)
    assert tables(address) == tables(anew)


def test_rewritten_history_is_refused_unless_told(registry: Registry, address: str) -> None:
    registry.push(address)
    before = tables(address)
    registry.commit("said otherwise", "--amend")
    export(registry.request(rewritten=True))
    with pytest.raises(InputError, match="does not continue the commit") as caught:
        publish(registry.request(), address)
    assert "--allow-rewritten" in str(caught.value.hint)
    assert tables(address) == before
    assert publish(registry.request(rewritten=True), address).mode == "built"


def test_without_a_directory_it_goes_on_from_the_database(registry: Registry, address: str) -> None:
    first, pushed = export_to(registry.request(), address)
    assert (first.mode, pushed.mode) == ("built", "built")
    registry.describe("chat/reply", "another")
    second, pushed = export_to(registry.request(), address)
    assert (second.mode, second.subjects, pushed.mode, pushed.subjects) == ("updated", 1, "updated", 1)
    export(registry.request())
    assert rows(address, "SELECT value FROM llmreg.meta WHERE key = 'content'") == [(second.manifest.content,)]
    with Index(registry.out / "index.sqlite") as index:
        assert index.info.content == second.manifest.content


def test_a_replica_holds_what_was_exported(registry: Registry, address: str, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="holds no index"):
        pull(address, tmp_path)
    registry.push(address)
    copy = tmp_path / "copy"
    copy.mkdir()
    assert pull(address, copy) is True
    assert held(copy) == held(registry.out)
    assert pull(address, copy) is False
    registry.describe("chat/reply", "another")
    registry.remove_unreferenced()
    registry.commit()
    registry.push(address)
    assert pull(address, copy) is True
    assert held(copy) == held(registry.out)
    registry.commit("said otherwise", "--amend")
    registry.push(address, rewritten=True)
    assert pull(address, copy) is True
    assert held(copy) == held(registry.out)


def test_a_replica_follows(registry: Registry, address: str) -> None:
    registry.push(address)
    with replica(address, poll=0.01) as directory:
        before = (directory / "manifest.json").read_bytes()
        registry.describe("chat/reply", "another")
        registry.push(address)
        for _ in range(500):
            if (directory / "manifest.json").read_bytes() != before:
                break
            time.sleep(0.01)
        with Index(directory / "index.sqlite") as index:
            assert index.subject("chat/reply").config.description == "another"
    assert not directory.exists()


def test_readers_see_the_old_or_the_new(registry: Registry, address: str) -> None:
    registry.push(address)
    registry.describe("chat/reply", "another")
    export(registry.request())
    seen = []
    with connected(address) as writer, Index(registry.out / "index.sqlite") as index:
        from llmreg.index.postgres import push

        lock(writer)
        push(writer, index)
        seen.append(rows(address, "SELECT description FROM llmreg.subjects WHERE name = 'chat/reply'"))
    seen.append(rows(address, "SELECT description FROM llmreg.subjects WHERE name = 'chat/reply'"))
    assert seen[0] != seen[1] == [("another",)]


def test_one_writer_at_a_time(registry: Registry, address: str) -> None:
    export(registry.request())
    done: list[str] = []
    with connected(address) as first:
        lock(first)
        thread = threading.Thread(target=lambda: done.append(publish(registry.request(), address).mode))
        thread.start()
        thread.join(0.3)
        assert done == []
    thread.join(30)
    assert done == ["built"]


def test_no_secret_is_told(tmp_path: Path) -> None:
    for address in (
        f"postgresql://registry:s3cret@/registry?host={tmp_path}",
        "postgresql://registry:s3cret%zz@localhost/registry",
    ):
        with pytest.raises(LlmregError) as caught, connected(address):
            pass
        assert "s3cret" not in f"{caught.value} {caught.value.hint}"
        assert isinstance(caught.value, UsageError) == ("%zz" in address)
