"""What a comparison of two sides is asked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from llmreg.model.mode import Mode
from llmreg.model.record import dataclass, field


@dataclass(frozen=True, slots=True)
class DiffRequest:
    """`old` and `new`: a file, `SUBJECT@RANGE`, or `REV:PATH`; or two folders. What is None follows from the subject,
    else defaults. `import_roots`: folders that the imports of files count from, first match wins."""

    start: Path
    old: str
    new: str
    format: str | None = None
    mode: Mode | None = None
    writer: str | None = None
    kind: str | None = None
    policy: str | None = None
    import_roots: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
