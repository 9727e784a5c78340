"""The `llmreg` command: finds its commands by looking into a folder, and maps every error to an exit status.

A command's module is imported when that command runs, and its body imports what it needs, so that `llmreg check` in a
hook pays for nothing else.
"""

from __future__ import annotations

import gc
import os
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Annotated, NoReturn

import typer
from typer._click import Command, Context  # typer carries its own click and exports no public name for these
from typer._click.exceptions import ClickException, UsageError
from typer.core import TyperGroup
from typer.main import get_command, get_command_from_info
from typer.models import CommandInfo

from llmreg.cli import commands
from llmreg.errors import LlmregError
from llmreg.model.about import __version__

EXIT_BUG = 3
EXIT_INTERRUPTED = 130
EXIT_PIPE_CLOSED = 141
# New objects between two collections. Imports make no garbage, yet with Python's 700 a short run spends a good part of
# its time looking for some.
_COLLECT_EVERY = 100_000


@cache
def command_names(folder: str = commands.__name__) -> tuple[str, ...]:
    """Every command in a folder, sorted, with dashes as it is typed; imports none. A folder in it is a group."""
    home = import_module(folder)
    return tuple(sorted(module.name.replace("_", "-") for module in iter_modules(home.__path__)))


@cache
def command_paths() -> tuple[str, ...]:
    """Every command as it is typed, a group before its own: `bind`, `bind check`, …, `check`."""
    paths: list[str] = []
    for name in command_names():
        paths.append(name)
        folder = f"{commands.__name__}.{name.replace('-', '_')}"
        if (Path(commands.__path__[0]) / name.replace("-", "_")).is_dir():
            paths += (f"{name} {inner}" for inner in command_names(folder))
    return tuple(paths)


class _Commands(TyperGroup):
    """A group whose commands are the modules of `cli/commands`, or of a folder in there."""

    folder = commands.__name__

    def list_commands(self, ctx: Context) -> list[str]:
        return list(command_names(self.folder))

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        if cmd_name not in command_names(self.folder):
            return None
        module = import_module(f"{self.folder}.{cmd_name.replace('-', '_')}")
        if hasattr(module, "__path__"):
            return _group(cmd_name, module)
        info = CommandInfo(name=cmd_name, callback=module.run, epilog=getattr(module, "EXAMPLES", None))
        return get_command_from_info(info, pretty_exceptions_short=True, rich_markup_mode=None)


def _group(name: str, package: ModuleType) -> Command:
    epilog = getattr(package, "EXAMPLES", None)
    group = _Commands(name=name, help=package.__doc__, epilog=epilog, no_args_is_help=True, rich_markup_mode=None)
    group.folder = package.__name__
    return group


app = typer.Typer(
    name="llmreg",
    cls=_Commands,
    help="A Git-based schema registry for LLM applications: every break comes with a document that proves it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"llmreg {__version__}")
        raise typer.Exit


@app.callback()
def options(
    directory: Annotated[
        Path | None, typer.Option("-C", metavar="DIR", help="Run as if started in DIR.", show_default=False)
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """A Git-based schema registry for LLM applications: every break comes with a document that proves it."""
    if directory is not None:
        try:
            os.chdir(directory)
        except OSError as error:
            raise UsageError(f"cannot change to {directory}: {error.strerror}") from None


def main() -> NoReturn:
    """Run the command line and exit: 0 fine, 1 a finding, 2 wrong usage or input, 3 a bug."""
    gc.set_threshold(_COLLECT_EVERY)
    status = run(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # whoever was reading has gone
        status = EXIT_PIPE_CLOSED
    # The process ends: taking every module apart first costs more than many a command, and frees what the system frees.
    os._exit(status)


def run(arguments: list[str]) -> int:
    """One command line; the exit status. The only place that catches every exception."""
    try:
        result = get_command(app)(arguments, prog_name="llmreg", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except typer.Exit as stop:
        return stop.exit_code
    except ClickException as error:
        error.show()
        return error.exit_code
    except LlmregError as error:
        from llmreg.cli.failure import show

        show(error, as_json=_wants_json(arguments))
        return error.exit_status
    except (BrokenPipeError, SystemExit) as end:
        return _ended(end)
    except OSError as error:
        # a full disk, a directory that may not be written: the machine's no, not a bug
        what = f"{error.filename}: " if error.filename else "cannot write the output: "
        print(f"llmreg: error: {what}{error.strerror}", file=sys.stderr)  # noqa: T201
        return LlmregError.exit_status
    except (KeyboardInterrupt, typer.Abort):
        print("interrupted; nothing was left half done", file=sys.stderr)  # noqa: T201
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the boundary: whatever is left is a bug of ours
        from llmreg.cli.failure import show_bug

        show_bug(error)
        return EXIT_BUG


def _ended(end: BaseException) -> int:
    """Typer exits by itself when shell completion has printed its words, and when the reader of a pipe went away."""
    if isinstance(end, SystemExit) and not end.code:
        return 0
    # nothing may be written to the pipe any more, also not when the interpreter ends
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_PIPE_CLOSED


def _wants_json(arguments: list[str]) -> bool:
    joined = " ".join(arguments)
    return any(form in joined for form in ("-o json", "-ojson", "--output json", "--output=json"))
