"""What lanes came to: the table, its sentence, and copying it."""

from __future__ import annotations

import csv
import io

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from core.compare.differences import Difference, differences
from core.compare.lanes import Lane
from gui.compare_session import CompareSession
from gui.theme import ThemeManager
from gui.widgets.compare.difference_model import LEAST, MOST, DifferenceModel
from gui.widgets.compare.table import DifferencesPanel
from tests.gui.compare_stands import compared, settled, shown_beside

ROLES = Qt.ItemDataRole


def model_of(session: CompareSession) -> DifferenceModel:
    model = DifferenceModel(ThemeManager())
    model.take(session.labels, differences(session.traces, session.plans))
    return model


def row_of(model: DifferenceModel, measure: str) -> tuple[int, Difference]:
    return next((n, row) for n, row in enumerate(model.rows) if row.measure == measure)


def texts(model: DifferenceModel, measure: str) -> list[str]:
    number, _ = row_of(model, measure)
    return [str(model.index(number, n).data()) for n in range(model.columnCount())]


def test_the_model_is_a_good_model(qtbot: QtBot) -> None:
    model = DifferenceModel(ThemeManager())
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    tester = QAbstractItemModelTester(model, mode)
    session = compared(qtbot)
    model.take(session.labels, differences(session.traces, session.plans))
    assert model.rowCount() == len(model.rows) > 10
    assert model.columnCount() == 4
    model.dress()
    model.take((), ())
    assert (model.rowCount(), model.columnCount()) == (0, 1)
    assert tester.model() is model


def test_differences_come_first_and_bold_with_a_sign(qtbot: QtBot) -> None:
    model = model_of(compared(qtbot))
    differs = [row.differs for row in model.rows]
    assert differs == sorted(differs, reverse=True)
    assert texts(model, "outcome") == [
        "≠ outcome",
        "✓ Completed",
        "× Stack overflow",
        "✓ Completed",
    ]
    number, _ = row_of(model, "unwinds")
    same, _ = row_of(model, "depot_pages")
    assert model.index(number, 1).data(ROLES.FontRole).bold()
    assert not model.index(same, 1).data(ROLES.FontRole).bold()
    assert model.index(same, 0).data().strip() == "depot pages"
    heads = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(4)]
    assert heads == ["Measure", "A  unsigned int", "B  1-bit field", "C  2-bit field"]


def test_the_least_and_the_most_of_those_that_complete_are_marked(qtbot: QtBot) -> None:
    session = compared(qtbot, (Lane("uint", 1), Lane("uint", 3), Lane("bit1", 2)), "depth-law")
    model = model_of(session)
    unwinds = texts(model, "unwinds")[1:]
    assert unwinds[0].startswith(LEAST)
    assert unwinds[1].startswith(MOST)
    assert not unwinds[2].startswith((LEAST, MOST))
    peak = texts(model, "peak_stack_bytes")[1:]
    assert peak[2].startswith(MOST)
    theme = ThemeManager().theme
    number, _ = row_of(model, "unwinds")
    assert model.index(number, 1).data(ROLES.ForegroundRole) == QColor(theme.ok.ink)
    assert model.index(number, 2).data(ROLES.ForegroundRole) == QColor(theme.warning.ink)
    assert model.index(number, 2).data(ROLES.ToolTipRole) == "The most of the lanes that complete"
    said = model.index(number, 1).data(ROLES.AccessibleTextRole)
    assert said.startswith("depth 1, unwinds: ") or "unwinds" in said
    assert said.endswith(", the least")
    hits = texts(model, "guard_hits")[1:]
    assert not any(text.startswith((LEAST, MOST)) for text in hits)


def test_units_and_what_is_inferred_stand_with_the_measure(qtbot: QtBot) -> None:
    model = model_of(compared(qtbot))
    assert texts(model, "peak_stack_bytes")[0].endswith("peak stack (bytes)")
    assert texts(model, "guard_instructions")[0].endswith("(inferred)")


@pytest.fixture
def panel(qtbot: QtBot) -> tuple[DifferencesPanel, CompareSession, ThemeManager]:
    return shown_beside(qtbot, DifferencesPanel, (1000, 360))


def test_the_sentence_sums_up_and_follows(
    qtbot: QtBot, panel: tuple[DifferencesPanel, CompareSession, ThemeManager]
) -> None:
    view, session, _ = panel
    assert view.sentence.whole.startswith("1-bit field overflows the stack")
    session.change_lane(1, max_depth=1)
    settled(qtbot, session)
    assert "overflow" not in view.sentence.whole
    assert view.model.labels == session.labels


def test_it_is_copied_as_markdown_and_csv(
    qtbot: QtBot, panel: tuple[DifferencesPanel, CompareSession, ThemeManager]
) -> None:
    view, _, _ = panel
    QTest.mouseClick(view.copy_button, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert text.startswith(view.sentence.whole)
    lines = text.splitlines()
    assert "unsigned int" in lines[2]
    assert all(line.startswith("|") for line in lines[2:])
    assert len(lines) == 2 + 2 + len(view.model.rows)
    QTest.mouseClick(view.csv_button, Qt.MouseButton.LeftButton)
    rows = list(csv.reader(io.StringIO(QGuiApplication.clipboard().text())))
    assert rows[0] == ["measure", "unit", "differs", *view.model.labels]
    assert rows[1][:3] == ["outcome", "", "yes"]
    assert len(rows) == 1 + len(view.model.rows)


def test_selected_rows_can_be_copied_as_well(
    qtbot: QtBot, panel: tuple[DifferencesPanel, CompareSession, ThemeManager]
) -> None:
    view, _, _ = panel
    view.table.selectRow(1)
    QTest.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert (
        QGuiApplication.clipboard().text().split()[-3:] == texts(view.model, "save_stack_calls")[1:]
    )


def test_where_there_is_no_room_only_the_sentence_is_left(
    panel: tuple[DifferencesPanel, CompareSession, ThemeManager],
) -> None:
    view, _, _ = panel
    assert view.table.isVisible()
    view.resize(1000, view.least_height() + 10)
    assert not view.table.isVisible()
    view.resize(1000, 360)
    assert view.table.isVisible()


def test_columns_share_the_width(
    panel: tuple[DifferencesPanel, CompareSession, ThemeManager],
) -> None:
    view, _, themes = panel
    themes.set_scale(1.5)
    header = view.table.horizontalHeader()
    lanes = [header.sectionSize(n) for n in (1, 2, 3)]
    assert max(lanes) - min(lanes) <= 1
    assert header.length() <= view.table.viewport().width()


def test_an_empty_comparison_has_an_empty_table(qtbot: QtBot) -> None:
    full = compared(qtbot)
    empty = CompareSession(full._session)
    view = DifferencesPanel(empty, ThemeManager())
    qtbot.addWidget(view)
    assert view.model.rowCount() == 0
    assert not view.copy_button.isEnabled()
    QGuiApplication.clipboard().setText("before")
    view.copy_markdown()
    view.copy_csv()
    assert QGuiApplication.clipboard().text() == "before"
