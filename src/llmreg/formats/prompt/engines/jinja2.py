"""Jinja2: the tree is walked with scopes (`_walk`); rendering happens in the sandbox, in the child process.

jinja2 is loaded when the first template is parsed, so that no other check pays for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from llmreg.errors import FormatUnavailableError, LimitError
from llmreg.formats.prompt.needs import Need
from llmreg.model.problem import Problem

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

_EXTENSIONS = ("jinja2.ext.do", "jinja2.ext.loopcontrols")
_DEEPEST = 200
_ALONE = {"Include": "include", "Import": "import", "FromImport": "import", "Extends": "extends"}


class Jinja2Engine:
    """See `llmreg.formats.prompt.engines.Engine`."""

    # what a template finds under these names before any variable, or instead of one
    reserved: frozenset[str] = frozenset(
        {"loop", "self", "caller", "varargs", "kwargs", "range", "dict", "lipsum", "cycler", "joiner", "namespace"}
    )

    def problems(self, text: str) -> Sequence[Problem]:
        _environment()
        from jinja2 import TemplateSyntaxError

        try:
            tree = _parse(text)
        except TemplateSyntaxError as error:
            return [Problem("template-syntax", error.message or "no template", line=error.lineno)]
        return sorted(_unknown(tree), key=lambda problem: problem.line or 0)

    def needs(self, text: str) -> Sequence[Need]:
        from llmreg.formats.prompt.engines._walk import needs

        return needs(_parse(text))

    def compiled(self, text: str, *, strict: bool) -> Callable[[dict[str, Any]], Any]:
        """In the child only: compiling folds constants, so that it may take any time and memory."""
        from jinja2 import StrictUndefined, Undefined

        environment = _environment()
        environment.undefined = StrictUndefined if strict else Undefined
        template = environment.from_string(text)
        return template.generate

    def version(self) -> str:
        from importlib.metadata import version

        return f"jinja2 {version('jinja2')}"


def _parse(text: str) -> nodes.Template:
    """Raises TemplateSyntaxError, LimitError."""
    try:
        tree = _environment().parse(text)
    except RecursionError:
        raise LimitError("the template nests too deeply to be read") from None
    _refuse_depth(tree)
    return tree


def _refuse_depth(tree: nodes.Template) -> None:
    """A chain of filters or a sum is read without recursion, and makes a tree as deep as it is long."""
    level: list[nodes.Node] = [tree]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in node.iter_child_nodes()]
        if not level:
            return
    raise LimitError("the template nests too deeply to be read")


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    try:
        from jinja2.sandbox import ImmutableSandboxedEnvironment
    except ModuleNotFoundError:
        raise FormatUnavailableError(
            "Jinja2 templates are read with jinja2, which is not installed", hint="pip install jinja2"
        ) from None
    return ImmutableSandboxedEnvironment(extensions=_EXTENSIONS)


def _unknown(tree: nodes.Template) -> Iterator[Problem]:
    """What would fail before anything is rendered: filters and tests that there are not, and other templates."""
    from jinja2 import nodes

    environment = _environment()
    for named in tree.find_all((nodes.Filter, nodes.Test)):
        word = "filter" if isinstance(named, nodes.Filter) else "test"
        if named.name not in (environment.filters if word == "filter" else environment.tests):
            yield Problem(f"unknown-{word}", f"there is no {word} `{named.name}`", line=named.lineno)
    for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        word = _ALONE[type(node).__name__]
        hint = "a prompt is one text: write it out"
        yield Problem(
            "not-alone", f"`{word}` needs another template, and a prompt stands alone", line=node.lineno, hint=hint
        )


ENGINE = Jinja2Engine()
