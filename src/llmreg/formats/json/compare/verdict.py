"""Whether a reader reads everything that a writer may write: proof, confirmed witness, or an honest "undecided".

The verdict comes from the whole question. The findings come from asking once per conjunct of the reader, so that a
hundred causes give a hundred findings; a list that ran out of time says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from llmreg.errors import SchemaError
from llmreg.formats.interface import CompareOptions, Comparison
from llmreg.formats.json.budget import no_collection
from llmreg.formats.json.compare.order import likely_first
from llmreg.formats.json.explain.dropped import dropped
from llmreg.formats.json.inclusion.answers import Answer, Contained, Counterexample, Demand, JsonValue, Side, Unknown
from llmreg.formats.json.inclusion.decide import Question, equivalent_closed
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.sight.alike import alike
from llmreg.formats.json.sight.gaps import Gap, differ, gaps, writes_something
from llmreg.formats.json.sight.trimmed import sides
from llmreg.model.finding import Finding
from llmreg.model.report import Undecided, Verdict

if TYPE_CHECKING:
    from llmreg.formats.json.compare.unions import BehindUnions
    from llmreg.formats.json.explain.explainer import Explainer
    from llmreg.formats.json.judges import Validators
    from llmreg.formats.json.localise.refusal import Refusal

BUDGET = 2.0
_RETRIES = 4
_OUT_OF_TIME = "the time for this comparison ran out, so there may be more findings than these"


def compare(writer: JsonSchema, reader: JsonSchema, options: CompareOptions) -> Comparison:
    """The verdict for one pair, with one finding per cause; never later than `options.deadline` or two seconds."""
    deadline = min(options.deadline, time.monotonic() + BUDGET)
    with no_collection():
        return _Comparing(writer, reader, options, deadline).run()


def equivalent(old: JsonSchema, new: JsonSchema, options: CompareOptions) -> bool | None:
    """Whether the same documents are written (closed) and accepted (open); None when that is not decided."""
    if _same_text(old, new) or alike(old, new).whole():
        return True
    if alike(old, new).broken or alike(new, old).broken or differ(old, new):
        return False
    deadline = min(options.deadline, time.monotonic() + BUDGET)
    with no_collection():
        return equivalent_closed(*sides(old, new, closed=(True, True)), deadline=deadline)


class _Comparing:
    """One run of the pipeline."""

    def __init__(self, writer: JsonSchema, reader: JsonSchema, options: CompareOptions, deadline: float) -> None:
        self.options = options
        self.deadline = deadline
        self.schemas = writer, reader
        self.notes: list[str] = []
        self.complete = True

    @cached_property
    def sides(self) -> tuple[Side, Side]:
        """What the engine is asked about: most pairs are judged without."""
        return sides(*self.schemas, closed=(self.options.closed, False))

    @cached_property
    def judges(self) -> Validators:
        """Loaded, like what follows, where something must be shown: most comparisons have nothing to explain."""
        from llmreg.formats.json.judges import Validators

        return Validators(*self.schemas, closed=self.options.closed, deadline=self.deadline)

    @cached_property
    def explainer(self) -> Explainer:
        from llmreg.formats.json.explain.explainer import Explainer

        return Explainer(*self.schemas, self.judges, self.running)

    @cached_property
    def unions(self) -> BehindUnions:
        from llmreg.formats.json.compare.unions import BehindUnions

        plain = all(schema.is_plain for schema in self.schemas)
        return BehindUnions(*self.sides, self.explainer, self.deadline, plain=plain)

    def running(self) -> bool:
        return time.monotonic() < self.deadline

    def run(self) -> Comparison:
        if _same_text(*self.schemas) or self._alike():
            return Comparison(Verdict.COMPATIBLE)
        seen = gaps(*self.schemas, closed=self.options.closed)
        if seen == [] and (not self.options.closed or writes_something(self.schemas[0])):
            return self._done(Verdict.COMPATIBLE)
        if seen and self._shown(seen):
            return self._done(Verdict.INCOMPATIBLE)
        question = Question(*self.sides, deadline=self.deadline)
        answer = question.decide()
        if isinstance(answer, Contained):
            return self._done(Verdict.COMPATIBLE)
        try:
            open_ends = self._explain(question, answer)
        except SchemaError as error:
            unable = Undecided("validators-disagree", f"a witness cannot be confirmed: {error.message}")
            return self._done(Verdict.UNDECIDED, _obstacles(question) or (unable,))
        if self.explainer.findings:
            return self._done(Verdict.INCOMPATIBLE)
        return self._done(Verdict.UNDECIDED, open_ends)

    def _alike(self) -> bool:
        """Whether only annotations differ; not where the closed writer might write nothing, which is to be told."""
        return alike(*self.schemas).whole() and (not self.options.closed or writes_something(self.schemas[0]))

    def _shown(self, seen: Sequence[Gap]) -> bool:
        """Whether each of these documents shows what it should, so that nothing is left to search for."""
        try:
            for gap in seen:
                leaves = self.explainer.show(gap.document, gap.is_shown_by)
                self.unions.look_behind(leaves)
                if not any(gap.is_shown_by(leaf.refusal) for leaf in leaves):
                    return False
        except SchemaError:  # told by whoever tries to confirm a witness
            return False
        return bool(self.explainer.findings)

    def _done(self, verdict: Verdict, undecided: tuple[Undecided, ...] = ()) -> Comparison:
        lost = self._lost(proved=verdict is Verdict.COMPATIBLE)
        if verdict is Verdict.COMPATIBLE:
            return Comparison(verdict, lost)
        if not (self.running() and self.complete and self.unions.complete):
            self.notes.append(_OUT_OF_TIME)
        alike(*self.schemas).broken = verdict is Verdict.INCOMPATIBLE
        findings = self.explainer.ordered() + lost
        return Comparison(verdict, findings, undecided, tuple(self.notes))

    def _lost(self, *, proved: bool) -> tuple[Finding, ...]:
        """What the reader silently drops."""
        found = dropped(*self.schemas, self.running)
        if not found:
            return ()
        from llmreg.formats.json.explain.ignored import ignored

        fails = self.options.ignored_fails
        return tuple(ignored(found, self.judges, self.deadline, fails=fails, proved=proved))

    def _explain(self, question: Question, answer: Answer) -> tuple[Undecided, ...]:
        """Collect the findings; what keeps the pair undecided if there are none."""
        demands, listed_all = likely_first(question.demands(), *(side.document for side in self.sides))
        self.complete = listed_all and question.complete
        for demand in demands:
            if not self.running():
                break
            if self.explainer.findings and self.explainer.is_told(demand.path):
                continue
            found = question.ask(demand)
            if isinstance(found, Counterexample):
                self.unions.look_behind(self.explainer.show(found.document, _answers(demand)))
        if self.explainer.findings:
            if isinstance(answer, Counterexample):
                self.unions.look_behind(self.explainer.show(answer.document))
            return ()
        confirmed, open_ends = self._whole(question, answer)
        for document in confirmed:
            self.unions.look_behind(self.explainer.show(document, urgent=True))
        return open_ends

    def _whole(self, question: Question, answer: Answer) -> tuple[list[JsonValue], tuple[Undecided, ...]]:
        """A confirmed witness of the whole question, or why there is none."""
        refuted: list[JsonValue] = []
        tainted = False
        while isinstance(answer, Counterexample):
            if self.judges.confirm(answer.document) is not None:
                return [answer.document], ()
            refuted.append(answer.document)
            tainted = tainted or answer.tainted
            if len(refuted) > _RETRIES or not self.running():
                break
            answer = question.next_counterexample(refuted)
        if isinstance(answer, Unknown) and not refuted:
            return [], (Undecided(answer.reason, answer.message, answer.pointer),)
        if tainted and (obstacles := _obstacles(question)):
            return [], obstacles
        from llmreg.formats.json.values import shown

        doubt = self.judges.doubt(refuted[-1])
        message = f"the search found {shown(refuted[-1])}, which should break the reader, but {doubt}"
        return [], (Undecided("validators-disagree", message),)


def _obstacles(question: Question) -> tuple[Undecided, ...]:
    """What the engine had to leave out, place by place."""
    return tuple(Undecided(one.reason, one.message, one.pointer) for one in question.obstacles)


def _answers(demand: Demand) -> Callable[[Refusal], bool]:
    """Whether a refusal is that of the conjunct that was asked about."""

    def wanted(refusal: Refusal) -> bool:
        same_place = refusal.pointer == demand.pointer and refusal.keyword == demand.keyword
        return same_place and (not refusal.detail or not demand.detail or refusal.detail == demand.detail)

    return wanted


def _same_text(first: JsonSchema, second: JsonSchema) -> bool:
    """The same bytes under the same pinned documents are the same schema; anything more the engine decides."""
    return first.data == second.data and first.draft == second.draft and first.resources == second.resources
