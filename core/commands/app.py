"""The terminal's commands put together, and every error as one line."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from core.cli import COMMANDS
from core.commands.doctor import doctor
from core.commands.run import run
from core.commands.scenarios import scenarios
from core.errors import OwnerscopeError, did_you_mean

# typer brings its own copy of click or uses the installed one, by version; this is the base class
# of usage errors in either.
_ClickException: type[Exception] = typer.BadParameter.__mro__[2]

app = typer.Typer(
    name="ownerscope",
    help="Plays the Linux kernel's page_owner recursion as a live call stack. Without a command, "
    "or with a FILE or the name of a scenario, it opens the window.",
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(run)
app.command()(scenarios)
app.command()(doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"ownerscope {version('ownerscope')}")
        raise typer.Exit


@app.callback()
def _options(
    show_version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    del show_version


def run_command(words: list[str]) -> int:
    """Run a command and return its exit status; bad input is one line on stderr and 2."""
    try:
        if words and not words[0].startswith("-") and words[0] not in COMMANDS:
            raise OwnerscopeError(
                f"there is no command, file or scenario {words[0]!r}",
                advice=did_you_mean(words[0], COMMANDS),
            )
        status = app(words, prog_name="ownerscope", standalone_mode=False)
        sys.stdout.flush()
        return int(status or 0)
    except OwnerscopeError as error:
        return _complain(str(error))
    except typer.Abort:
        return 130
    except _ClickException as error:
        return _complain(_usage(error))
    except BrokenPipeError:
        # The reader (head, less) has gone: not an error, but Python would complain at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _usage(error: Exception) -> str:
    message = str(getattr(error, "format_message", error.__str__)()).rstrip(".")
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "ownerscope"
    return f"{message}; see '{path} --help'"


def _complain(sentence: str) -> int:
    print(f"ownerscope: {' '.join(sentence.split())}", file=sys.stderr)
    return 2
