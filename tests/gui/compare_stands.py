"""A comparison at hand, for the tests of its views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.compare.lanes import Lane
from gui.compare_session import CompareSession
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from tests.gui.stands import EVERYTHING_AT_ONCE

AnyWidget = TypeVar("AnyWidget", bound=QWidget)

THREE = (Lane("uint", 2), Lane("bit1", 2), Lane("bit2", 2))
"""The mail's three at maximum depth 2: the 1-bit counter wraps."""


def settled(qtbot: QtBot, session: CompareSession) -> None:
    """Wait until all lanes have run."""
    qtbot.waitUntil(lambda: not session.busy)


def compared(
    qtbot: QtBot, lanes: Sequence[Lane] = THREE, scenario: str = "mail-chain"
) -> CompareSession:
    """Return a comparison whose lanes have run."""
    main = Session(Runner(probe_events=EVERYTHING_AT_ONCE))
    assert main.open(scenario)
    session = CompareSession(main, Runner(probe_events=EVERYTHING_AT_ONCE))
    main.setParent(session)
    session.lanes = tuple(lanes)
    session.follow(True)
    settled(qtbot, session)
    return session


def shown_beside(
    qtbot: QtBot,
    make: Callable[[CompareSession, ThemeManager], AnyWidget],
    size: tuple[int, int],
    lanes: Sequence[Lane] = THREE,
    scenario: str = "mail-chain",
) -> tuple[AnyWidget, CompareSession, ThemeManager]:
    """Show a view of a comparison whose lanes have run."""
    themes, session = ThemeManager(), compared(qtbot, lanes, scenario)
    view = make(session, themes)
    qtbot.addWidget(view)
    view.resize(*size)
    with qtbot.waitExposed(view):
        view.show()
    return view, session, themes
