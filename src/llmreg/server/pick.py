"""Which version or content a path names: the index room's answer, which the offline client gives too."""

from __future__ import annotations

from llmreg.index.pick import by_content, content, fixed, version

__all__ = ["by_content", "content", "fixed", "version"]
