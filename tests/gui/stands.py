"""Views on a stand: shown with a scenario open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager

AnyWidget = TypeVar("AnyWidget", bound=QWidget)

EVERYTHING_AT_ONCE = 10_000_000
"""Events the runner may do in the test's own process."""


def shown(
    qtbot: QtBot,
    make: Callable[[Session, ThemeManager], AnyWidget],
    size: tuple[int, int],
    scenario: str,
    **overrides: Any,
) -> tuple[AnyWidget, Session, ThemeManager]:
    """Show a view, then open a scenario in its session."""
    themes, session = ThemeManager(), Session(Runner(probe_events=EVERYTHING_AT_ONCE))
    view = make(session, themes)
    qtbot.addWidget(view)
    view.resize(*size)
    with qtbot.waitExposed(view):
        view.show()
    assert session.open(scenario)
    if overrides:
        assert session.override(**overrides)
    return view, session, themes
