"""Templates from strangers: whatever they try ends soon, with a clear error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from llmreg.errors import DocumentError, LimitError, SchemaError, UsageError
from llmreg.formats import catalogue
from llmreg.formats.interface import Source
from llmreg.formats.prompt import sandbox
from llmreg.formats.prompt.sandbox import render
from llmreg.formats.prompt.schema import MAX_BYTES

PROMPT = catalogue.get("prompt")


def parse(text: str | bytes, **settings: str) -> object:
    return PROMPT.parse(Source(text if isinstance(text, bytes) else text.encode(), name="p", settings=settings))


HOSTILE = {
    "{% for i in range(10**9) %}x{% endfor %}": "Range too big",
    "{{ 'a' * 10**10 }}": "too much memory",
    "{{ ['a' * 1000] * 10**9 }}": "too much memory",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}": "recurses too deeply",
    "{% for i in range(99999) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaa' }}{% endfor %}": "grows beyond",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}": "unsafe",
    "{{ x.__init__.__globals__ }}": "unsafe",
    "{{ (cycler|attr('__init__'))['__globals__'] }}": "unsafe",
    "{{ range.__self__ }}": "no attribute",
    "{{ '%s'.format.__globals__ }}": "unsafe",
    "{% do x.append(1) %}": "unsafe",
    "{{ '{0.__class__}'.format(x) }}": "unsafe",
    "{{ 9**999999999 }}": "takes longer than|too much memory|ends its process",
}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "JOB_SECONDS", 1.0)


@pytest.mark.parametrize("template", HOSTILE)
def test_hostile_template(template: str) -> None:
    (answer,) = render(parse(template), [{"x": [1]}])
    assert answer.texts is None
    assert any(word in answer.error for word in HOSTILE[template].split("|")), answer


def test_the_jobs_around_a_hostile_one_are_answered() -> None:
    slow = "{% if x %}{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}{% endif %}ok"
    answers = render(parse(slow), [{"x": 0}, {"x": 1}, {"x": 0}])
    assert [answer.texts for answer in answers] == [("ok",), None, ("ok",)]
    assert "takes longer than 1 seconds" in answers[1].error


def test_format_strings_reach_no_attribute() -> None:
    (answer,) = render(parse("{x.__class__}", engine="format"), [{"x": "a"}])
    assert answer.failed
    (wide,) = render(parse("{x:>99999999999}", engine="format"), [{"x": "a"}])
    assert wide.texts is None


@pytest.mark.parametrize(
    ("text", "settings", "code", "line"),
    [
        ("a\n{% for %}", {}, "template-syntax", 2),
        ("a\n\n{{ x|nope }}", {}, "unknown-filter", 3),
        ("{{ x is nope }}", {}, "unknown-test", 1),
        ("\n{% include 'other' %}", {}, "not-alone", 2),
        ("a\n{x", {"engine": "format"}, "template-syntax", 2),
        ("a {}", {"engine": "format"}, "positional-field", 1),
        ("a\n{{#x}}", {"engine": "mustache"}, "template-syntax", 2),
        ("{{> x}}", {"engine": "mustache"}, "template-syntax", 1),
        (" \n", {}, "empty-prompt", 1),
        ('[{"role": "user"}]', {}, "message-form", 1),
        ('[{"role": "user", "content": "a", "nmae": "b"}]', {}, "message-form", 1),
    ],
)
def test_what_is_no_template_is_refused_at_its_line(text: str, settings: dict[str, str], code: str, line: int) -> None:
    with pytest.raises(SchemaError) as caught:
        parse(text, **settings)
    assert (caught.value.problems[0].code, caught.value.problems[0].line) == (code, line)


def test_without_jinja2_the_other_languages_work(tmp_path: Path) -> None:
    code = """
import sys
sys.modules["jinja2"] = sys.modules["jinja2.sandbox"] = None
from llmreg.errors import FormatUnavailableError
from llmreg.formats import catalogue
from llmreg.formats.interface import Source
parse = catalogue.get("prompt").parse
assert parse(Source(b"{x}", settings={"engine": "format"})).needs[0].shown == "x"
try:
    parse(Source(b"{{ x }}"))
except FormatUnavailableError as error:
    print(error.hint)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout == "pip install jinja2\n"


def test_limits_come_first() -> None:
    with pytest.raises(LimitError):
        parse("x" * (MAX_BYTES + 1))
    with pytest.raises(LimitError):
        parse("{{ " + "(" * 5000 + "x" + ")" * 5000 + " }}")
    with pytest.raises(DocumentError):
        parse(b"\xff\xfe")
    with pytest.raises(SchemaError):
        parse("x", engine="handlebars")


def test_documents_of_a_prompt_are_its_variables() -> None:
    validator = PROMPT.validator(parse("a\n{{ x.y }}"))
    assert validator.is_valid({"x": {"y": 1}})
    (problem,) = validator.problems({"x": {}})
    assert problem.line == 2
    assert "has no attribute 'y'" in problem.message
    assert not validator.is_valid([])
    with pytest.raises(UsageError):
        validator.problems_binary(b"")
    with pytest.raises(LimitError):
        PROMPT.validator(parse("{{ 'a' * 10**10 }}")).is_valid({})


def test_digests_of_a_prompt() -> None:
    one, spelled, other = parse("{{ x.y }}"), parse("{{ x['y'] }}"), parse("{{ x.z }}")
    assert one.digests()["meaning"] == spelled.digests()["meaning"] != other.digests()["meaning"]
    assert one.digests()["prompt"] != spelled.digests()["prompt"]
    assert [symbol.name for symbol in one.outline()] == ["x", "x.y"]
    assert (
        parse('[{"role":"user","content":"a"}]').canonical()
        == parse('[ {"role": "user", "content": "a"} ]').canonical()
    )
    assert PROMPT.same(one, parse("{{ x.y }}"), normalize=False)
