"""The registry's own files, written by somebody who wants something: links, ledgers, waivers, policies, names."""

from __future__ import annotations

import json
from typing import Any

from tests.hostile.case import Case, Content, json_subject

_SHA = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_LINE: dict[str, Any] = {
    "version": "1.0.0",
    "sha256": _SHA,
    "id": 1,
    "fp": "0" * 64,
    "bump": "major",
    "mode": "BACKWARD",
    "refs": [],
}


def _ledger(*lines: dict[str, Any] | str) -> dict[str, Content]:
    texts = [line if isinstance(line, str) else json.dumps({**_LINE, **line}, separators=(",", ":")) for line in lines]
    return {"subjects/good/versions.jsonl": "".join(text + "\n" for text in texts)}


_LEDGERS: dict[str, dict[str, Content]] = {
    "a line that is no JSON": _ledger("evil"),
    "a line of another shape": _ledger("[1, 2]"),
    "a digest of another file": _ledger({}),
    "a version that is a path": _ledger({"version": "../../../outside"}),
    "a version with a line feed": _ledger({"version": "1.0.0\n"}),
    "a version of 10,000 digits": _ledger({"version": "9" * 10_000 + ".0.0"}),
    "an id that is negative": _ledger({"id": -1}),
    "an id that is huge": _ledger({"id": 10**300}),
    "an id that is a boolean": _ledger({"id": True}),
    "a reference to itself": _ledger({"refs": ["good@1.0.0"]}),
    "a reference out of the tree": _ledger({"refs": ["../../outside@1.0.0"]}),
    "10,000 references": _ledger({"refs": [f"x{number}@1.0.0" for number in range(10_000)]}),
    "a key twice": _ledger('{"version":"1.0.0","version":"2.0.0"}'),
    "an unknown key": _ledger({"evil": 1}),
    "nesting": _ledger('{"meta":' + "[" * 100_000),
    "the same line twice": _ledger({}, {}),
    "no line feed at the end": {"subjects/good/versions.jsonl": json.dumps(_LINE)},
    "CRLF": {"subjects/good/versions.jsonl": (json.dumps(_LINE) + "\r\n").encode()},
    "NUL": {"subjects/good/versions.jsonl": b"\0" * 1000},
    "nothing": {"subjects/good/versions.jsonl": b""},
    "invalid UTF-8": {"subjects/good/versions.jsonl": b"\xff\xfe\n"},
    "conflict markers": _ledger("<<<<<<< ours", {}, "=======", {"id": 2}, ">>>>>>> theirs"),
    "meta that is an escape sequence": _ledger({"meta": {"\x1b[2J": "\u202e"}}),
}
_SUBJECTS: dict[str, str] = {
    "an unknown key": "format: json\nevil: true\n",
    "an unknown format": "format: ../../evil\n",
    "a format that is a module": "format: os\n",
    "a kind that is unknown": "format: json\nkind: __import__\n",
    "a policy of an unknown rule": "format: json\npolicy: {__class__: off}\n",
    "a policy of an unknown severity": "format: json\npolicy: {required_added: never}\n",
    "a waiver without a reason": "format: json\nwaivers: {2.0.0: {allow: [required_added]}}\n",
    "a waiver with an empty reason": "format: json\nwaivers: {2.0.0: {allow: [required_added], reason: ''}}\n",
    "a waiver for everything": "format: json\nwaivers: {'*': {allow: ['*'], reason: x}}\n",
    "a waiver for no version": "format: json\nwaivers: {'../1.0.0': {allow: [required_added], reason: x}}\n",
    "a waiver for an invariant": "format: json\nwaivers: {1.0.0: {allow: [sha, immutable], reason: x}}\n",
    "a status for no version": "format: json\nstatus: {evil: {retired: x}}\n",
    "a status of its own": "format: json\nstatus: {1.0.0: {deleted: x}}\n",
    "references out of the tree": "format: avro\nreferences: {a: ../../outside@1.0.0}\n",
    "references that are a range": "format: avro\nreferences: {a: good@^1}\n",
    "a named policy that is a path": "format: json\ncompare: ../../../evil\n",
    "a list for a text": "format: json\nowner: [a, b]\n",
    "10,000 tags": "format: json\ntags: [" + ", ".join(f"t{number}" for number in range(10_000)) + "]\n",
    "a template engine that is a module": "format: prompt\nengine: os.system\n",
    "nothing": "",
    "a scalar": "json\n",
    "a list": "- json\n",
}
_REGISTRIES: dict[str, str] = {
    "an unknown key": "registry: 1\nplugins: [evil]\n",
    "a future version": "registry: 999\n",
    "a version that is text": "registry: one\n",
    "a limit without a limit": "registry: 1\nmax_schema_bytes: 999999999999999999999\n",
    "a negative limit": "registry: 1\nmax_schema_bytes: -1\n",
    "a profile that is a path": "registry: 1\nprofiles: [../../../evil]\n",
    "an unknown mode": "registry: 1\nmode: ANY\n",
    "a scalar": "evil\n",
    "nothing": "",
}
_BINDINGS: dict[str, str] = {
    "a subject out of the tree": "model: m\ninput: ../../outside@^1\n",
    "an absolute path": "model: m\ninput: /etc/passwd@^1\n",
    "a range that is none": "model: m\ninput: good@^^^\n",
    "a range of 100,000 characters": "model: m\ninput: good@" + "1 || " * 20_000 + "1\n",
    "a range with a giant number": "model: m\ninput: good@^" + "9" * 5000 + "\n",
    "a range with an escape": 'model: m\ninput: "good@\\e[31m"\n',
    "10,000 tools": "model: m\ntools: [" + ", ".join(["good@^1"] * 10_000) + "]\n",
    "itself as a tool": "model: m\ntools: [bindings/evil.yaml]\n",
    "a profile that is a path": "model: m\nprofile: ../../evil\ninput: good@^1\n",
    "a model that is an escape": 'model: "\\e]0;owned\\a"\ninput: good@^1\n',
    "an unknown key": "model: m\nrun: <trap>\n",
    "an alias": "model: &m m\nowner: *m\n",
}
_LINKS: dict[str, dict[str, str]] = {
    "the working file": {"subjects/a/schema.json": "<base>/outside.json"},
    "the working file to itself": {"subjects/a/schema.json": "schema.json"},
    "the working file to a device": {"subjects/a/schema.json": "/dev/zero"},
    "the working file to a pipe of the process": {"subjects/a/schema.json": "/proc/self/fd/0"},
    "subject.yaml": {"subjects/a/subject.yaml": "/etc/passwd"},
    "the ledger": {"subjects/a/versions.jsonl": "<base>/outside.json"},
    "the folder of versions": {"subjects/a/versions": "<base>/tmp"},
    "the subject": {"subjects/b": "<base>"},
    "the subject to its parent": {"subjects/loop": ".."},
    "two links in a circle": {"subjects/x": "y", "subjects/y": "x"},
    "examples": {"subjects/a/examples": "/etc"},
    "bindings": {"bindings": "<base>"},
    "a binding": {"bindings/a.yaml": "/etc/passwd"},
}
_OUTSIDE = ("outside the checkout", "root:")
CASES: dict[str, Case] = {
    **{
        f"a ledger with {name}: {command[0]}": Case(command, files, exit=(1, 2), good=True)
        for name, files in _LEDGERS.items()
        for command in (("check", "--all"), ("register", "good"))
    },
    **{
        f"a ledger with {name}: export": Case(
            ("export", "--out", "<base>/tmp/x"),
            files,
            exit=(1, 2),
            good=True,
            git=(("sh", "git add -A; git commit -qm x"),),
        )
        for name, files in list(_LEDGERS.items())[:8]
    },
    **{
        f"subject.yaml with {name}": Case(("check", "a"), json_subject({"type": "string"}, config=text), exit=(1, 2))
        for name, text in _SUBJECTS.items()
        if name not in {"10,000 tags", "a waiver for an invariant"}  # which are no mistakes
    },
    **{
        f"llmreg.yaml with {name}": Case(
            ("check",),
            {"llmreg.yaml": text, **json_subject({"type": "string"}, config="format: json\nkind: tool-input\n")},
            exit=(1, 2),
        )
        for name, text in _REGISTRIES.items()
    },
    **{
        f"a binding with {name}": Case(
            ("bind", "check"), {"bindings/evil.yaml": text}, exit=(0, 1, 2), good=True, cpu=60
        )
        for name, text in _BINDINGS.items()
    },
    **{
        f"a binding called {name!r}": Case(("bind", "show", "--", name), good=True, exit=2)
        for name in ("../../outside", "/etc/passwd", "a\nb", "\x1b[31m", "x" * 100_000, "", ".", "..", "-rf")
    },
    **{
        f"a subject called {name!r}, in {command[0]}": Case((*command, "--", name), good=True, exit=2)
        for name in (
            "../../outside",
            "/etc/passwd",
            "a\nb",
            "\x1b[31m",
            "x" * 100_000,
            ".",
            "..",
            "con",
            "a//b",
            "good@../..",
        )
        for command in (("show",), ("log",), ("deps",), ("dependents",))
    },
    **{
        f"a new subject called {name!r}": Case(
            ("register", "--format", "json", "--", name, "-"), good=True, stdin=b"{}\n"
        )
        for name in (
            "../../outside",
            "/tmp/x",
            "a\nb",
            "\x1b[31m",
            "x" * 1000,
            "",
            ".",
            "..",
            "CON",
            "a//b",
            "GOOD",
            "a.lock/..",
            "caf\u00e9",
            "a/versions",
        )
    },
    **{
        f"a link in place of {name}: {' '.join(command)}": Case(
            command, {"subjects/a/other.json": "{}"}, exit=(0, 1, 2), links=links, never=_OUTSIDE
        )
        for name, links in _LINKS.items()
        for command in (("check",), ("register", "a"), ("status",), ("list",))
    },
    "a link in place of llmreg.yaml": Case(
        ("check",), exit=(0, 1, 2), registry=False, links={"llmreg.yaml": "/etc/passwd"}, never=_OUTSIDE
    ),
    "a tampered version": Case(
        ("check", "--all"), {"subjects/good/versions/1.0.0.json": {"type": "string"}}, exit=1, good=True, says=("sha",)
    ),
    "a tampered version with a waiver": Case(
        ("check", "--all"),
        {
            "subjects/good/versions/1.0.0.json": {"type": "string"},
            "subjects/good/subject.yaml": "format: json\n" + _SUBJECTS["a waiver for an invariant"].partition("\n")[2],
            "llmreg.yaml": "registry: 1\n",
        },
        exit=1,
        good=True,
        says=("sha",),
    ),
    "a version that was added by hand": Case(
        ("check", "--all"), {"subjects/good/versions/9.0.0.json": {"type": "string"}}, exit=1, good=True
    ),
    "a policy that is loosened with the break": Case(
        ("check", "--against", "HEAD"),
        {
            "llmreg.yaml": "registry: 1\nmode: NONE\npolicy: {required_added: off}\n",
            "subjects/good/schema.json": {"type": "integer"},
        },
        exit=1,
        good=True,
        says=("policy-loosened",),
    ),
    "a rewritten ledger": Case(
        ("check", "--against", "HEAD"), _ledger({"version": "3.0.0"}), exit=1, good=True, says=("ledger-prefix",)
    ),
    "CODEOWNERS inside the registry": Case(
        ("check",), {".github/CODEOWNERS": "* @evil\n", "subjects/CODEOWNERS": "* @evil\n"}, exit=(0, 1), good=True
    ),
}
