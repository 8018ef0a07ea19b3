"""What a step says before an audience is what its author wrote."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument, QTextTable
from pytestqt.qtbot import QtBot

from core.lesson.schema import Question
from gui.presenter.hall import HallThemes
from gui.presenter.markdown_view import MarkdownView
from gui.presenter.panes import QuestionPane
from gui.theme import ThemeManager

CODE = "Write #include <linux/slab.h>, and a List<T> of `<b>` is **kept**."
SHOWN = "Write #include <linux/slab.h>, and a List<T> of <b> is kept."
TABLE = "| depth | calls |\n|---|---:|\n| 1 | 11,997 |\n"


@pytest.fixture
def hall(themes: ThemeManager) -> HallThemes:
    return HallThemes(themes)


def test_what_looks_like_html_is_text(qtbot: QtBot, hall: HallThemes) -> None:
    view, asked = MarkdownView(hall), QuestionPane(hall)
    qtbot.addWidget(view)
    qtbot.addWidget(asked)
    view.resize(600, 400)
    view.show_markdown(CODE)
    assert view.document().toPlainText() == SHOWN
    asked.show_question(Question(about="hits", ask=CODE, explain=CODE), None, revealed=True)
    for label in (asked.ask, asked.explain):
        document = QTextDocument()
        document.setHtml(label.text())
        assert document.toPlainText() == SHOWN


def test_a_question_is_read_aloud_without_its_marks(qtbot: QtBot, hall: HallThemes) -> None:
    asked = QuestionPane(hall)
    qtbot.addWidget(asked)
    asked.show_question(Question(about="hits", ask="Is `bit 0` **set**?"), None, revealed=False)
    assert asked.accessibleDescription() == "Is bit 0 set?"


def test_a_table_has_air_and_its_heads_over_the_numbers(qtbot: QtBot, hall: HallThemes) -> None:
    view = MarkdownView(hall)
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show_markdown(TABLE)
    tables = [
        each for each in view.document().rootFrame().childFrames() if isinstance(each, QTextTable)
    ]
    assert len(tables) == 1
    head, below = (tables[0].cellAt(row, 1).firstCursorPosition() for row in (0, 1))
    assert head.blockFormat().alignment() == below.blockFormat().alignment()
    assert head.blockFormat().alignment() & Qt.AlignmentFlag.AlignRight
    padding = tables[0].cellAt(1, 1).format().toTableCellFormat().rightPadding()
    assert padding > view.document().defaultFont().pixelSize() / 4
