"""`llmreg register`: give the next version its number, and write it down."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from llmreg.cli.declare import Argument, Option
from llmreg.cli.options import (
    CommitOption,
    FormatOption,
    MessageOption,
    Output,
    OutputOption,
    UndecidedOption,
    complete_subject,
)
from llmreg.cli.sources import ImportRootOption, SchemaModeOption, ViaOption

if TYPE_CHECKING:
    from llmreg.ops.register import Entry, RegisterResult

EXAMPLES = """Examples:

\b
  llmreg register chat/reply                        the working file; the bump follows from the verdict
  llmreg register chat/reply --bump major           declare a break
  llmreg register chat/reply reply.json --commit -m 'Add citations'
  llmreg register --changed --commit                every pending subject, one commit
  llmreg register --batch schemas.jsonl --commit    thousands in one pass
  generate-schema | llmreg register chat/reply -
  llmreg register shop/order shop.models:Order --import-root src
"""


class Bump(StrEnum):
    """How to choose the version's number; `auto` takes the computed bump even when that is a major."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"
    AUTO = "auto"


SubjectName = Annotated[
    str | None,
    Argument(metavar="[SUBJECT]", help="The subject to register.", autocompletion=complete_subject),
]
File = Annotated[str | None, Argument(metavar="[FILE|-|MODULE:OBJECT]", help="The schema; none: the working file.")]
BumpOption = Annotated[
    Bump | None, Option("--bump", help="Declare the bump. None: the computed one, but never a major.")
]
VersionOption = Annotated[str | None, Option("--version", metavar="X.Y.Z", help="Name the version itself.")]
Changed = Annotated[bool, Option("--changed", help="Register every pending subject.")]
Batch = Annotated[
    Path | None, Option("--batch", metavar="FILE.jsonl", help="Register one version per line of this file.")
]
Meta = Annotated[
    list[str] | None, Option("--meta", metavar="KEY=VALUE", help="Keep a fact with the version; repeatable.")
]
Branch = Annotated[str | None, Option("--branch", metavar="NAME", help="Commit on a new branch of this name.")]
Push = Annotated[bool, Option("--push", help="Push that branch to origin.")]
KindOption = Annotated[str | None, Option("--kind", metavar="KIND", help="The kind of a subject that is created here.")]


def run(
    subject: SubjectName = None,
    file: File = None,
    bump: BumpOption = None,
    version: VersionOption = None,
    changed: Changed = False,
    batch: Batch = None,
    commit: CommitOption = False,
    message: MessageOption = None,
    meta: Meta = None,
    branch: Branch = None,
    push: Push = False,
    schema_format: FormatOption = None,
    kind: KindOption = None,
    via: ViaOption = None,
    schema_mode: SchemaModeOption = None,
    import_root: ImportRootOption = None,
    allow_undecided: UndecidedOption = False,
    output: OutputOption = Output.TEXT,
) -> int:
    """Register the next version: prints the version, why that bump, and the findings.

    Nothing is written when a finding of severity error stands; a break must be declared with --bump major (or with
    --bump auto). The code of MODULE:OBJECT runs in a child process with limits, here and in `drift` only.

    Exit status: 0 registered, 1 refused with findings, 2 wrong usage or an invalid schema.
    """
    from llmreg.cli.console import progress
    from llmreg.cli.registration import batch_entries, one_entry, with_file
    from llmreg.cli.sources import from_code
    from llmreg.ops.register import RegisterRequest, register

    _refuse_nonsense([subject is not None, changed, batch is not None], push and not branch, bump and version)
    _refuse_unheard(subject, bump is not None and not changed, version, meta)
    entries: tuple[Entry, ...] = ()
    chosen = bump.value if bump else None
    if batch is not None:
        entries = tuple(batch_entries(batch))
    elif subject is not None:
        bare = one_entry(subject, chosen, version, meta or [], schema_format, kind)
        entries = (from_code(bare, file, via, schema_mode, import_root) or with_file(bare, file),)
    request = RegisterRequest(
        start=Path.cwd(),
        entries=entries,
        changed=changed,
        bump=chosen,
        allow_undecided=allow_undecided,
        commit=commit,
        message=message,
        branch=branch,
        push=push,
        environment=dict(os.environ),
    )
    with progress("registering") as advance:
        result = register(request, advance)
    status = _show(result, output)
    if changed and status == 0 and os.environ.get("PRE_COMMIT") and any(item.new for item in result.registered):
        return _stop_commit(output)
    return status


def _refuse_nonsense(sources: list[bool], push_alone: object, two_numbers: object) -> None:
    from llmreg.errors import UsageError

    if sources.count(True) != 1:
        raise UsageError("name a SUBJECT, or use --changed, or --batch FILE", hint="see llmreg register --help")
    if push_alone:
        raise UsageError("--push needs --branch: it never pushes the branch you are on")
    if two_numbers:
        raise UsageError("--bump and --version both choose the number: use one")


def _refuse_unheard(subject: str | None, bump: bool, version: str | None, meta: list[str] | None) -> None:
    """What is said of one version, where none is named."""
    from llmreg.errors import UsageError

    for option, said in (("--bump", bump), ("--version", version), ("--meta", meta)):
        if subject is None and said:
            raise UsageError(
                f"{option} is for one SUBJECT", hint="a line of --batch says bump, version and meta itself"
            )


def _stop_commit(output: Output) -> int:
    """A hook that writes must fail: what it stages is lost to the index of `git commit -- PATH` and of `-a`."""
    from llmreg.cli.console import emit

    if output is Output.TEXT:
        emit("this commit is stopped so that you see it: git add the files, and commit again\n")
    return 1


def _show(result: RegisterResult, output: Output) -> int:
    from llmreg.cli.console import colour, emit, emit_json, width
    from llmreg.render.options import RenderOptions
    from llmreg.render.registration import registration_text

    if output is Output.JSON:
        emit_json(result.to_json(), indent=2)
    else:
        emit(registration_text(result.to_json(), result.report, RenderOptions(color=colour(), width=width())))
    return 0 if result.report.ok else 1
