"""What is laid out has its place before it is painted."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.arrange import Soon, lay_out_now
from gui.widgets.flow import FlowLayout

DEEP = 6


class Owner(QWidget):
    """Counts what is done."""

    def __init__(self) -> None:
        super().__init__()
        self.done = 0

    def act(self) -> None:
        """Do it."""
        self.done += 1


def test_a_change_deep_in_a_window_is_laid_out_at_once(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    beside, label, place = QLabel("beside"), QLabel("one line"), window
    QVBoxLayout(window).addWidget(beside, 1)
    for _ in range(DEEP):
        inner, column = QWidget(), place.layout()
        assert isinstance(column, QVBoxLayout)
        column.addWidget(inner)
        QVBoxLayout(inner)
        place = inner
    column = place.layout()
    assert isinstance(column, QVBoxLayout)
    column.addWidget(label)
    window.resize(300, 600)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.wait(20)
    before = beside.height()
    label.setText("many\nlines\nof\ntext\nin\nhere")
    lay_out_now()
    at_once = beside.height()
    assert at_once < before
    qtbot.wait(20)
    assert beside.height() == at_once


def test_what_is_due_soon_is_done_once_and_with_the_layout(qtbot: QtBot) -> None:
    owner = Owner()
    qtbot.addWidget(owner)
    soon = Soon(owner, owner.act)
    soon.start()
    soon.start()
    assert owner.done == 0
    lay_out_now()
    assert owner.done == 1
    soon.start()
    qtbot.waitUntil(lambda: owner.done == 2)


def test_a_row_knows_its_height_anew_when_something_in_it_changes(qtbot: QtBot) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    flow = FlowLayout(place)
    labels = [QLabel("some words") for _ in range(6)]
    for label in labels:
        flow.addWidget(label)
    place.show()
    width = labels[0].sizeHint().width() * 2
    before = flow.heightForWidth(width)
    assert flow.heightForWidth(width) == before
    labels[0].hide()
    labels[1].hide()
    fewer = flow.heightForWidth(width)
    assert fewer < before
    labels[2].setFixedHeight(100)
    assert flow.heightForWidth(width) > fewer
