"""Two trees of files that import each other: every file judged, each side with its own tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from llmreg.compat.bump import UNCHANGED
from llmreg.compat.judge import Judge
from llmreg.compat.lines import with_lines
from llmreg.errors import UsageError
from llmreg.formats.interface import Importing, Schema, Source
from llmreg.model.record import replace
from llmreg.model.report import SubjectReport, Verdict

Resolve = Callable[[str, str], Schema]


class Files(dict[str, bytes]):
    """Files that do not change: what is found out about them may be remembered for as long as they are kept."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # a place, not its content

    def __eq__(self, other: object) -> bool:
        return self is other


class Tree(NamedTuple):
    """`files` by the path that people know them by; imports count from `folder`, a prefix of all, "" for none."""

    label: str
    files: Files
    folder: str = ""

    def place(self, path: str) -> str:
        """The file that has this path in the folder."""
        return f"{self.folder}/{path}" if self.folder else path

    def path(self, place: str) -> str:
        """The way back."""
        return place.removeprefix(f"{self.folder}/") if self.folder else place

    def source(self, path: str, resolve: Resolve | None) -> Source:
        place = self.place(path)
        roots = (self.folder,) if self.folder else ()
        return Source(self.files[place], place, resolve, strict=False, path=place, files=self.files, roots=roots)


class Pair(NamedTuple):
    """Two parsed schemas and what people call them."""

    old: str
    new: str
    before: Schema
    after: Schema


def compare_trees(
    judge: Judge, old: Tree, new: Tree, resolve: Resolve | None, compared: Callable[[Pair], SubjectReport]
) -> tuple[list[SubjectReport], tuple[str, ...]]:
    """A report per file of the new tree, in order of path, and what is to be told of files that are gone.

    A file that is as it was, with everything that it imports, is not compiled. Raises SchemaError for a file that is
    no schema, UsageError where the format's texts import nothing."""
    if not isinstance(judge.format, Importing):
        raise UsageError(f"{judge.format.name} schemas do not import files: compare them one by one")
    reports = []
    before, after = ({tree.path(place) for place in tree.files} for tree in (old, new))
    for path in sorted(after):
        source = new.source(path, resolve)
        mode = judge.terms.rules.mode
        report = SubjectReport(path, judge.format.name, mode, Verdict.COMPATIBLE, bump=UNCHANGED, against=old.label)
        if path not in before:
            judge.format.parse(source)
            report = replace(report, bump=None, against=None, notes=("new file: nothing to compare it with",))
        else:
            was = old.source(path, resolve)
            if judge.format.fingerprint(was) != judge.format.fingerprint(source):
                pair = Pair(old.label, new.label, judge.format.parse(was), judge.format.parse(source))
                report = replace(compared(pair), subject=path)
        reports.append(with_lines(report, source.name, source.data))
    lost = f"is in {old.label} and not in {new.label}: what was written with it was not judged"
    return reports, tuple(f"{path} {lost}" for path in sorted(before - after))
