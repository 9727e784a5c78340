"""`init`: mark a directory as a registry."""

from __future__ import annotations

from pathlib import Path

from llmreg.errors import GitError, UsageError
from llmreg.model.record import dataclass
from llmreg.store import layout
from llmreg.store.atomic import make_folder, replace_all
from llmreg.store.config import render_registry_yaml
from llmreg.store.repository import discover


@dataclass(frozen=True, slots=True)
class Initialised:
    """`root` is absolute; `created` lists new files below it; `in_git` whether a repository is around it."""

    root: Path
    created: tuple[str, ...]
    in_git: bool

    def to_json(self) -> dict[str, object]:
        return {"root": str(self.root), "created": list(self.created), "in_git": self.in_git}


def init(directory: Path) -> Initialised:
    """Write what is missing and leave what is there. Raises UsageError inside another registry's subjects."""
    root = directory.resolve()
    for above in root.parents:
        if (above / layout.REGISTRY_FILE).is_file() and layout.SUBJECTS in root.relative_to(above).parts[:1]:
            raise UsageError(f"{root} lies among the subjects of the registry {above}")
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file")
    root.mkdir(parents=True, exist_ok=True)
    wanted = {
        layout.REGISTRY_FILE: render_registry_yaml(),
        layout.ATTRIBUTES_FILE: layout.ATTRIBUTES.encode(),
    }
    missing = {root / name: data for name, data in wanted.items() if not (root / name).exists()}
    attributes = root / layout.ATTRIBUTES_FILE
    if attributes not in missing:
        missing |= _completed(attributes)
    replace_all(missing)
    make_folder(root, layout.SUBJECTS)
    return Initialised(root, tuple(sorted(path.name for path in missing)), _in_git(root))


def _completed(attributes: Path) -> dict[Path, bytes]:
    """An existing `.gitattributes` keeps its lines and gets the ones it lacks."""
    present = attributes.read_text(encoding="utf-8")
    lacking = [line for line in layout.ATTRIBUTES.splitlines() if line not in present.splitlines()]
    if not lacking:
        return {}
    gap = "" if present.endswith("\n") or not present else "\n"
    return {attributes: (present + gap + "\n".join(lacking) + "\n").encode()}


def _in_git(root: Path) -> bool:
    try:
        return discover(root).top_level is not None
    except GitError:
        return False
