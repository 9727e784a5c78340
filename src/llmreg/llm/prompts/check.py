"""Judge a template under a variables schema: issues from the paths, confirmed or dismissed by rendering."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from llmreg.errors import LlmregError
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.verify import accepts
from llmreg.formats.prompt import engines
from llmreg.formats.prompt.needs import Need, Step, StepKind
from llmreg.formats.prompt.sandbox import Rendered, job, render_jobs
from llmreg.formats.prompt.schema import PromptSchema
from llmreg.formats.rule import rulebook
from llmreg.llm.prompts.documents import IMPOSSIBLE, Aim, Maker
from llmreg.llm.prompts.promise import Issue, Kind, Promise
from llmreg.llm.prompts.shapes import Shapes
from llmreg.llm.prompts.told import Shown
from llmreg.model.finding import Finding, Severity, Status, Witness
from llmreg.model.jsontext import dumps

RULES: Final = "llmreg.llm.prompts.rules"
GENERAL: Final = 20  # documents for a pair, besides those that are made for an issue
_MOST_ISSUES: Final = 200
_SEEDS: Final = 3
_PYTHON: Final = {
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "string": "str",
    "array": "list",
}


class PromptReport(NamedTuple):
    """`findings` in the order of the template; their `reader` is the template, their `writer` the variables schema.
    `undecided`: why some could not be shown. `rendered`: how many valid documents were tried."""

    findings: tuple[Finding, ...]
    undecided: tuple[str, ...] = ()
    rendered: int = 0

    @property
    def fails(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


class _Trial(NamedTuple):
    document: Any
    answer: Rendered
    confirmed_by: tuple[str, ...]


def check_prompt(prompt: PromptSchema, variables: JsonSchema) -> PromptReport:
    """Every path against every branch of the schema. Raises LlmregError only for what cannot be read at all."""
    shapes = Shapes(variables)
    engine = engines.get(prompt.engine)
    issues = list(Promise(shapes, engine.reserved).issues(prompt.needs))[:_MOST_ISSUES]
    trials, for_issue, limited = _tried(prompt, variables, shapes, issues)
    strictly = trials if prompt.strict else _strictly(prompt, trials, issues, for_issue)
    shown = []
    for issue, keys in zip(issues, for_issue, strict=True):
        own = [tried[key] for key in keys if key in (tried := strictly if issue.kind is Kind.MISSING else trials)]
        searched = issue.need is not None and bool(issue.need.instead)
        fine = not searched and any(trial.answer.texts is not None for trial in own)
        shown.append(Shown(issue, prompt, _witness(prompt, issue, own), dismissed=fine))
    told = {_place_of(item.issue.need) for item in shown if item.confirmed}
    shown += _unforeseen(prompt, trials.values(), told)
    findings = [finding for item in shown for finding in _findings(item)]
    return PromptReport(tuple(sorted(findings, key=_order)), limited, len(trials))


def clean_documents(variables: JsonSchema, count: int = GENERAL) -> list[Any]:
    """Different documents that both validators accept: the fullest, the barest, and others."""
    shapes = Shapes(variables)
    made = [Maker(shapes, full=True).make(), Maker(shapes, full=False).make()]
    made += [Maker(shapes, full=None, seed=seed).make() for seed in range(count * 3)]
    different = {_key(document): document for document in made if document is not IMPOSSIBLE}
    return [document for document in different.values() if _accepted(variables, document)][:count]


def _tried(
    prompt: PromptSchema, variables: JsonSchema, shapes: Shapes, issues: Sequence[Issue]
) -> tuple[dict[str, _Trial], list[list[str]], tuple[str, ...]]:
    """(every valid document with what became of it, the documents of each issue, what a limit kept from us)."""
    proposed: dict[str, Any] = {}
    for_issue = []
    for issue in issues:
        made = [document for aim in issue.aims for document in _documents(shapes, aim)]
        keys = [_key(document) for document in made]
        proposed.update(zip(keys, made, strict=True))
        for_issue.append(keys)
    proposed.update({_key(document): document for document in clean_documents(variables)})
    valid = {key: (document, by) for key, document in proposed.items() if (by := _accepted(variables, document))}
    answers = render_jobs([job(prompt, document) for document, _ in valid.values()])
    trials = {key: _Trial(valid[key][0], answer, valid[key][1]) for key, answer in zip(valid, answers, strict=True)}
    limits = dict.fromkeys(answer.error for answer in answers if answer.kind == "limit")
    return trials, for_issue, tuple(limits)


def _strictly(
    prompt: PromptSchema, trials: dict[str, _Trial], issues: Sequence[Issue], for_issue: Sequence[Sequence[str]]
) -> dict[str, _Trial]:
    """The documents for paths that are never there, rendered so that an absent value is an error after all."""
    missing = [keys for issue, keys in zip(issues, for_issue, strict=True) if issue.kind is Kind.MISSING]
    chosen = {key: trials[key] for keys in missing for key in keys if key in trials}
    answers = render_jobs([job(prompt, trial.document, strict=True) for trial in chosen.values()])
    return {key: chosen[key]._replace(answer=answer) for key, answer in zip(chosen, answers, strict=True)}


def _documents(shapes: Shapes, aim: Aim) -> list[Any]:
    makers = [Maker(shapes, full=True), Maker(shapes, full=False)]
    makers += [Maker(shapes, full=None, seed=seed) for seed in range(_SEEDS)]
    return [document for maker in makers if (document := maker.make(aim)) is not IMPOSSIBLE]


def _accepted(variables: JsonSchema, document: Any) -> tuple[str, ...]:
    """The validators that accept a document, where all do."""
    try:
        told = accepts(variables, document)
    except LlmregError:
        return ()
    return tuple(told) if isinstance(document, dict) and all(told.values()) else ()


def _witness(prompt: PromptSchema, issue: Issue, trials: Iterable[_Trial]) -> Witness | None:
    """The smallest document that fails for this very cause."""
    if issue.need is None:
        return None
    failing = [trial for trial in trials if trial.answer.failed and _is_caused(issue, issue.need, trial.answer)]
    best = min(failing, key=lambda trial: len(_key(trial.document)), default=None)
    return None if best is None else _as_witness(prompt, best)


def _as_witness(prompt: PromptSchema, trial: _Trial) -> Witness:
    engine = engines.get(prompt.engine).version()
    return Witness(
        trial.document, expected=f"rendering fails: {trial.answer.error}", confirmed_by=(*trial.confirmed_by, engine)
    )


def _is_caused(issue: Issue, need: Need, answer: Rendered) -> bool:
    """Whether rendering stopped at the use of this path, and for this reason."""
    if answer.message != (need.message or 0) or answer.line not in (None, need.line, need.statement):
        return False
    absent = answer.kind in ("UndefinedError", "LookupError") or "Undefined" in answer.error
    if issue.kind in (Kind.MISSING, Kind.MAY_BE_ABSENT) and absent:
        step = need.path[-1]
        return (
            step.name in answer.error
            or answer.kind == "TypeError"
            or step.kind not in (StepKind.KEY, StepKind.INDEX)
            or need.path[0].name in answer.error
        )
    if issue.kind is Kind.SHADOWED:
        return "method" in answer.error or need.path[-1].name in answer.error
    return issue.kind is Kind.MISUSED and any(word in answer.error for word in _words_of(issue, need))


def _words_of(issue: Issue, need: Need) -> list[str]:
    """What Python says where a type does not fit: the type, or the method that it has not."""
    method = "items" if need.use == "items" else need.use.removeprefix("method:")
    return [f"'{method}'", *(f"'{_PYTHON[aim.want]}" for aim in issue.aims if aim.want in _PYTHON)]


def _unforeseen(prompt: PromptSchema, trials: Iterable[_Trial], told: set[tuple[int, int | None]]) -> list[Shown]:
    """Failures at places that no issue explains, each place once: what a template computes is not followed."""
    found: dict[tuple[int, int | None], _Trial] = {}
    for trial in trials:
        place = (trial.answer.message, trial.answer.line)
        known = any(at == place or (at[0] == place[0] and place[1] is None) for at in told)
        if trial.answer.failed and not known and place not in found:
            found[place] = trial
    shown = []
    for (message, line), trial in found.items():
        need = Need(
            (Step(StepKind.KEY, ""),), "read", line or 1, line or 1, ("",), message=message if prompt.chat else None
        )
        issue = Issue(Kind.MISUSED, (), trial.answer.error, need)
        shown.append(Shown(issue, prompt, _as_witness(prompt, trial)))
    return shown


def _place_of(need: Need | None) -> tuple[int, int | None]:
    return (0, None) if need is None else (need.message or 0, need.line)


def _findings(shown: Shown) -> list[Finding]:
    """The rule's finding, with the document that shows it; without one it is no error."""
    made = []
    for rule in rulebook(RULES).values():
        for finding in rule.find(shown):
            severity = (
                Severity.ERROR if shown.confirmed else min(finding.severity, Severity.WARN, key=lambda one: one.rank)
            )
            status = Status.WITNESSED if shown.confirmed else Status.CLAIMED
            fix = finding.fix or rule.instead
            made.append(
                replace(finding, rule=rule.id, severity=severity, status=status, witness=shown.witness, fix=fix)
            )
    return made


def _order(finding: Finding) -> tuple[str, int]:
    return (finding.reader.pointer, finding.reader.line or 0) if finding.reader else ("~", 0)


def _key(document: Any) -> str:
    return dumps(document)
