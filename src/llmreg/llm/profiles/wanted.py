"""Which profiles a subject is held to: those that it names, else those of its registry."""

from __future__ import annotations

from llmreg.model.subject import RegistryConfig, SubjectConfig

_SENT = frozenset({"tool-input", "structured-output"})  # the kinds whose schema a provider is sent


def wanted(registry: RegistryConfig | None, subject: SubjectConfig | None) -> tuple[str, ...]:
    """The subject's own profiles, else the registry's where a provider is sent the schema."""
    if subject is None:
        return ()
    if subject.profiles or registry is None:
        return subject.profiles
    return registry.profiles if subject.kind in _SENT else ()
