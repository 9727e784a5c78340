"""Named policies (`like: confluent-strict`): which formats have them, and what a pair gives under more than one.

A check whose baseline and head name different policies judges under both, and keeps the errors of either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from llmreg.errors import UsageError
from llmreg.formats import catalogue
from llmreg.formats.interface import Comparison, Format
from llmreg.model.finding import Finding
from llmreg.model.record import replace
from llmreg.model.report import worst
from llmreg.model.subject import NO_POLICY


def refuse_unknown(schema_format: Format, like: Iterable[str]) -> None:
    """Raise UsageError for a policy that the format does not have."""
    for name in like:
        if name and name not in schema_format.policies:
            known = [(other, catalogue.get(other).policies) for other in catalogue.names()]
            where = "; ".join(f"{other}: {', '.join(policies)}" for other, policies in known if policies)
            raise UsageError(
                f"{schema_format.name} schemas have no policy {name!r}; there are, for {where}",
                hint=f"`policy: {{like: {NO_POLICY}}}` in its subject.yaml keeps a subject to the sound verdict",
            )


def for_format(schema_format: Format, like: Iterable[str]) -> tuple[str, ...]:
    """Without the policies that only other formats have; one that no format has stays, to be refused."""
    own = schema_format.policies
    return tuple(name for name in like if not name or name in own or not any(_having(name)))


def _having(name: str) -> Iterator[str]:
    return (other for other in catalogue.names() if name in catalogue.get(other).policies)


def of_either(comparisons: Sequence[Comparison]) -> Comparison:
    """One comparison with the findings of all, each once and at its highest severity; the verdict is the worst."""
    if len(comparisons) == 1:
        return comparisons[0]
    findings: list[Finding] = []
    for finding in (finding for comparison in comparisons for finding in comparison.findings):
        at = next((index for index, known in enumerate(findings) if _same(known, finding)), None)
        if at is None:
            findings.append(finding)
        elif finding.severity.rank > findings[at].severity.rank:
            findings[at] = finding
    return Comparison(
        worst([comparison.verdict for comparison in comparisons]),
        tuple(findings),
        tuple(dict.fromkeys(item for comparison in comparisons for item in comparison.undecided)),
        tuple(dict.fromkeys(note for comparison in comparisons for note in comparison.notes)),
    )


def _same(one: Finding, other: Finding) -> bool:
    """A policy may add to the message and lower the severity; everything else tells one cause from another."""
    shorter, longer = sorted((one.message, other.message), key=len)
    return longer.startswith(shorter) and _cause(one) == _cause(other)


def _cause(finding: Finding) -> Finding:
    return replace(finding, message="", severity=finding.severity.OFF, claim=None, fix=None)
