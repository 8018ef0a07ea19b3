"""A window with the Compare workspace in front, for the tests of the whole."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.actions import ActionRegistry
from gui.bindings import bind_playback
from gui.compare_bindings import bind_compare
from gui.compare_session import CompareSession
from gui.playback import Playback
from gui.runner import Runner
from gui.session import Session
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.window import MainWindow
from gui.workspaces import compare, live
from gui.workspaces.compare import CompareWorkspace
from tests.gui.compare_stands import settled
from tests.gui.stands import EVERYTHING_AT_ONCE


class Stand:
    """A window with Live and Compare, the mail's chain at maximum depth 2 open in it."""

    def __init__(self, qtbot: QtBot, path: Path) -> None:
        settings = Settings(path / "settings.ini")
        self.window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
        qtbot.addWidget(self.window)
        self.main = Session(Runner(probe_events=EVERYTHING_AT_ONCE), self.window)
        self.main_playback = Playback(self.main, parent=self.window)
        self.session = CompareSession(
            self.main, Runner(probe_events=EVERYTHING_AT_ONCE), self.window
        )
        self.playback = Playback(cast("Session", self.session.cursor), parent=self.window)
        self.pages: list[CompareWorkspace] = []
        bind_playback(self.window.registry, self.main, self.main_playback)
        bind_compare(
            self.window, self.session, self.playback,
            lambda: self.pages[0] if self.pages else None, self.main_playback,
        )  # fmt: skip
        self.window.add_workspace(
            "live", "Live", "live",
            lambda: live.create(self.window, self.main, self.main_playback),
        )  # fmt: skip
        self.window.add_workspace("compare", "Compare", "compare", self._page)
        assert self.main.open("mail-chain")
        assert self.main.override(max_depth=2)

    def _page(self) -> CompareWorkspace:
        self.pages.append(compare.create(self.window, self.session, self.playback))
        return self.pages[0]

    @property
    def page(self) -> CompareWorkspace:
        return self.pages[0]

    def key(self, qtbot: QtBot, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
        held = held or Qt.KeyboardModifier.NoModifier
        QTest.keyClick(self.window.focusWidget() or self.window, key, held)


def opened(qtbot: QtBot, path: Path) -> Stand:
    """Return a window on the screen, its three lanes run."""
    made = Stand(qtbot, path)
    made.window.resize(1280, 800)
    with qtbot.waitExposed(made.window):
        made.window.show()
    made.window.show_workspace("compare")
    settled(qtbot, made.session)
    return made
