"""The ``ownerscope`` command: a window, or a command in the terminal.

The window must be on the screen within half a second, so nothing heavy is imported before it is
clear which of the two is wanted. ``core`` never imports ``gui``; the window is found by name.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

COMMANDS = (
    "run",
    "compare",
    "explore",
    "inspect",
    "convert",
    "scenarios",
    "layout",
    "render",
    "doctor",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``ownerscope`` and return its exit status: 0 success, 2 bad input or usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if _asks_for_window(words):
        return _open_window(words)
    from core.commands.app import run_command

    return run_command(words)


def _asks_for_window(words: list[str]) -> bool:
    if not words:
        return True
    first = words[0]
    if first.startswith("-"):
        return first == "--exit-after-first-paint"
    return first not in COMMANDS and (_is_file(first) or _is_scenario(first))


def _is_file(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):
        return False


def _is_scenario(name: str) -> bool:
    from core.scenario.loader import bundled

    return name in bundled()


def _open_window(words: list[str]) -> int:
    from core.errors import OwnerscopeError

    try:
        return int(importlib.import_module("gui.app").run(words))
    except OwnerscopeError as error:
        print(f"ownerscope: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
