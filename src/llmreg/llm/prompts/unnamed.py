"""A version of a prompt that named no variables, against variables that a version beside it names.

Its callers filled in what its template reads, of any type that renders. So variables break them where no data at all of
that shape fits, be it all that the template reads or only what it must have; a document that the template renders and
the variables refuse shows it. Whether the types that somebody fills in fit nobody can know: that is said in a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from llmreg.formats import catalogue
from llmreg.formats.interface import Comparison
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.verify import accepts
from llmreg.formats.prompt import engines
from llmreg.formats.prompt.needs import Need
from llmreg.formats.prompt.sample import samples
from llmreg.formats.prompt.sandbox import render
from llmreg.formats.prompt.schema import PromptSchema
from llmreg.llm.prompts.check import check_prompt, clean_documents
from llmreg.model.finding import ChangeClass, Finding, Severity, Status, Witness
from llmreg.model.jsontext import dumps
from llmreg.model.record import replace
from llmreg.model.report import Undecided, Verdict

_SHOWN = 60


class Unnamed(NamedTuple):
    """The version: `name` is `support/answer@1.0.0`."""

    name: str
    prompt: PromptSchema


def takes(writer: Unnamed, variables: JsonSchema, name: str) -> Comparison:
    """Whether the variables take what the callers of the version fill in."""
    findings, open_, fitting = list[Finding](), list[Undecided](), list[Any]()
    needs = writer.prompt.needs
    for asked in (needs, [need for need in needs if not need.guarded]):
        fits, refused = _tried(writer.prompt, asked, variables)
        fitting += fits
        if fits:
            continue
        if refused is None:
            why = f"no data was found that shows whether what `{writer.name}` reads fits"
            open_.append(Undecided("unconfirmed", f"it named no variables: {why}"))
        elif all(finding.witness != refused.witness for finding in findings):
            findings.append(refused)
    if findings:
        return Comparison(Verdict.INCOMPATIBLE, tuple(findings), tuple(open_))
    note = f"{writer.name} named no variables, so that the types that its callers fill in are not known"
    told = f"{note}; {_short(fitting[0])} fits it and {name}" if fitting else note
    return Comparison(Verdict.UNDECIDED if open_ else Verdict.COMPATIBLE, (), tuple(open_), (told,))


def renders(variables: JsonSchema, reader: Unnamed) -> Comparison:
    """Whether the version's template renders what the variables allow."""
    report = check_prompt(reader.prompt, variables)
    wrong = tuple(
        replace(finding, cls=ChangeClass.BREAKING)
        for finding in report.findings
        if finding.severity is Severity.ERROR and finding.witness is not None
    )
    open_ = tuple(Undecided("not-rendered", why) for why in report.undecided)
    verdict = Verdict.INCOMPATIBLE if wrong else Verdict.UNDECIDED if open_ else Verdict.COMPATIBLE
    return Comparison(verdict, wrong, open_)


def _tried(prompt: PromptSchema, needs: Iterable[Need], variables: JsonSchema) -> tuple[list[Any], Finding | None]:
    """(documents of this shape that the template renders and the variables take, else a refused one)."""
    shapes = list(samples(needs))
    filled = [_filled(shapes[0], valid) for valid in clean_documents(variables)]
    documents = list({dumps(document): document for document in (*shapes, *filled)}.values())
    rendered = [
        document
        for document, answer in zip(documents, render(prompt, documents), strict=True)
        if answer.texts is not None
    ]
    told = [accepts(variables, document) for document in rendered]
    fits = [document for document, said in zip(rendered, told, strict=True) if all(said.values())]
    refused = (
        (document, tuple(said))
        for document, said in zip(rendered, told, strict=True)
        if all(answer is False for answer in said.values())
    )
    return fits, None if fits else next(_refusals(prompt, variables, refused), None)


def _refusals(
    prompt: PromptSchema, variables: JsonSchema, refused: Iterable[tuple[Any, tuple[str, ...]]]
) -> Iterator[Finding]:
    validator = catalogue.get(variables.format).validator(variables)
    for document, confirmed_by in refused:
        problem = next(iter(validator.problems(document)), None)
        why = problem.message if problem is not None else "the data is refused"
        engine = engines.get(prompt.engine).version()
        yield Finding(
            rule="",
            cls=ChangeClass.BREAKING,
            severity=Severity.ERROR,
            message=f"it named no variables, and its template renders data that is refused: {why}",
            status=Status.WITNESSED,
            witness=Witness(document, expected=f"refused: {why}", confirmed_by=(*confirmed_by, engine)),
        )


def _filled(shape: Any, valid: Any) -> Any:
    """What a template reads, with the values that a valid document has there."""
    if isinstance(shape, dict):
        if not isinstance(valid, dict):
            return shape
        if list(shape) == ["key"] and valid and "key" not in valid:  # stands for any key of a mapping
            name, item = next(iter(valid.items()))
            return {name: _filled(shape["key"], item)}
        return {name: _filled(item, valid[name]) if name in valid else item for name, item in shape.items()}
    if isinstance(shape, list):
        if not isinstance(valid, list) or not valid:
            return shape
        return [_filled(item, valid[min(index, len(valid) - 1)]) for index, item in enumerate(shape)]
    return valid


def _short(document: Any) -> str:
    text = dumps(document)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
