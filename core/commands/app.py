"""The terminal's commands put together, and every error as one line.

argparse, because a command must not take longer than the tools it stands beside: ``pahole`` answers
in 60 ms, and the libraries that make prettier parsers need more than that to be imported.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, NoReturn

from core.commands import compare, convert, doctor, explore, inspect, layout, render, run, scenarios
from core.errors import OwnerscopeError, did_you_mean

MODULES = (run, compare, explore, inspect, convert, scenarios, layout, render, doctor)
"""One module a command: ``add_to`` describes it, and its parser knows what carries it out."""


class UsageError(OwnerscopeError):
    """Words on the command line that make no sense."""


class _Once(argparse.Action):
    """Keeps an option's value; a second one would silently take the place of the first."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Keep the value.

        Raises:
            UsageError: The option was given before.
        """
        given = namespace.__dict__.setdefault("options_given", set())
        if option_string is not None and self.dest in given:
            parser.error(f"{option_string} is given twice")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    """A parser that raises where argparse prints three lines and leaves."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in (None, "store"):
            self.register("action", name, _Once)

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong, with where to read on.

        Raises:
            UsageError: Always.
        """
        raise UsageError(f"{message.removeprefix('argument ')}; see '{self.prog} --help'")


def parser(wanted: str = "") -> argparse.ArgumentParser:
    """Return the parser of the command line.

    Args:
        wanted: The one command that will be parsed; empty describes them all.
    """
    made = Parser(
        prog="ownerscope",
        description="Plays the Linux kernel's page_owner recursion as a live call stack. Without a"
        " command, or with a FILE or the name of a scenario, it opens the window.",
        allow_abbrev=False,
    )
    made.add_argument("--version", action="store_true", help="print the version")
    commands = made.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    for module in MODULES:
        if wanted in ("", module.NAME):
            module.add_to(commands)
    return made


def run_command(words: list[str]) -> int:
    """Run a command and return its exit status; bad input is one line on stderr and 2."""
    try:
        status = _obey(words)
        if sys.stdout is not None:
            sys.stdout.flush()
    except OwnerscopeError as error:
        print(f"ownerscope: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (head, less) has gone: not an error, but Python would complain at its exit.
        _forget_output()
        return 0
    except OSError as error:
        _forget_output()
        reason = error.strerror or error
        print(f"ownerscope: cannot write the answer: {reason}; print it elsewhere", file=sys.stderr)
        return 2
    return status


def _forget_output() -> None:
    """Let what is still to be written go nowhere: Python writes it at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _obey(words: list[str]) -> int:
    names = [module.NAME for module in MODULES]
    if words and not words[0].startswith("-") and words[0] not in names:
        raise OwnerscopeError(
            f"there is no command, file or scenario {words[0]!r}",
            advice=did_you_mean(words[0], names),
        )
    made = parser(words[0] if words and words[0] in names else "")
    try:
        options = made.parse_args(words)
    except SystemExit as done:  # --help has been printed
        return int(done.code or 0)
    if options.version:
        from importlib.metadata import version

        print(f"ownerscope {version('ownerscope')}")
        return 0
    return int(options.carry_out(options))
