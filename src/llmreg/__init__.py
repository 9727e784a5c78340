"""llmreg: a Git-based schema registry for LLM applications, with a proof for every break.

Public names load when they are first used, so that `import llmreg` and the command line start fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from llmreg.errors import LlmregError
    from llmreg.model.finding import ChangeClass, Finding, Place, Severity, Status, Witness
    from llmreg.model.mode import Direction, Mode
    from llmreg.model.report import Report, SubjectReport, Verdict
    from llmreg.ops.compare import compare
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
]


def __getattr__(name: str) -> Any:
    """Import a public name from the module that defines it."""
    match name:
        case "compare":
            from llmreg.ops import compare as home
        case "Registry":
            from llmreg.ops import registry as home
        case "LlmregError":
            from llmreg import errors as home
        case "ChangeClass" | "Finding" | "Place" | "Severity" | "Status" | "Witness":
            from llmreg.model import finding as home
        case "Direction" | "Mode":
            from llmreg.model import mode as home
        case "Report" | "SubjectReport" | "Verdict":
            from llmreg.model import report as home
        case _:
            raise AttributeError(f"module 'llmreg' has no attribute {name!r}")
    return getattr(home, name)


def __dir__() -> list[str]:
    return __all__
