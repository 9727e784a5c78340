"""The reader of the plainest YAML agrees with the full one on all that it accepts, and accepts what hooks meet."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llmreg.store import flatyaml, yamltext
from llmreg.store.config import render_registry_yaml

KEYS = st.sampled_from(["kind", "a", "a-b_1", "true", "null", "on", "y", "x" * 64, "K", "1", "<<"]) | st.text("ab:- ")
WORDS = st.one_of(
    st.sampled_from(["data", "no", "true", "Null", "TRUE", "~", "0", "7", "010", "1.5", "1e3", "2026-01-01", "é"]),
    st.sampled_from(["a/b@1.0.0", "'a'", "[a]", "a'b", "yes.", "&a", "*a", "!t a", "a #b", "a: b", "a ", " a"]),
    st.sampled_from(["a b", "a  b", "a - b", "a, b (c)", "\t", "a\u2028b"]),
    st.text("aZ09 .-,()@/_:#'\t\"", max_size=8),
)
LINES = st.one_of(
    st.builds("{}: {}".format, KEYS, WORDS),
    st.sampled_from(["", " ", "# a comment: [", "#", "\t", "---", "...", "- a", "  b: c", "a:", "%YAML 1.1", "\ufeff"]),
)
TEXTS = st.builds(str.join, st.sampled_from(["\n", "\r\n"]), st.lists(LINES, max_size=5)) | st.text(max_size=20)


@given(text=TEXTS)
@example(text="format: json\nkind: data\n# owner: nobody\n\nowner: team seven\nregistry: 1")
def test_what_it_reads_the_full_reader_reads_alike(text: str) -> None:
    found = flatyaml.read(text.encode("utf-8", "surrogatepass"))
    if found is not None:
        known = yamltext.load(text)
        assert list(found.items()) == list(known.items())
        assert [type(value) for value in found.values()] == [type(value) for value in known.values()]


@pytest.mark.parametrize(
    "text",
    [
        "format: json\nkind: tool-input\nowner: search team\n",
        render_registry_yaml().decode(),
        "registry: 1\nmode: FULL",
    ],
)
def test_it_reads_ordinary_settings(text: str) -> None:
    assert flatyaml.read(text.encode())


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a: True\n", "null: a\n", "a: 010\n", "a: b: c\n", "tags: [a]\n", ""])
def test_it_leaves_the_rest_alone(text: str) -> None:
    assert flatyaml.read(text.encode()) is None
