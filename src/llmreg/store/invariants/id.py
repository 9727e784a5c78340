"""One id, one content: no id stands for two fingerprints, and no fingerprint has two ids, in the whole registry.

Why it breaks:
    A Kafka message carries nothing but the id of its schema. If two schemas share one, half of the messages are read
    with the wrong one.

Example:
    Two branches register different schemas whose ids happen to collide (2^-31 per pair); both merge.

Instead:
    Register the later one again on top of the other: `llmreg resolve SUBJECT` probes for a free id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from llmreg.errors import InputError
from llmreg.model.subject import LedgerLine
from llmreg.store.invariant import Breach, Invariant, readable_ledger
from llmreg.store.layout import ledger_path
from llmreg.store.registry import RegistryView, SubjectView


def find(base: SubjectView | None, head: SubjectView | None) -> Iterator[Breach]:
    del base
    if head is not None:
        yield from _clashes([(head.name, readable_ledger(head))])


def scan(registry: RegistryView) -> Iterator[Breach]:
    """Clashes between subjects; those within one subject are `find`'s."""
    if not registry.ids_may_clash():
        return
    ledgers: list[tuple[str, tuple[LedgerLine, ...]]] = []
    try:
        ledgers.extend(registry.ledgers().items())
    except InputError:  # one of them cannot be read: take those that can
        ledgers.extend((name, readable_ledger(registry.view(name))) for name in registry.names)
    yield from _clashes(ledgers, between=True)


def _clashes(ledgers: Iterable[tuple[str, tuple[LedgerLine, ...]]], *, between: bool = False) -> Iterator[Breach]:
    by_id: dict[int, tuple[str, LedgerLine]] = {}
    by_fingerprint: dict[str, tuple[str, LedgerLine]] = {}
    for name, lines in ledgers:
        for number, line in enumerate(lines, start=1):
            place, fix = ledger_path(name), f"`llmreg resolve {name}`"
            other, first = by_id.setdefault(line.id, (name, line))
            if first.fp != line.fp and (other != name) is between:
                clash = f"id {line.id} of version {line.version} belongs to another schema, {other}@{first.version}"
                yield Breach(clash, place, number, fix)
            other, first = by_fingerprint.setdefault(line.fp, (name, line))
            if first.id != line.id and (other != name) is between:
                clash = (
                    f"version {line.version} has id {line.id}; as {other}@{first.version} this schema has {first.id}"
                )
                yield Breach(clash, place, number, fix)


INVARIANT = Invariant("one id per fingerprint, and one fingerprint per id", find, scan)
