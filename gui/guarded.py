"""An error in what Qt calls is told and ends there, and the program goes on.

PySide hands an error of an override to the Python below it, where there is some: an ``event`` that
asked Qt to go on, a function that shows a view. PySide 6.10 to 6.12 end the process on this way: on
Python 3.11 at once if the error was raised in C, as by ``int("x")``; elsewhere if a view is painted
or measured for the first time before the error has arrived.
"""

from __future__ import annotations

import functools
import sys
from types import FunctionType
from typing import Any

from PySide6.QtCore import QObject

_CALLED = frozenset(
    {
        "columnCount", "data", "event", "eventFilter", "flags", "focusNextPrevChild",
        "hasHeightForWidth", "headerData", "heightForWidth", "minimumSizeHint", "paint",
        "rowCount", "sizeHint", "viewportEvent",
    }
)  # fmt: skip
"""What Qt calls of widgets, models and delegates, beside all that ends in ``Event``."""


def guard_program() -> None:
    """Guard every class of this program that is defined from now on."""

    def guard_new(cls: type[QObject], /, **options: object) -> None:
        super(QObject, cls).__init_subclass__(**options)
        guard(cls)

    QObject.__init_subclass__ = classmethod(guard_new)  # type: ignore[assignment]


def guard(made: type) -> None:
    """Let no error out of what a class, and what it is mixed from, overrides.

    Where an override fails, Qt gets what it would get without.
    """
    qt = [vars(base) for base in made.__mro__ if base.__module__.startswith("PySide6.")]
    for owner in made.__mro__:
        if owner.__module__.partition(".")[0] == "gui":
            for name, method in list(vars(owner).items()):
                called = _is_called(name) and any(name in names for names in qt)
                if called and isinstance(method, FunctionType) and not is_guarded(method):
                    setattr(owner, name, _guarded(owner, name, method))


def _is_called(name: str) -> bool:
    return name in _CALLED or name.endswith("Event")


def is_guarded(method: object) -> bool:
    """Return whether no error comes out of a method."""
    return hasattr(method, "__wrapped__")


def _guarded(owner: type, name: str, method: FunctionType) -> object:
    @functools.wraps(method)
    def call(self: QObject, *arguments: Any, **named: Any) -> Any:
        try:
            return method(self, *arguments, **named)
        except Exception:
            sys.excepthook(*sys.exc_info())
        try:
            return getattr(super(owner, self), name)(*arguments, **named)
        except NotImplementedError:  # a model has to have it
            return 0 if name.endswith("Count") else None

    return call
