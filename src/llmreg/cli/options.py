"""Options that several commands share, so that one word means one thing everywhere."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from llmreg.cli.declare import Argument, Option
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


OutputOption = Annotated[Output, Option("--output", "-o", help="How to print the result.")]
ReportOutputOption = Annotated[ReportOutput, Option("--output", "-o", help="How to print the report.")]


ModeOption = Annotated[
    Mode | None,
    Option("--mode", metavar="MODE", parser=Mode.parse, help="Mode for this run: BACKWARD, FULL_TRANSITIVE, …"),
]
WriterOption = Annotated[
    Writer | None, Option("--writer", help="Whether writers write only what they declare (closed).")
]
PolicyOption = Annotated[
    str | None,
    Option("--policy", metavar="NAME", help="Named policy that decides what breaks; none: the sound verdict."),
]
ProtoPathOption = Annotated[
    list[str] | None,
    Option("--proto-path", "-I", metavar="DIR", help="Loose Protobuf: imports count from this folder first."),
]
JobsOption = Annotated[
    int | None,
    Option("--jobs", metavar="N", min=1, max=256, help="Processes that share the work; none: the CPUs, if it pays."),
]
UndecidedOption = Annotated[bool, Option("--allow-undecided", help="Pass what could not be decided in time.")]
FormatOption = Annotated[
    str | None, Option("--format", metavar="FORMAT", help="Schema format: json, avro or protobuf.")
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
    Argument(metavar="SUBJECT", help="The subject's name, such as chat/reply.", autocompletion=complete_subject),
]
VersionedArgument = Annotated[
    str,
    Argument(
        metavar="SUBJECT@RANGE",
        help="A subject and a version range: chat/reply@^1.2; no range: latest.",
        autocompletion=complete_subject,
    ),
]
MessageOption = Annotated[str | None, Option("-m", "--message", help="The commit message.")]
CommitOption = Annotated[bool, Option("--commit", help="Commit with git: hooks, signing and templates run.")]
RevisionOption = Annotated[
    str | None, Option("--rev", metavar="REV", help="Read this commit, branch or tag instead of the work tree.")
]
ExactArgument = Annotated[
    str, Argument(metavar="SUBJECT@VERSION", help="A subject and one version, exactly: chat/reply@1.2.0.")
]
ReasonOption = Annotated[
    str | None, Option("--reason", metavar="TEXT", help="Why; people who meet the version read it.")
]
UndoOption = Annotated[bool, Option("--undo", help="Take the status back.")]
