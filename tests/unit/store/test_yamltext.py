"""YAML working files are JSON-typed: what another reader would take for something else stays text or is refused."""

import json
import subprocess
import sys
from decimal import Decimal

import pytest

from llmreg.errors import DocumentError, LimitError
from llmreg.store import yamltext

VALUES = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
    "1": 1,
    "-2": -2,
    "0": 0,
    "1.5": Decimal("1.5"),
    "1.0": Decimal("1.0"),
    "1e3": Decimal("1e3"),
    "123456789012345678901234567890": 123456789012345678901234567890,
    "no": "no",
    "yes": "yes",
    "on": "on",
    "off": "off",
    "y": "y",
    "2026-01-01": "2026-01-01",
    "2026-01-01T10:00:00Z": "2026-01-01T10:00:00Z",
    "1:30": "1:30",
    "1.2.3": "1.2.3",
    "'1.10'": "1.10",
    '"no"': "no",
    "-": None,
    "|\n  a\n  b": "a\nb",
    "{a: [1, {b: c}]}": {"a": [1, {"b": "c"}]},
}


@pytest.mark.parametrize("text", [text for text in VALUES if text != "-"])
def test_value(text: str) -> None:
    value = yamltext.load(f"key: {text}".encode())["key"]
    assert value == VALUES[text]
    assert type(value) is type(VALUES[text])


@pytest.mark.parametrize("text", ["no", "on", "y", "2026-01-01", "1:30", "1.2.3"])
def test_keys_that_others_misread_are_text(text: str) -> None:
    assert yamltext.load(f"{text}: 1") == {text: 1}


REFUSED = {
    "key: 1.10": "yaml-unsure",
    "key: -0.50": "yaml-unsure",
    "key: 010": "yaml-unsure",
    "key: 0x1F": "yaml-unsure",
    "key: 0o17": "yaml-unsure",
    "key: .5": "yaml-unsure",
    "key: 5.": "yaml-unsure",
    "key: +1": "yaml-unsure",
    "key: 1_000": "yaml-unsure",
    "key: .inf": "yaml-unsure",
    "key: .nan": "yaml-unsure",
    "key: True": "yaml-unsure",
    "key: NULL": "yaml-unsure",
    "key: 1e99999": "number-range",
    "key: " + "1" * 5000: "number-range",
    "1: one": "yaml-key",
    "1.10: one": "yaml-key",
    "true: one": "yaml-key",
    "~: one": "yaml-key",
    "? [a]\n: one": "yaml-key",
    "a: 1\nb: 2\na: 3": "duplicate-key",
    "a: &x 1": "yaml-anchor",
    "a: *x": "yaml-alias",
    "<<: {a: 1}": "yaml-merge",
    "a: !!str 1": "yaml-tag",
    "a: !!python/object/apply:os.system ['true']": "yaml-tag",
    "--- 1\n--- 2": "yaml-documents",
    "a: [": "yaml-syntax",
    "\ta: 1": "yaml-syntax",
    "a: \x01": "yaml-syntax",
    'a: "\\ud800"': "lone-surrogate",
    "\ufeffa: 1": "encoding",
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused_with_code_and_line(text: str) -> None:
    with pytest.raises(DocumentError) as caught:
        yamltext.load(text.encode(), "schema.yaml")
    problem = caught.value.problems[0]
    assert problem.code == REFUSED[text]
    assert problem.line is not None


def test_place_of_a_duplicate_key() -> None:
    with pytest.raises(DocumentError, match=r"schema\.yaml:3:3: the key 'b' stands twice"):
        yamltext.load(b"a:\n  b: 1\n  b: 2\n", "schema.yaml")


@pytest.mark.parametrize("text", ["[", "- ", "{a: ", "a:\n" + "".join(" " * n + "a:\n" for n in range(1, 300))])
def test_depth_is_limited_before_anything_crashes(text: str) -> None:
    """In a child process: libyaml's composer kills the interpreter on such input."""
    program = (
        "import sys; from llmreg.store import yamltext; from llmreg.errors import LimitError\n"
        "try: yamltext.load(sys.stdin.buffer.read())\n"
        "except LimitError: print('limit')"
    )
    data = text if len(text) > 10 else text * 100_000
    done = subprocess.run([sys.executable, "-c", program], input=data.encode(), capture_output=True, check=True)
    assert done.stdout == b"limit\n"


def test_size_is_limited() -> None:
    with pytest.raises(LimitError, match="more than the limit of 10"):
        yamltext.load(b"a: 1234567890", max_bytes=10)


def test_bomb_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True))
    with pytest.raises(DocumentError, match="anchor"):
        yamltext.load(bomb)


def test_to_json_keeps_order_and_exact_numbers() -> None:
    text = b"z: 1\na: {c: 1.5, b: [no, 2026-01-01]}\nm: 100000000000000000000.25\n"
    assert yamltext.to_json(text) == (
        b'{\n  "z": 1,\n  "a": {\n    "c": 1.5,\n    "b": [\n      "no",\n      "2026-01-01"\n    ]\n  },\n'
        b'  "m": 100000000000000000000.25\n}\n'
    )
    assert list(json.loads(yamltext.to_json(text))) == ["z", "a", "m"]


@pytest.mark.parametrize(
    ("pointer", "place"),
    [("", (1, 1)), ("/a", (1, 1)), ("/a/b", (2, 3)), ("/a/b/1", (4, 5)), ("/a/b/1/é", (4, 6)), ("/x", None)],
)
def test_locate(pointer: str, place: tuple[int, int] | None) -> None:
    assert yamltext.locate("a:\n  b:\n  - 1\n  - {é: 2}\n".encode(), pointer) == place
