"""Schemas from code: `register SUBJECT module:Object`, `drift`, and that nothing else ever imports code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Llmreg, Repo, new_repo

CODE = '''
from pathlib import Path
from pydantic import BaseModel, Field
Path({canary!r}).touch()
class Order(BaseModel):
    """{about}"""
    number: int = Field(ge={least})
'''


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """Exists as soon as the code was imported."""
    return tmp_path / "imported"


def write(repo: Repo, canary: Path, about: str = "One order.", least: int = 1) -> None:
    repo.write("src/shop.py", CODE.format(canary=str(canary), about=about, least=least))


@pytest.fixture
def shop(tmp_path: Path, llmreg: Llmreg, canary: Path) -> Repo:
    """`shop/order` 1.0.0, registered from `shop:Order`."""
    repo = new_repo(tmp_path / "repo")
    write(repo, canary)
    done = llmreg("register", "shop/order", "shop:Order", "--import-root", "src", "--kind", "tool-input", cwd=repo.root)
    assert done.status == 0, done.err
    assert canary.exists()
    canary.unlink()
    repo.commit("Order")
    return repo


def test_the_source_and_its_generator_are_recorded(shop: Repo) -> None:
    import pydantic

    said = shop.read("subjects/shop/order/subject.yaml")
    assert (
        f'source: {{object: "shop:Order", via: pydantic, mode: validation, generator: pydantic {pydantic.VERSION}}}'
        in said
    )
    line = json.loads(shop.read("subjects/shop/order/versions.jsonl"))
    assert line["meta"] == {"generator": f"pydantic {pydantic.VERSION}"}
    assert json.loads(shop.read("subjects/shop/order/schema.json"))["title"] == "Order"


@pytest.mark.parametrize(
    ("about", "least", "status", "rules"),
    [
        ("One order.", 1, 0, []),
        ("Another text.", 1, 0, ["description_changed"]),
        ("One order.", 5, 1, ["minimum_raised"]),
    ],
)
def test_drift_is_told_by_class_and_fails_where_policy_says(
    shop: Repo, llmreg: Llmreg, canary: Path, about: str, least: int, status: int, rules: list[str]
) -> None:
    write(shop, canary, about, least)
    done = llmreg("drift", "--import-root", "src", "-o", "json", cwd=shop.root)
    (report,) = done.json["subjects"]
    assert (done.status, [item["rule"] for item in report["findings"]]) == (status, rules)
    assert llmreg("drift", "shop/order", "--import-root", "src", cwd=shop.root).status == status
    if rules:
        shop.write("llmreg.yaml", "registry: 1\npolicy: {prompt-visible: error}\n")
        assert llmreg("drift", "--import-root", "src", cwd=shop.root).status == 1


def test_accepting_writes_the_working_file_and_registers_nothing(shop: Repo, llmreg: Llmreg, canary: Path) -> None:
    write(shop, canary, least=0)
    done = llmreg("drift", "--import-root", "src", "--accept", cwd=shop.root)
    assert (done.status, "llmreg register shop/order" in done.err) == (0, True)
    assert json.loads(shop.read("subjects/shop/order/schema.json"))["properties"]["number"]["minimum"] == 0
    assert shop.versions("shop/order") == ["1.0.0"]
    assert "schema.json" in shop.git("diff", "--cached", "--name-only")
    assert llmreg("register", "shop/order", cwd=shop.root).status == 0
    assert shop.versions("shop/order") == ["1.0.0", "1.1.0"]
    last = json.loads(shop.read("subjects/shop/order/versions.jsonl").splitlines()[-1])
    assert last["meta"]["generator"].startswith("pydantic ")
    assert llmreg("drift", "--import-root", "src", cwd=shop.root).status == 0


def test_another_release_of_the_generator_is_told(shop: Repo, llmreg: Llmreg) -> None:
    path = "subjects/shop/order/subject.yaml"
    facts = "source:\n  object: shop:Order\n  generator: pydantic 2.4.0  # long ago\n# who to ask\n"
    shop.write(path, f"# kept\nformat: json\nkind: tool-input\n{facts}owner: me\n")
    done = llmreg("drift", "--import-root", "src", cwd=shop.root)
    assert (done.status, "registered with pydantic 2.4.0" in done.out) == (0, True)
    again = llmreg("register", "shop/order", "shop:Order", "--import-root", "src", cwd=shop.root)
    assert again.status == 0, again.err
    said = shop.read(path)
    assert said.startswith("# kept\nformat: json\nkind: tool-input\nsource:\n")
    assert "2.4.0" not in said
    assert said.endswith("\n# who to ask\nowner: me\n")
    assert llmreg("check", cwd=shop.root).status == 0


def test_a_file_of_that_name_goes_first(shop: Repo, llmreg: Llmreg, canary: Path) -> None:
    shop.write("shop:Order", '{"type": "object"}')
    assert llmreg("register", "shop/file", "shop:Order", cwd=shop.root).status == 0
    assert not canary.exists()
    assert "source" not in shop.read("subjects/shop/file/subject.yaml")


def test_only_register_and_drift_import_code(
    shop: Repo, llmreg: Llmreg, canary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(shop.root / "src"))
    monkeypatch.syspath_prepend(str(shop.root / "src"))
    shop.schema("shop/order", "other")
    shop.git("add", "--all")
    for command in (
        ("check",),
        ("check", "--staged"),
        ("check", "--all"),
        ("verify",),
        ("register", "--changed", "--bump", "major"),
        ("register", "shop/order"),
        ("list",),
        ("show", "shop/order"),
        ("export", "--out", "index.sqlite"),
    ):
        llmreg(*command, cwd=shop.root)
    assert not canary.exists()
    assert llmreg("drift", "--import-root", "src", cwd=shop.root).status in (0, 1)
    assert canary.exists()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{object: 'a:B', url: x}", "'url' is no fact of a source"),
        ("{via: pydantic}", "the source names no object"),
        ("{object: 'import os'}", "names no object"),
        ("a:B", "expected a mapping"),
    ],
)
def test_a_source_that_is_none(shop: Repo, llmreg: Llmreg, source: str, message: str) -> None:
    shop.write("subjects/shop/order/subject.yaml", f"format: json\nsource: {source}\n")
    done = llmreg("drift", "--import-root", "src", cwd=shop.root)
    assert (done.status, message in done.err) == (2, True), done.err


def test_wrong_usage(shop: Repo, llmreg: Llmreg) -> None:
    shop.write("subjects/shop/plain/subject.yaml", "format: json\n")
    shop.schema("shop/plain", "a")
    for arguments in (
        ("drift", "shop/plain"),
        ("drift", "shop/none"),
        ("drift", "--import-root", "nowhere"),
        ("register", "shop/plain", "--via", "mcp"),
        ("register", "shop/plain", "shop:Order", "--via", "zod"),
        ("register", "shop/plain", "no.such.module:Order"),
    ):
        done = llmreg(*arguments, cwd=shop.root)
        assert (done.status, "Traceback" in done.err) == (2, False), done.err


def test_every_source_that_gives_no_schema_is_told_at_once(shop: Repo, llmreg: Llmreg, canary: Path) -> None:
    for name in ("shop/second", "shop/third"):
        assert (
            llmreg("register", name, "shop:Order", "--import-root", "src", "--kind", "data", cwd=shop.root).status == 0
        )
    path = "subjects/shop/second/subject.yaml"
    shop.write(path, shop.read(path).replace("shop:Order", "shop:Gone"))
    done = llmreg("drift", "--import-root", "src", cwd=shop.root)
    assert done.status == 2
    assert "1 of 3 sources give no schema" in done.err
    assert "shop/second: shop:Gone: AttributeError" in done.err
    assert "llmreg drift shop/order shop/third" in done.err
    without = llmreg("drift", cwd=shop.root)
    assert "3 of 3 sources give no schema" in without.err
    assert without.err.count("--import-root .") == 1
