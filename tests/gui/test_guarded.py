"""Errors in what Qt calls end where they are, whatever Python lies below."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListView
from pytestqt.qtbot import QtBot

from gui.guarded import guard, is_guarded

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[type[BaseException]]:
    """What nobody caught."""
    kinds: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, _error, _trace: kinds.append(kind))
    return kinds


class Mixed:
    """What a view is mixed from."""

    __module__ = "gui.views"

    def focusOutEvent(self, _event: object) -> None:
        next(iter(()))


class View(Mixed, QLabel):
    """A view with an ``event``, as many have: errors of the others came through it."""

    __module__ = "gui.views"

    def event(self, event: QEvent) -> bool:
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        (1, 2).index(event.key())

    def sizeHint(self) -> QSize:
        return list[QSize]()[0]

    def data(self) -> str:
        raise ValueError("not Qt's: a label has no such thing")


class Model(QAbstractListModel):
    """A model that cannot say anything."""

    __module__ = "gui.views"

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return int("x")


guard(View)
guard(Model)


def test_an_error_is_told_and_qt_does_what_it_does_without(
    qtbot: QtBot, told: list[type[BaseException]]
) -> None:
    view = View("words")
    qtbot.addWidget(view)
    assert view.sizeHint() == QLabel.sizeHint(view)
    assert told == [IndexError]
    view.show()
    told.clear()
    # On Python 3.11 this ends the process where it is not guarded.
    QTest.keyClick(view, Qt.Key.Key_A)
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut))
    assert told == [ValueError, StopIteration]


def test_a_model_that_fails_is_empty(qtbot: QtBot, told: list[type[BaseException]]) -> None:
    view = QListView()
    qtbot.addWidget(view)
    view.setModel(Model(view))
    view.show()
    assert not view.indexAt(view.rect().center()).isValid()
    assert set(told) == {ValueError}
    assert view.model().rowCount(parent=NOWHERE) == 0


def test_only_what_qt_calls_is_guarded_and_once() -> None:
    call = vars(View)["keyPressEvent"]
    guard(View)
    assert vars(View)["keyPressEvent"] is call
    assert is_guarded(vars(Mixed)["focusOutEvent"])
    assert not is_guarded(vars(View)["data"])
