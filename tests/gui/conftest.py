"""What the window's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager


@pytest.fixture(autouse=True)
def widgets_outlive_their_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep every widget of a test until qtbot has closed it.

    qtbot holds its widgets only weakly. One that lies in a cycle of references may be collected
    while it is painted, and Qt ends the process.
    """
    kept: list[QWidget] = []
    add = QtBot.addWidget

    def add_and_keep(self: QtBot, widget: QWidget, **options: Any) -> None:
        kept.append(widget)
        add(self, widget, **options)

    monkeypatch.setattr(QtBot, "addWidget", add_and_keep)
    before = QApplication.topLevelWidgets() if QApplication.instance() is not None else []
    yield
    kept.clear()
    # What is hidden and left would put on the style of every test that follows; what can be seen
    # or ticks is for ``nothing_left_behind`` to find.
    for each in QApplication.topLevelWidgets() if QApplication.instance() is not None else ():
        own = each not in before and each.parentWidget() is None
        ticks = any(timer.isActive() for timer in each.findChildren(QTimer))
        if own and not each.isVisible() and not ticks and not each.inherits("QTipLabel"):
            each.deleteLater()


@pytest.fixture
def dressed() -> None:
    """Tell ``undressed`` that this one test is about what the style sheet has a say in."""


@pytest.fixture
def undressed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the style sheet out: a window is built in half the time.

    Each widget takes on every parent's style that it comes under on its way into the window. For
    files whose tests are about what happens; where it is about sizes and looks, a test is
    ``dressed``.
    """
    if "dressed" not in request.fixturenames:
        monkeypatch.setattr(theme, "style_sheet", lambda theme, metrics: "")


@pytest.fixture
def session(qtbot: QtBot) -> Session:
    """The chain of the mail, open."""
    made = Session(Runner())
    assert made.open("mail-chain")
    return made


@pytest.fixture
def themes(qapp: QApplication) -> ThemeManager:
    """The theme in force."""
    return ThemeManager()
