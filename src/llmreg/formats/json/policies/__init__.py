"""Named policies: what other registries call a break, computed beside the sound verdict; a policy is one file here."""

from __future__ import annotations

from functools import cache
from pkgutil import iter_modules


@cache
def names() -> tuple[str, ...]:
    """The policies, sorted, with dashes as people write them; reads the folder, imports nothing."""
    found = (module.name for module in iter_modules(__path__) if not module.name.startswith("_"))
    return tuple(sorted(name.replace("_", "-") for name in found))
