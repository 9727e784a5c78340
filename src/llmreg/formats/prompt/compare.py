"""Whether data that was gathered for one template renders in another: proof by what both ask for, or a render.

Where `subject.yaml` names the subject of the variables, that schema is what an application fills in, and a version of
the prompt is judged against it (`llmreg.llm.prompts`), not against what the version before happened to use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from llmreg.formats.interface import CompareOptions, Comparison
from llmreg.formats.prompt import engines
from llmreg.formats.prompt.needs import Need
from llmreg.formats.prompt.sample import samples
from llmreg.formats.prompt.sandbox import Rendered, job, render_jobs
from llmreg.formats.prompt.schema import PromptSchema, general, required
from llmreg.formats.rule import rulebook
from llmreg.model.finding import Finding, Place, Status, Witness
from llmreg.model.record import replace
from llmreg.model.report import Undecided, Verdict

_SHAPES = {"iterate": "list", "items": "mapping"}


class Asked(NamedTuple):
    """A need of the reader's template that the writer's has not; `witness` renders there, and not here."""

    writer: PromptSchema
    reader: PromptSchema
    need: Need
    elsewhere: bool  # the writer uses the path, but not so
    witness: Witness

    @property
    def place(self) -> Place:
        return place(self.reader, self.need)


def place(schema: PromptSchema, need: Need) -> Place:
    """Where a need stands: the line of a text, or the message of a chat prompt."""
    return Place(schema.pointer(need.message), None if schema.chat else need.line)


def compare(writer: PromptSchema, reader: PromptSchema, options: CompareOptions) -> Comparison:
    """See `Format.compare`."""
    variables = options.settings.get("variables")
    if variables:
        return Comparison(Verdict.COMPATIBLE, notes=(f"what it asks for is judged against {variables}",))
    asked = list(_more(writer, reader))
    if not asked:
        return Comparison(Verdict.COMPATIBLE)
    findings: list[Finding] = []
    open_: list[Undecided] = []
    witnesses = _witnesses(writer, reader)
    for need, elsewhere in asked:
        document = next((shown for line, shown in witnesses if line == (need.message or 0, need.line)), None)
        if document is None:
            why = f"`{need.shown}`: no document was found that shows whether it must be there"
            open_.append(Undecided("unconfirmed", why, reader.pointer(need.message)))
            continue
        found = Asked(writer, reader, need, elsewhere, document)
        for rule in rulebook("llmreg.formats.prompt.rules").values():
            known: dict[str, Any] = {
                "rule": rule.id,
                "fix": rule.instead,
                "status": Status.WITNESSED,
                "witness": document,
            }
            findings += [replace(finding, **known) for finding in rule.find(found)]
    verdict = Verdict.INCOMPATIBLE if findings else Verdict.UNDECIDED
    return Comparison(verdict, tuple(findings), tuple(open_))


def equivalent(old: PromptSchema, new: PromptSchema) -> bool:
    """Whether both ask for the same, in the same way."""
    return old.engine == new.engine and _asks(old.needs) == _asks(new.needs)


def _asks(needs: Iterable[Need]) -> set[tuple[object, str, bool]]:
    return {(general(need.path), _SHAPES.get(need.use, ""), need.guarded) for need in needs}


def _more(writer: PromptSchema, reader: PromptSchema) -> Iterator[tuple[Need, bool]]:
    """What the reader must have and the writer does not ask for; of a path and its members the outermost."""
    before = required(writer.needs)
    shapes = {(general(need.path), _SHAPES.get(need.use)) for need in writer.needs}
    told: list[tuple[object, ...]] = []
    for need in reader.needs:
        path, shape = general(need.path), _SHAPES.get(need.use)
        if shape and not need.guarded and path in before and (path, shape) not in shapes and path not in told:
            told.append(path)
            yield need, True
    for path, need in required(reader.needs).items():
        if path not in before and not any(path[: len(known)] == known for known in told):
            told.append(path)
            yield need, False


def _witnesses(writer: PromptSchema, reader: PromptSchema) -> list[tuple[tuple[int, int | None], Witness]]:
    """Documents that the writer's template renders and the reader's does not, with the place where it stops."""
    documents = list(samples(writer.needs))
    jobs = [job(schema, document) for document in documents for schema in (writer, reader)]
    answers = render_jobs(jobs)
    return [
        ((other.message, other.line), _witness(reader, document, other))
        for document, one, other in zip(documents, answers[::2], answers[1::2], strict=True)
        if one.texts is not None and other.failed
    ]


def _witness(reader: PromptSchema, document: object, failed: Rendered) -> Witness:
    return Witness(
        document, expected=f"rendering fails: {failed.error}", confirmed_by=(engines.get(reader.engine).version(),)
    )
