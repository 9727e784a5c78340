"""What the caller of a renderer may choose."""

from __future__ import annotations

from typing import NamedTuple


class RenderOptions(NamedTuple):
    """`color`: for a terminal that wants it. `width`: columns that the text output may fill with one witness.

    `root_prefix`: the registry's path below the Git top level, without slashes at its ends (`services/chat`)."""

    color: bool = False
    width: int = 100
    root_prefix: str = ""

    def path(self, file: str) -> str:
        """A file of the registry as seen from the Git top level, which is where annotations are resolved."""
        return f"{self.root_prefix}/{file}" if self.root_prefix else file
