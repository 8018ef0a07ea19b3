"""Ctrl+C, and being told to end, wait while Qt is at work.

An exception that arises while a widget paints or hears of something has Qt's own calls to go
through: it is lost there, or the program dies on the spot and leaves half a file.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no hang-up


class _Waiting:
    """Who waits, and for what.

    Attributes:
        held: Whether Qt is at work.
        number: The signal that came meanwhile, 0 for none.
    """

    held = False
    number = 0


@contextlib.contextmanager
def ended_politely() -> Iterator[None]:
    """Let who is told to end go the way of an error: what is half written is then taken away."""
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    # What is not to be heard, as under nohup, stays unheard.
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, _hear) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def unbroken() -> Iterator[None]:
    """Let nothing come in between, other than at ``let_end``, and after it."""
    _Waiting.held, _Waiting.number = True, 0
    try:
        yield
        let_end()
    finally:
        _Waiting.held, _Waiting.number = False, 0


def let_end() -> None:
    """End here, where that was wanted.

    Raises:
        KeyboardInterrupt: Ctrl+C was pressed.
        SystemExit: The program is to end.
    """
    if _Waiting.number:
        _end(_Waiting.number)


def _hear(number: int, _frame: object) -> None:
    # Who presses it again does not want to wait.
    if _Waiting.held and not _Waiting.number:
        _Waiting.number = number
    else:
        _end(number)


def _end(number: int) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)
