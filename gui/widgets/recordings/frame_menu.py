"""What can be done with a function, wherever one is pointed at."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from gui.recording_look import SANDWICH

if TYPE_CHECKING:
    from gui.recording_session import RecordingSession


def frame_menu(session: RecordingSession, function: str, parent: QWidget) -> QMenu:
    """Return the menu of a function.

    Args:
        session: What carries it out.
        function: The function.
        parent: The Qt parent.
    """
    menu = QMenu(parent)

    def entry(text: str, obey: Callable[[], object]) -> None:
        # Later: the menu is still on the screen now, and the answer may be a message.
        menu.addAction(text).triggered.connect(lambda: QTimer.singleShot(0, session, obey))

    entry("Find it everywhere", partial(session.look_for, function))
    entry("Callers and callees", partial(_sandwich, session, function))
    entry("Only records with it", partial(_only, session, function))
    menu.addSeparator()
    entry("Hide this function", partial(session.hide, function))
    entry("Keep only stacks with it", partial(session.keep, function))
    if session.hidden or session.kept:
        entry("Show hidden frames again", session.show_all)
    menu.addSeparator()
    entry("Copy the name", partial(QGuiApplication.clipboard().setText, function))
    return menu


def _sandwich(session: RecordingSession, function: str) -> None:
    session.select_function(function)
    session.set_view(SANDWICH)


def _only(session: RecordingSession, function: str) -> None:
    term = f'function = "{function}"'
    session.set_filter(f"({session.filter}) and {term}" if session.filter else term)
