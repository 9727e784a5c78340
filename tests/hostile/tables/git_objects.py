"""What only a tree or an index can hold: modes, names, sizes."""

from __future__ import annotations

from tests.hostile.case import Case

_EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"  # the empty blob
_BLOB = "git hash-object -w --stdin < /dev/null > /dev/null\n"


def _staged(mode: str, path: str, oid: str = _EMPTY) -> tuple[str, ...]:
    return ("sh", f"{_BLOB}git update-index --add --cacheinfo '{mode},{oid},{path}'")


def _tree(entries: str) -> tuple[str, ...]:
    """HEAD becomes a commit of a tree that no checkout would write: subjects/`entries`, as mktree reads them."""
    return (
        "sh",
        f"""{_BLOB}
inner=$(printf '{entries}' | git mktree -z)
yaml=$(git rev-parse HEAD:llmreg.yaml)
tree=$(printf '040000 tree %s\\tsubjects\\0100644 blob %s\\tllmreg.yaml\\0' $inner $yaml | git mktree -z)
git update-ref HEAD $(git commit-tree -m x $tree)
git update-index --force-remove --stdin < /dev/null""",
    )


CASES: dict[str, Case] = {
    "a submodule as a subject": Case(
        ("check", "--all", "--head", "HEAD"),
        good=True,
        exit=1,
        git=(_staged("160000", "subjects/module", "1" * 40), ("sh", "git commit -qm x")),
        says=("submodule",),
    ),
    "a submodule as a folder of versions": Case(
        ("check", "--staged"),
        good=True,
        exit=1,
        git=(_staged("160000", "subjects/a/versions", "1" * 40),),
        says=("submodule",),
    ),
    "a link in the index": Case(
        ("check", "--staged"),
        good=True,
        exit=1,
        git=(_staged("120000", "subjects/a/schema.json"),),
        says=("symbolic link",),
    ),
    "case twins in the index": Case(
        ("check", "--staged"),
        good=True,
        exit=1,
        says=("only in case",),
        git=(_staged("100644", "subjects/twin/subject.yaml"), _staged("100644", "subjects/TWIN/subject.yaml")),
    ),
    "normal twins in the index": Case(
        ("check", "--staged"),
        good=True,
        exit=1,
        says=("subjects/",),
        git=(
            _staged("100644", "subjects/caf\u00e9/subject.yaml"),
            _staged("100644", "subjects/cafe\u0301/subject.yaml"),
        ),
    ),
    **{
        f"the name {name!r} in the index": Case(
            ("check", "--staged"), good=True, exit=1, git=(_staged("100644", f"subjects/{name}/subject.yaml"),)
        )
        for name in (
            "con",
            "NUL.json",
            "a b",
            "-rf",
            "a\tb",
            "\u200bx",
            "x\u202e",
            "a:b",
            "a\\b",
            "x" * 200,
            "a.",
            "$(x)",
            "\x1b[31m",
            "a/b/c/d/e/f/g",
        )
    },
    **{
        f"{name} in a tree": Case(("check", "--against", "HEAD"), good=True, exit=(0, 1, 2), git=(_tree(entries),))
        for name, entries in {
            "an entry ..": f"100644 blob {_EMPTY}\\t..\\0",
            "an entry .git": f"100644 blob {_EMPTY}\\t.git\\0",
            "an entry with a line feed": f"100644 blob {_EMPTY}\\ta\\nb\\0",
            "an entry that is no UTF-8": f"100644 blob {_EMPTY}\\t\\377\\376\\0",
            "an entry with an escape": f"100644 blob {_EMPTY}\\t\\033[31m\\0",
            "a link": f"120000 blob {_EMPTY}\\tgood\\0",
            "a submodule": "160000 commit 1111111111111111111111111111111111111111\\tgood\\0",
        }.items()
    },
    "a huge blob in a small pack": Case(
        ("check", "--staged"),
        good=True,
        exit=1,
        says=("limit",),
        memory=300 << 20,
        git=(
            (
                "sh",
                "id=$(head -c 60000000 /dev/zero | git hash-object -w --stdin --literally -t blob); "
                "git update-index --add --cacheinfo 100644,$id,subjects/good/schema.json",
            ),
        ),
    ),
    "a huge ledger in a small pack": Case(
        ("check", "--staged"),
        good=True,
        exit=(1, 2),
        says=("limit",),
        memory=300 << 20,
        git=(
            (
                "sh",
                "id=$(head -c 100000000 /dev/zero | git hash-object -w --stdin); "
                "git update-index --add --cacheinfo 100644,$id,subjects/good/versions.jsonl",
            ),
        ),
    ),
    "a huge llmreg.yaml in a small pack": Case(
        ("check", "--staged"),
        good=True,
        exit=2,
        says=("limit",),
        memory=300 << 20,
        git=(
            (
                "sh",
                "id=$(head -c 60000000 /dev/zero | git hash-object -w --stdin); "
                "git update-index --add --cacheinfo 100644,$id,llmreg.yaml",
            ),
        ),
    ),
}
