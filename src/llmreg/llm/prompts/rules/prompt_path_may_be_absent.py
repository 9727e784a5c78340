"""A prompt uses a path that valid variables may lack, and does not guard it.

Why it breaks:
    Rendering fails under `undefined: strict` for the data that lacks it. Under `lenient` the text has a hole there, and
    a member of an absent value fails all the same.

Example:
    Template: `{{ customer.name }}`
    Variables: `customer` is optional, nullable, or without `name` in one branch of a union
    Witness: `{}`

Instead:
    Guard it with `is defined` or `default` (mustache: a section), or make it required in a new version of the
    variables.
    Where the application renders with Jinja2's own undefined, write `undefined: lenient` into `subject.yaml`.

Known limits:
    An error only with a document that is valid and does not render; a warning where none was found.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.prompts.promise import Kind
from llmreg.llm.prompts.told import Shown, finding
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.record import replace

# what each language has against an absent value, before what always helps; str.format has nothing
_GUARDS = {
    "jinja2": "guard it with `is defined` or `default`, or ",
    "mustache": "put it into a section of that name, or ",
}
_REQUIRE = "make it required in a new version of the variables"
_LENIENT = "; where the application has Jinja2's own undefined, write `undefined: lenient` into subject.yaml"


def find(shown: Shown) -> Iterator[Finding]:
    if shown.issue.kind is Kind.MAY_BE_ABSENT and _counts(shown):
        found = finding(RULE, shown, f"the variables may lack it ({shown.issue.why})")
        lenient = _LENIENT if shown.prompt.engine == "jinja2" and shown.prompt.strict else ""
        yield replace(found, fix=f"{_GUARDS.get(shown.prompt.engine, '')}{_REQUIRE}{lenient}")


def _counts(shown: Shown) -> bool:
    """A document that was made to fail and renders shows that the template has made sure in a way of its own."""
    return shown.confirmed or not shown.dismissed or not shown.prompt.strict


RULE = Rule(
    summary="A prompt uses a path that valid variables may lack, and does not guard it",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
)
