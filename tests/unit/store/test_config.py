"""Every defect of `llmreg.yaml` and `subject.yaml` is told at once, with its line; edits keep people's comments."""

import pytest

from llmreg.errors import InputError, UsageError
from llmreg.model.finding import Severity
from llmreg.model.mode import Mode
from llmreg.model.subject import RegistryConfig, SubjectConfig, VersionStatus, Waiver
from llmreg.store import yamltext
from llmreg.store.config import read_registry, read_subject, render_registry_yaml, render_subject_yaml
from llmreg.store.edit import set_status
from llmreg.store.settings import REGISTRY, SUBJECT

FULL_SUBJECT = b"""\
format: JSON                     # a comment
kind: structured-output
mode: transitive
writer: open
owner: team-chat
description: Reply envelope
tags: [llm, output]
custom: {cost: 1.5, no: yes}
references: {acme.Money: acme/money@1.0.0}
policy: {enum_narrowed: warn, prompt-visible: off}
breaking: forbid
status:
  1.1.0: {deprecated: "use 2.0.0"}
  1.0.1: {retired: "field held personal data"}
waivers:
  1.3.0: {allow: ["property_removed:/client_ip"], reason: "never populated"}
surfaces: [wire, json]
"""


def test_subject() -> None:
    config = read_subject(FULL_SUBJECT)
    assert (config.format, config.mode, config.writer) == ("json", Mode.FULL_TRANSITIVE, "open")
    assert config.tags == ("llm", "output")
    assert config.custom["no"] == "yes"
    assert config.policy == {"enum_narrowed": Severity.WARN, "prompt-visible": Severity.OFF}
    assert config.status["1.1.0"] == VersionStatus(deprecated="use 2.0.0")
    assert config.waivers["1.3.0"] == Waiver(("property_removed:/client_ip",), "never populated")
    assert config.settings == {"surfaces": ("wire", "json")}


def test_registry() -> None:
    assert read_registry(b"registry: 1\n") == RegistryConfig()
    config = read_registry(b"registry: 1\nmode: full\ndrift: error\nbudget_seconds: 0.5\nmax_schema_bytes: 100\n")
    assert (config.mode, config.drift) == (Mode.FULL, Severity.ERROR)
    assert (config.budget_seconds, config.max_schema_bytes) == (0.5, 100)


# text, then "line: what the message says" for every problem
SUBJECT_PROBLEMS = [
    ("", ["None: `format` is missing"]),
    ("format: json\nkindd: data\n", ["2: unknown key 'kindd'"]),
    ("format: json\nkind: dat\nmode: BACKWARDS\n", ["2: 'dat' is not one of", "3: 'BACKWARDS' is no mode"]),
    ("format: json\nowner: 1.5\n", ["2: expected text, found the number 1.5"]),
    ("format: json\ntags: [a, 1]\n", ["2: expected text, found the number 1"]),
    ("format: [json]\n", ["1: expected text, found a list"]),
    ("format: json\npolicy:\n  enum_narrowed: loud\n", ["3: 'loud' is not one of error, warn, info, off"]),
    ("format: json\npolicy:\n  Bad Rule: warn\n", ["3: 'Bad Rule' is no rule id"]),
    ("format: json\nstatus:\n  1.0: {retired: x}\n", []),
    ("format: json\nstatus:\n  '1.0': {retired: x}\n", ["3: '1.0' is not a semantic version"]),
    ("format: json\nstatus:\n  1.0.0: {gone: x}\n", ["3: a version's status is"]),
    ("format: json\nwaivers:\n  1.0.0: {allow: [a]}\n", ["3: a waiver has `allow:`"]),
    ("format: json\nwaivers:\n  1.0.0: {allow: [], reason: r}\n", ["3: a waiver names at least one rule"]),
    ("format: avro\nreferences: {a.B: a/b}\n", ["2: 'a/b' is no pinned reference"]),
    ("- a\n", ["None: expected a mapping of settings"]),
]


@pytest.mark.parametrize(("text", "expected"), SUBJECT_PROBLEMS, ids=range(len(SUBJECT_PROBLEMS)))
def test_subject_problems(text: str, expected: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read_subject(text.encode(), "subjects/a/subject.yaml")
    told = [f"{problem.line}: {problem.message}" for problem in caught.value.problems]
    for line, want in zip(told, expected, strict=False):
        number, words = want.split(": ", 1)
        assert line.startswith(f"{number}: ")
        assert words in line
    assert not expected or len(told) == len(expected)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (b"registry: 1\nmod: FULL\n", "did you mean mode?"),
        (b"registry: 1\nmode: BACKWARDS\n", "did you mean BACKWARD?"),
        (b"registry: 2\n", "write `registry: 1`"),
        (b"mode: FULL\n", "write `registry: 1`"),
        (b"registry: 1\nbudget_seconds: 0\n", None),
        (b"registry: 1\nmax_schema_bytes: 1.5\n", None),
    ],
)
def test_registry_hints(text: bytes, hint: str | None) -> None:
    with pytest.raises(InputError) as caught:
        read_registry(text)
    assert caught.value.hint == hint


def test_rendered_files_read_back() -> None:
    assert read_registry(render_registry_yaml()) == RegistryConfig()
    config = SubjectConfig(
        format="protobuf",
        kind="tool-input",
        mode=Mode.FULL,
        owner="no",
        description="1.10: a 'reply' # with all sorts",
        tags=("on", "two words"),
        settings={"surfaces": ("wire",)},
    )
    assert read_subject(render_subject_yaml(config)) == config


def test_every_example_of_the_settings_table_is_valid() -> None:
    for table, read, first in ((REGISTRY, read_registry, "registry: 1"), (SUBJECT, read_subject, "format: json")):
        for setting in table:
            line = f"{setting.key}: {setting.example}"
            read((line if line == first else f"{first}\n{line}").encode())


STATUS_EDITS = {
    "format: json # é\n": 'format: json # é\nstatus:\n  1.1.0: {deprecated: "say: why"}\n',
    "format: json": 'format: json\nstatus:\n  1.1.0: {deprecated: "say: why"}\n',
    "status:\nformat: json\n": 'status:\n  1.1.0: {deprecated: "say: why"}\nformat: json\n',
    "status: ~\nformat: json\n": 'status:\n  1.1.0: {deprecated: "say: why"}\nformat: json\n',
    "status: {}\nformat: json\n": 'status: {1.1.0: {deprecated: "say: why"}}\nformat: json\n',
    "status:   # c\n  # why\n  1.0.0: {retired: x}  # n\nformat: json\n": (
        'status:   # c\n  # why\n  1.1.0: {deprecated: "say: why"}\n  1.0.0: {retired: x}  # n\nformat: json\n'
    ),
    "status:\n  1.1.0: {retired: é} # c\nformat: json\n": (
        'status:\n  1.1.0: {retired: "é", deprecated: "say: why"} # c\nformat: json\n'
    ),
    "status:\n  1.1.0:\n    deprecated: old words # c\nformat: json\n": (
        'status:\n  1.1.0:\n    deprecated: "say: why" # c\nformat: json\n'
    ),
}


@pytest.mark.parametrize("text", STATUS_EDITS)
def test_set_status_changes_nothing_else(text: str) -> None:
    assert set_status(text.encode(), "1.1.0", "deprecated", "say: why").decode() == STATUS_EDITS[text]


def test_set_status_refuses_what_it_cannot_edit() -> None:
    with pytest.raises(UsageError, match="cannot be edited safely"):
        set_status(b"{format: json}\n", "1.0.0", "retired", "r")


def test_scalars_of_any_text_read_back() -> None:
    from llmreg.store.config import scalar

    for text in ("plain words", "no", "1.10", "", " x", "a: b", "#c", "é", "x\ny", "null", "a-b/c@1", "[x]", "'q'"):
        assert yamltext.load(f"k: {scalar(text)}") == {"k": text}
