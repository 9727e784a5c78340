"""The ledger is read strictly: only what `register` writes is a ledger."""

from collections.abc import Callable

import pytest

from llmreg.errors import ConflictError, InputError
from llmreg.model.subject import LedgerLine
from llmreg.store.ledger import parse_ledger

Line = Callable[[str, bytes], LedgerLine]


def test_round_trip(line: Line) -> None:
    lines = (line("1.0.0", b"a"), line("1.1.0-rc.1", b"b"), line("1.1.0", b"c"))
    assert parse_ledger(b"".join(item.to_line() for item in lines), "a/b") == lines
    assert parse_ledger(b"", "a/b") == ()


BAD = {
    "no final newline": lambda text: text[:-1],
    "carriage return": lambda text: text.replace(b"\n", b"\r\n"),
    "spaces": lambda text: text.replace(b'":', b'": '),
    "other key order": lambda text: text.replace(
        b'"bump":"minor","mode":"BACKWARD"', b'"mode":"BACKWARD","bump":"minor"'
    ),
    "missing key": lambda text: text.replace(b',"refs":[]', b""),
    "key twice": lambda text: text.replace(b'"bump":"minor",', b'"bump":"minor","bump":"minor",'),
    "version": lambda text: text.replace(b'"1.0.0"', b'"1.0"'),
    "version as number": lambda text: text.replace(b'"1.0.0"', b"1.0"),
    "short digest": lambda text: text.replace(b'"sha256":"', b'"sha256":"0'),
    "bump": lambda text: text.replace(b"minor", b"huge"),
    "mode": lambda text: text.replace(b"BACKWARD", b"SIDEWAYS"),
    "refs": lambda text: text.replace(b'"refs":[]', b'"refs":["a"]'),
    "refs unsorted": lambda text: text.replace(b'"refs":[]', b'"refs":["b@1.0.0","a@1.0.0"]'),
    "refs no list": lambda text: text.replace(b'"refs":[]', b'"refs":{}'),
    "meta empty": lambda text: text.replace(b'"refs":[]', b'"refs":[],"meta":{}'),
    "meta unsorted": lambda text: text.replace(b'"refs":[]', b'"refs":[],"meta":{"b":"1","a":"2"}'),
    "id zero": lambda text: b'{"version":"1.0.0","sha256":"%s","id":0' % (b"0" * 64) + text[text.index(b',"fp"') :],
    "id true": lambda text: b'{"version":"1.0.0","sha256":"%s","id":true' % (b"0" * 64) + text[text.index(b',"fp"') :],
    "no object": lambda text: b"[]\n",
    "no JSON": lambda text: b"{nonsense\n",
    "not UTF-8": lambda text: text.replace(b"minor", b"\xff"),
    "empty line": lambda text: text + b"\n",
    "deep": lambda text: b'{"version":' + b"[" * 200_000 + b"\n",
}


@pytest.mark.parametrize("name", BAD)
def test_refused_with_line(name: str, line: Line) -> None:
    with pytest.raises(InputError) as caught:
        parse_ledger(BAD[name](line("1.0.0", b"a").to_line()), "a/b")
    assert caught.value.problems[0].line is not None
    assert caught.value.exit_status == 2


def test_conflict_markers(line: Line) -> None:
    one, two = line("1.0.0", b"a").to_line(), line("1.1.0", b"b").to_line()
    with pytest.raises(ConflictError) as caught:
        parse_ledger(one + b"<<<<<<< HEAD\n" + two + b"=======\n>>>>>>> main\n", "chat/reply")
    assert caught.value.problems[0].line == 2
    assert caught.value.hint == "run `llmreg resolve chat/reply`"


def test_duplicate_versions_are_left_to_the_order_invariant(line: Line) -> None:
    one = line("1.0.0", b"a").to_line()
    assert len(parse_ledger(one + one, "a/b")) == 2
