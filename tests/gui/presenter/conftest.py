"""A window in which a small lesson is presented, with everything outside of it handed in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui import app
from gui.actions import ActionRegistry
from gui.controller import Controller
from gui.presenter import bindings, thumbnails
from gui.presenter.presenting import Presenting
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.window import MainWindow

LESSON = """
schema = 1
name = "small"
title = "A small lesson"
minutes = 5

[[steps]]
title = "The chain"
scenario = "mail-chain"
essential = true
position = "kmalloc call 1"
text = "A driver calls `kmalloc`."
notes = "Say it **slowly**."

[[steps.questions]]
about = "function"
ask = "What is called next?"
explain = "The page has an owner."

[[steps]]
title = "The word"
position = "end"
highlights = ["bits"]

[[steps]]
title = "A layout"
workspace = "layout"
field = "bit1"

[[steps]]
title = "The whole run"
workspace = "timeline"
position = "end"
text = "All of it."

[[steps]]
title = "Side by side"
workspace = "compare"
lanes = ["none", "bit1"]
position = "where lanes part"
"""


class FakeScreen:
    """A screen of some size."""

    def __init__(self, *room: int) -> None:
        self._room = QRect(*room)

    def geometry(self) -> QRect:
        return self._room

    def name(self) -> str:
        return "fake"


class FakeDesktop:
    """Keeps nothing awake, and tells when it was asked to, and to stop."""

    def __init__(self) -> None:
        self.asked, self.released = threading.Event(), threading.Event()

    @contextmanager
    def __call__(self) -> Iterator[bool]:
        self.asked.set()
        try:
            yield True
        finally:
            self.released.set()


class Hall:
    """A presentation and what it was given.

    Attributes:
        screens: The screens there are.
        seconds: What the clock says.
    """

    def __init__(self, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.screens = [FakeScreen(0, 0, 800, 600)]
        self.desktop, self.seconds = FakeDesktop(), 0.0
        settings = Settings(folder / "settings.ini")
        self.window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
        qtbot.addWidget(self.window)
        self.controller = Controller(self.window)
        made: list[bindings.PresenterParts] = []
        add = bindings.add_presenting

        def add_here(*parts: object) -> None:
            made.append(
                add(
                    *parts,  # type: ignore[arg-type]
                    screens=lambda: self.screens,
                    awake=[self.desktop],
                    clock=lambda: self.seconds,
                    now=lambda: datetime(2026, 5, 4, 9, 30),
                )
            )

        monkeypatch.setattr(bindings, "add_presenting", add_here)
        # They take a second a lecture; test_thumbnails asks for them.
        monkeypatch.setattr(thumbnails, "_FIRST_MS", 3_600_000)
        self.parts = app._add_workspaces(self.window, self.controller)
        self.window.show()
        self.window.show_workspace("live")
        path = folder / "small.toml"
        path.write_text(LESSON, encoding="utf-8")
        assert self.parts.choose(str(path))
        self.parts.start()
        self.presenter_parts = made[0]
        self.presenting: Presenting = made[0].presenting
        self.lessons = self.parts.session
        self.audience, self.speaker = self.presenting.audience, self.presenting.speaker
        for window in (self.audience, self.speaker):
            qtbot.addWidget(window)

    def start(self) -> None:
        """Begin as a user does."""
        self.window.registry.run("present.start")
        self.audience.activateWindow()
        QTest.qWaitForWindowActive(self.audience)

    def press(self, *keys: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
        """Press keys in whatever window has the keyboard."""
        none = Qt.KeyboardModifier.NoModifier
        for key in keys:
            window: QWidget = QApplication.activeWindow() or self.audience
            QTest.keyClick(QApplication.focusWidget() or window, key, held or none)

    @property
    def step(self) -> int:
        """The step that is shown, from 1."""
        return self.lessons.index + 1


def hover(widget: QWidget, at: QPoint) -> None:
    """Move the mouse over a widget, with no button held."""
    QApplication.processEvents()
    handle = widget.window().windowHandle()
    assert handle is not None
    QTest.mouseMove(handle, widget.mapTo(widget.window(), at))


@pytest.fixture
def make_hall(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[[], Hall]]:
    """Make a hall in which nothing is presented yet."""
    halls: list[Hall] = []

    def make() -> Hall:
        halls.append(Hall(qtbot, monkeypatch, tmp_path))
        return halls[-1]

    yield make
    for hall in halls:
        hall.presenting.stop()
        hall.lessons.close()


@pytest.fixture
def hall(make_hall: Callable[[], Hall]) -> Hall:
    """A hall with one screen in which the lesson is presented."""
    made = make_hall()
    made.start()
    return made
