"""What a package's folder holds, as `pkgutil` tells it."""

from __future__ import annotations

import pkgutil
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from llmreg import formats
from llmreg.cli import commands
from llmreg.formats.json import rules
from llmreg.model import folder


@pytest.mark.parametrize("package", [formats, commands, rules])
def test_it_says_what_pkgutil_says(package: ModuleType) -> None:
    found = list(pkgutil.iter_modules(package.__path__))
    assert folder.modules(package.__path__) == tuple(sorted(item.name for item in found))
    assert folder.packages(package.__path__) == tuple(sorted(item.name for item in found if item.ispkg))


def test_a_zip_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("p/__init__.py", "p/one.py", "p/two/__init__.py"):
            archive.writestr(name, "")
    assert folder.modules([f"{tmp_path}/a.zip/p"]) == ("one", "two")
    assert folder.packages([f"{tmp_path}/a.zip/p"]) == ("two",)
