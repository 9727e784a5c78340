"""The whole grammar of the command line, in typer: help, completion, and what is said about every mistake."""

from __future__ import annotations

import os
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Annotated, Any, get_type_hints

import typer
from typer._click import Command, Context  # typer carries its own click and exports no public name for these
from typer._click.exceptions import ClickException, UsageError
from typer.core import TyperGroup
from typer.main import get_command, get_command_from_info
from typer.models import CommandInfo

from llmreg.cli import tree
from llmreg.cli.declare import Argument
from llmreg.model.about import __version__

_INTERRUPTED = 130  # what typer gives back when somebody pressed Ctrl-C; no command of ours does


class _Commands(TyperGroup):
    """A group whose commands are the modules of `cli/commands`, or of a folder in there."""

    folder = tree.ROOT

    def list_commands(self, ctx: Context) -> list[str]:
        return list(tree.command_names(self.folder))

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except UsageError as error:
            close = get_close_matches(args[0], self.list_commands(ctx), n=1)
            if close:
                error.message += f" Did you mean {close[0]!r}?"
            raise

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        module = tree.load(cmd_name, self.folder)
        if module is None:
            return None
        if hasattr(module, "__path__"):
            return _group(cmd_name, module)
        info = CommandInfo(name=cmd_name, callback=_declared(module.run), epilog=getattr(module, "EXAMPLES", None))
        return get_command_from_info(info, pretty_exceptions_short=True, rich_markup_mode=None)


def _group(name: str, package: ModuleType) -> Command:
    epilog = getattr(package, "EXAMPLES", None)
    group = _Commands(name=name, help=package.__doc__, epilog=epilog, no_args_is_help=True, rich_markup_mode=None)
    group.folder = package.__name__
    return group


def _declared(run: FunctionType) -> FunctionType:
    """The command with typer's declarations in place of ours."""
    typed = FunctionType(run.__code__, run.__globals__, run.__name__, run.__defaults__)
    hints = get_type_hints(run, include_extras=True)
    typed.__annotations__ = {name: hint if name == "return" else _hint(hint) for name, hint in hints.items()}
    return typed


def _hint(hint: Any) -> Any:
    declared = hint.__metadata__[0]
    settings: dict[str, Any] = {**declared.settings}
    if "parser" in settings:
        settings["parser"] = _parser(settings["parser"])
    argument = isinstance(declared, Argument)
    made = typer.Argument(**settings) if argument else typer.Option(*declared.names, **settings)
    return Annotated[hint.__origin__, made]


def _parser(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    def told(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    return told


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


def run(arguments: list[str]) -> Any:
    """What the command returns, or the exit status of what typer did itself. Raises KeyboardInterrupt."""
    try:
        result = get_command(app)(arguments, prog_name="llmreg", standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except ClickException as error:
        error.show()
        return error.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    if result == _INTERRUPTED:
        raise KeyboardInterrupt
    return result
