"""Take a status out of `subject.yaml`: what stays is byte for byte what people wrote."""

from __future__ import annotations

import pytest

from llmreg.errors import UsageError
from llmreg.store.clear import clear_status
from llmreg.store.edit import set_status

CASES = {
    "the only one takes `status` with it": (
        "format: json\nstatus:\n  1.0.0: {deprecated: x}\n# tail\nowner: me\n",
        "format: json\n# tail\nowner: me\n",
    ),
    "other versions and their comments stay": (
        "format: json\nstatus:\n  # why\n  1.0.0: {deprecated: x}  # gone\n  1.1.0: {retired: y}  # stays\n",
        "format: json\nstatus:\n  # why\n  1.1.0: {retired: y}  # stays\n",
    ),
    "the other status of the version stays": (
        "status:\n  1.0.0:\n    deprecated: a\n    # note\n    retired: x\n\nformat: json\n",
        "status:\n  1.0.0:\n    # note\n    retired: x\n\nformat: json\n",
    ),
    "in brackets, the first": (
        "format: json\nstatus: {1.0.0: {deprecated: x}, 1.1.0: {retired: y}}\n",
        "format: json\nstatus: {1.1.0: {retired: y}}\n",
    ),
    "in brackets, the last": (
        "format: json\nstatus: {1.1.0: {retired: y},\n  1.0.0: {retired: u, deprecated: x}}",
        "format: json\nstatus: {1.1.0: {retired: y},\n  1.0.0: {retired: u}}",
    ),
    "text over several lines": (
        "status:\n  1.0.0:\n    deprecated: >-\n      long\n\n      text\n  2.0.0: {retired: u}\nformat: json\n",
        "status:\n  2.0.0: {retired: u}\nformat: json\n",
    ),
    "carriage returns": (
        "format: json\r\nstatus:\r\n  1.0.0: {deprecated: x}\r\nowner: me\r\n",
        "format: json\r\nowner: me\r\n",
    ),
    "no final newline": ("format: json\nstatus:\n  1.0.0: {deprecated: x}", "format: json\n"),
    "not there at all": ("format: json\nstatus:\n  1.0.0: {retired: x}\n", None),
    "nothing there": ("format: json\n", None),
}


@pytest.mark.parametrize("case", CASES)
def test_only_the_status_goes(case):
    before, after = CASES[case]
    assert clear_status(before.encode(), "1.0.0", "deprecated").decode() == (before if after is None else after)


def test_what_cannot_be_edited_safely_is_refused():
    text = b"status:\n  1.0.0:\n    deprecated: |\n      # no comment, but text\n      b\nformat: json\n"
    with pytest.raises(UsageError, match="cannot be edited safely") as caught:
        clear_status(text, "1.0.0", "deprecated")
    assert "by hand" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "text",
    [
        "format: json\n",
        "# head\nformat: json  # tail\n",
        "format: json\nstatus:\n  # c\n  2.0.0: {retired: y}\nowner: a\n",
        "format: json\nstatus: {2.0.0: {retired: y}}\n",
        "format: json\nstatus:\n  1.0.0: {retired: y}\n",
        "format: json\nstatus:\n  1.0.0:\n    retired: y\n",
    ],
)
def test_set_and_clear_give_the_same_bytes_back(text):
    once = set_status(text.encode(), "1.0.0", "deprecated", 'it\'s "odd": #1\n')
    assert once != text.encode()
    assert clear_status(once, "1.0.0", "deprecated").decode() == text
