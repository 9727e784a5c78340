"""Prints a constraints file for pip: every dependency at the lowest version that `pyproject.toml` allows.

python -m tests.oldest_versions > oldest.txt && pip install -c oldest.txt '.[server,client,grpc,postgres,decoders]'

Tools that only develop the project (the extra `test`) are left alone: their newest versions check it.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_PROJECT = Path(__file__).parents[1] / "pyproject.toml"
_LOWEST = re.compile(r"^(?P<name>[\w.-]+)(?:\[[\w,]+\])?\s*(?:>=|==)(?P<version>[\w.]+)")


def constraints() -> list[str]:
    """`name==version`, in the order of the file. ValueError for a dependency without a lowest version."""
    project = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]
    extras = [one for name, asked in project["optional-dependencies"].items() if name != "test" for one in asked]
    found = []
    for asked in [*project["dependencies"], *extras]:
        match = _LOWEST.match(asked)
        if match is None:
            raise ValueError(f"{asked}: give the lowest version that works")
        found.append(f"{match['name']}=={match['version']}")
    return found


if __name__ == "__main__":
    print("\n".join(constraints()))
