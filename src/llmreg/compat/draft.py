"""A registry as it will be: a snapshot plus versions that are planned but not written yet.

Many versions can be judged in one pass, each against the ones planned before it.
"""

from __future__ import annotations

from llmreg.model.subject import LedgerLine, SubjectConfig
from llmreg.store.registry import RegistryView, SubjectView


class DraftSubject:
    """A subject with its planned versions behind its registered ones."""

    def __init__(self, view: SubjectView, config: SubjectConfig | None = None) -> None:
        self.view = view
        self.name = view.name
        self._config = config
        self._ledger: tuple[LedgerLine, ...] | None = None
        self._bytes: dict[str, bytes] = {}

    @property
    def config(self) -> SubjectConfig:
        return self._config or self.view.config

    @property
    def ledger(self) -> tuple[LedgerLine, ...]:
        return self.view.ledger if self._ledger is None else self._ledger

    def version_bytes(self, version: str) -> bytes:
        return self._bytes.get(version) or self.view.version_bytes(version)

    def add(self, line: LedgerLine, data: bytes) -> None:
        """Plan one more version."""
        self._ledger = (*self.ledger, line)
        self._bytes[str(line.version)] = data


class DraftRegistry:
    """Subjects of a snapshot, and new ones."""

    def __init__(self, view: RegistryView) -> None:
        self.view = view
        self._drafts: dict[str, DraftSubject] = {}

    def subject(self, name: str) -> DraftSubject:
        """The draft of a subject. Raises NotFoundError when it neither exists nor was created here."""
        if name not in self._drafts:
            self._drafts[name] = DraftSubject(self.view.subject(name))
        return self._drafts[name]

    def create(self, name: str, config: SubjectConfig) -> DraftSubject:
        """A subject that does not exist yet."""
        self._drafts[name] = DraftSubject(self.view.view(name), config)
        return self._drafts[name]

    def has(self, name: str) -> bool:
        return name in self._drafts or self.view.has(name)
