"""Options that several commands share, so that one word means one thing everywhere."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from llmreg.model.mode import Mode


class Output(StrEnum):
    """How a result is printed by commands without findings."""

    TEXT = "text"
    JSON = "json"


class ReportOutput(StrEnum):
    """How a report of findings is printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    JUNIT = "junit"


class Writer(StrEnum):
    """`closed`: writers write only what they declare. `open`: plain set inclusion."""

    CLOSED = "closed"
    OPEN = "open"


OutputOption = Annotated[Output, typer.Option("--output", "-o", help="How to print the result.")]
ReportOutputOption = Annotated[ReportOutput, typer.Option("--output", "-o", help="How to print the report.")]


def _mode(text: str) -> Mode:
    try:
        return Mode.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


ModeOption = Annotated[
    Mode | None,
    typer.Option("--mode", metavar="MODE", parser=_mode, help="Mode for this run: BACKWARD, FULL_TRANSITIVE, …"),
]
WriterOption = Annotated[
    Writer | None, typer.Option("--writer", help="Whether writers write only what they declare (closed).")
]
PolicyOption = Annotated[
    str | None,
    typer.Option("--policy", metavar="NAME", help="Named policy that decides what breaks; none: the sound verdict."),
]
UndecidedOption = Annotated[bool, typer.Option("--allow-undecided", help="Pass what could not be decided in time.")]
FormatOption = Annotated[
    str | None, typer.Option("--format", metavar="FORMAT", help="Schema format: json, avro or protobuf.")
]


def complete_subject(incomplete: str) -> list[str]:
    """Subjects of the registry around here, for shell completion; silent where there is none."""
    from pathlib import Path

    from llmreg.errors import LlmregError
    from llmreg.store import layout
    from llmreg.store.registry import RegistryView
    from llmreg.store.worktree import WorktreeSnapshot

    try:
        names = RegistryView(WorktreeSnapshot(layout.find_root(Path.cwd()))).names
    except LlmregError:
        return []
    return [name for name in names if name.startswith(incomplete)]


SubjectArgument = Annotated[
    str,
    typer.Argument(metavar="SUBJECT", help="The subject's name, such as chat/reply.", autocompletion=complete_subject),
]
VersionedArgument = Annotated[
    str,
    typer.Argument(
        metavar="SUBJECT@RANGE",
        help="A subject and a version range: chat/reply@^1.2; no range: latest.",
        autocompletion=complete_subject,
    ),
]
MessageOption = Annotated[str | None, typer.Option("-m", "--message", help="The commit message.")]
CommitOption = Annotated[bool, typer.Option("--commit", help="Commit with git: hooks, signing and templates run.")]
RevisionOption = Annotated[
    str | None, typer.Option("--rev", metavar="REV", help="Read this commit, branch or tag instead of the work tree.")
]
ExactArgument = Annotated[
    str, typer.Argument(metavar="SUBJECT@VERSION", help="A subject and one version, exactly: chat/reply@1.2.0.")
]
ReasonOption = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why; people who meet the version read it.")
]
UndoOption = Annotated[bool, typer.Option("--undo", help="Take the status back.")]
