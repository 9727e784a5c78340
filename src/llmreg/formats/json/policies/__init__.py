"""Named policies: what other registries call a break, computed beside the sound verdict; a policy is one file here."""

from __future__ import annotations

from functools import cache

from llmreg.model import folder


@cache
def names() -> tuple[str, ...]:
    """The policies, sorted, with dashes as people write them; reads the folder, imports nothing."""
    return tuple(sorted(name.replace("_", "-") for name in folder.modules(__path__) if not name.startswith("_")))
