"""llmreg: a Git-based schema registry for LLM applications, with a proof for every break.

Public names load when they are first used, so that `import llmreg` and the command line start fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmreg.model.about import __version__

if TYPE_CHECKING:
    from llmreg.errors import LlmregError
    from llmreg.model.finding import ChangeClass, Finding, Place, Severity, Status, Witness
    from llmreg.model.mode import Direction, Mode
    from llmreg.model.report import Report, SubjectReport, Verdict
    from llmreg.ops.compare import compare
    from llmreg.ops.decode import decode
    from llmreg.ops.registry import Registry

__all__ = [
    "ChangeClass",
    "Direction",
    "Finding",
    "LlmregError",
    "Mode",
    "Place",
    "Registry",
    "Report",
    "Severity",
    "Status",
    "SubjectReport",
    "Verdict",
    "Witness",
    "__version__",
    "compare",
    "decode",
]


def __getattr__(name: str) -> Any:
    """Import a public name from the module that defines it."""
    if name not in __all__:
        raise AttributeError(f"module 'llmreg' has no attribute {name!r}")
    return getattr(_home(name), name)


def _home(name: str) -> Any:
    from llmreg import errors
    from llmreg.model import finding, mode, report

    if name == "compare":
        from llmreg.ops import compare

        return compare
    if name == "decode":
        from llmreg.ops import decode

        return decode
    if name == "Registry":
        from llmreg.ops import registry

        return registry
    return next(home for home in (errors, finding, mode, report) if hasattr(home, name))


def __dir__() -> list[str]:
    return __all__
