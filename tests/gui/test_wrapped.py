"""A wrapped text is measured once, and as a label would measure it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.wrapped import WrappedLabel

LONG = "save_stack saves the stack of the caller, and what it needs for that it allocates itself."
RICH = "A save <b>inside</b> a save: <span style='font-size: 20px'>for ever</span>, unguarded."


def plain_label(label: WrappedLabel) -> QLabel:
    """A label of Qt's that says the same in the same font."""
    other = QLabel(label.text(), wordWrap=True)
    other.ensurePolished()
    other.setFont(label.font())
    other.setStyleSheet(label.styleSheet())
    return other


@pytest.mark.parametrize("text", [LONG, RICH, "", "one"])
def test_it_is_as_high_as_a_label(qtbot: QtBot, text: str) -> None:
    label = WrappedLabel(text)
    qtbot.addWidget(label)
    other = plain_label(label)
    for width in (600, 120, 300, 120):
        assert label.heightForWidth(width) == other.heightForWidth(width)
    assert label.sizeHint() == other.sizeHint()
    assert label.minimumSizeHint() == other.minimumSizeHint()


def test_it_measures_anew_what_changes(qtbot: QtBot) -> None:
    label = WrappedLabel("one")
    qtbot.addWidget(label)

    def check() -> int:
        other = plain_label(label)
        assert label.heightForWidth(200) == other.heightForWidth(200)
        assert label.sizeHint() == other.sizeHint()
        return label.heightForWidth(200)

    heights = {check()}
    label.setText(LONG)
    heights.add(check())
    font = QFont(label.font())
    font.setPixelSize(30)
    label.setFont(font)
    heights.add(check())
    label.setStyleSheet("padding: 20px; font-size: 30px")
    heights.add(check())
    assert len(heights) == 4


def test_where_any_width_will_do_it_asks_for_no_width(qtbot: QtBot) -> None:
    room = QWidget()
    qtbot.addWidget(room)
    label = WrappedLabel()
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setText(LONG * 4)
    column = QVBoxLayout(room)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(label)
    column.addStretch(1)
    room.resize(240, 900)
    room.show()
    assert label.width() == 240
    assert label.height() == plain_label(label).heightForWidth(240)
    assert label.minimumSizeHint() == QSize(0, label.fontMetrics().lineSpacing())
    # Not as high as a column of single letters would be.
    assert label.heightForWidth(0) == label.height()
