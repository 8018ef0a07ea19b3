"""The table of functions: what it shows of a range, and the way to a call."""

from __future__ import annotations

import csv
import io

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from core.trace.events import Function
from core.trace.function_table import FunctionRow, function_table
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.functions.export import HEAD, functions_csv
from gui.widgets.functions.model import SHARE_ROLE, Column
from gui.widgets.functions.panel import FunctionsPanel
from tests.gui.stands import shown

pytestmark = pytest.mark.usefixtures("undressed")


def panel_of(
    qtbot: QtBot, scenario: str = "depth-law", width: int = 820
) -> tuple[FunctionsPanel, Session, ThemeManager]:
    return shown(qtbot, FunctionsPanel, (width, 420), scenario)


def texts(panel: FunctionsPanel, column: Column) -> list[str]:
    return [str(panel.proxy.index(at, column).data()) for at in range(panel.proxy.rowCount())]


def index_of(panel: FunctionsPanel, name: str) -> QModelIndex:
    return panel.proxy.index(texts(panel, Column.FUNCTION).index(name), 0)


def click_on(qtbot: QtBot, panel: FunctionsPanel, name: str) -> None:
    index = index_of(panel, name)
    panel.table.scrollTo(index)
    point = panel.table.visualRect(index).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=point)


def test_the_model_keeps_the_rules(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot)
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    QAbstractItemModelTester(panel.model, fatal, panel)
    QAbstractItemModelTester(panel.proxy, fatal, panel)
    session.select_range(100, 200)
    panel.filter.setText("page")
    panel.table.sortByColumn(Column.CALLS, Qt.SortOrder.DescendingOrder)
    session.clear_range()
    assert session.open("mail-chain")


def test_it_shows_the_whole_run_costliest_first(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot)
    assert session.trace is not None
    rows = function_table(session.trace)
    assert panel.shown_rows() == rows
    assert panel.title.whole == "Whole run, 2,754 events"
    assert panel.count.text() == f"{len(rows)} functions"
    assert not panel.clear_button.isVisible()
    first = panel.proxy.index(0, Column.TIME)
    assert first.data(SHARE_ROLE) == 1


def test_a_range_filters_it(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot)
    assert session.trace is not None
    session.select_range(119, 1299)
    assert panel.title.whole == "Events 120 to 1,300 (range)"
    assert panel.shown_rows() == function_table(session.trace, 119, 1299)
    assert panel.table.accessibleDescription().startswith("Events 120 to 1,300 (range). ")
    QTest.mouseClick(panel.clear_button, Qt.MouseButton.LeftButton)
    assert session.range is None
    assert panel.title.whole == "Whole run, 2,754 events"
    assert not panel.clear_button.isVisible()


def test_numbers_are_sorted_as_numbers(qtbot: QtBot) -> None:
    panel, _, _ = panel_of(qtbot)
    for column, key in ((Column.CALLS, 1), (Column.SELF_TIME, 5), (Column.PEAK, 6)):
        panel.table.sortByColumn(column, Qt.SortOrder.DescendingOrder)
        values = [row[key] for row in panel.shown_rows()]
        assert values == sorted(values, reverse=True)  # type: ignore[type-var]
        assert len(set(values)) > 3


def test_the_filter_takes_texts_and_expressions(qtbot: QtBot) -> None:
    panel, _, _ = panel_of(qtbot)
    QTest.keyClicks(panel.filter, "set_page|^kfree$")
    assert sorted(texts(panel, Column.FUNCTION)) == [
        "__reset_page_owner", "__set_page_owner", "kfree",
    ]  # fmt: skip
    assert panel.count.text() == f"3 of {panel.model.rowCount()}"
    panel.filter.setText("unwinder")
    assert set(texts(panel, Column.SUBSYSTEM)) == {"U  Unwinder"}
    panel.filter.setText("save_(")
    assert panel.filter.toolTip() != ""
    assert panel.shown_rows() == []
    assert not panel.copy_button.isEnabled()


def test_a_click_chooses_a_function_and_does_not_move(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot)
    with qtbot.waitSignal(panel.function_chosen) as got:
        click_on(qtbot, panel, "kfree")
    assert got.args == ["kfree"]
    assert session.position == -1


def test_enter_goes_from_call_to_call_and_round(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot, "mail-chain")
    trace = session.trace
    assert trace is not None
    calls = [
        at
        for at in range(len(trace))
        if trace.kind(at).name == "CALLED" and trace.function(at).name == "save_stack"
    ]
    panel.table.setCurrentIndex(index_of(panel, "save_stack"))
    seen = []
    for _ in range(len(calls) + 1):
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
        seen.append(session.position)
    assert seen == [*calls, calls[0]]


def test_a_double_click_goes_to_the_next_call_in_the_range(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot)
    trace = session.trace
    assert trace is not None
    session.select_range(700, 1400)
    index = index_of(panel, "kfree")
    panel.table.scrollTo(index)
    point, viewport = panel.table.visualRect(index).center(), panel.table.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=point)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=point)
    assert 700 <= session.position <= 1400
    assert trace.function(session.position).name == "kfree"
    seen = set()
    for _ in range(20):
        panel.go_to_next_call("kfree")
        seen.add(session.position)
    assert len(seen) > 1
    assert all(700 <= at <= 1400 for at in seen)
    panel.go_to_next_call("no_such_function")
    assert session.position in seen


def test_the_row_stays_chosen_while_the_range_changes(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot)
    panel.table.setCurrentIndex(index_of(panel, "kfree"))
    session.select_range(0, 500)
    assert panel.proxy.index(panel.table.currentIndex().row(), 0).data() == "kfree"


def test_what_is_shown_can_be_copied(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot)
    session.select_range(0, 499)
    panel.filter.setText("page_owner")
    names = texts(panel, Column.FUNCTION)
    panel.copy_csv()
    rows = [*csv.reader(io.StringIO(QGuiApplication.clipboard().text()))]
    assert tuple(rows[0]) == HEAD
    assert [row[0] for row in rows[1:]] == names
    assert int(rows[1][3]) == panel.shown_rows()[0].ns
    panel.copy_markdown()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Events 1 to 500 (range)"
    assert len(lines) == 4 + len(names)
    assert all(
        line.startswith(f"| `{name}` |") for line, name in zip(lines[4:], names, strict=True)
    )


def test_a_name_is_no_formula_in_a_sheet() -> None:
    row = FunctionRow(Function("=evil()", "caller", 8), 1, 1, 1, 1, 1, 8)
    assert functions_csv([row]).splitlines()[1].startswith("'=evil(),")


def test_a_hidden_table_waits(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot)
    panel.hide()
    session.select_range(0, 99)
    assert panel.model.rows[0].events > 100
    panel.show()
    assert panel.model.rows[0].events <= 100


def test_without_a_run_it_says_what_to_do(qtbot: QtBot) -> None:
    panel = FunctionsPanel(Session(Runner()), ThemeManager())
    qtbot.addWidget(panel)
    assert panel.title.whole == "Open a scenario to see what its functions cost."
    assert panel.proxy.rowCount() == 0


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
@pytest.mark.usefixtures("dressed")
def test_it_is_painted_in_both_themes(qtbot: QtBot, scale: float) -> None:
    panel, _, themes = panel_of(qtbot, width=400)
    themes.set_scale(scale)
    pictures = []
    for name in ("light", "dark"):
        themes.choose(name)
        pictures.append(panel.grab().toImage())
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("width", [300, 360, 430, 560, 820, 1200])
@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.usefixtures("dressed")
def test_a_number_in_sight_is_never_cut(qtbot: QtBot, width: int, scale: float) -> None:
    panel, _, themes = panel_of(qtbot, "depth-law", width)
    themes.set_scale(scale)
    panel.resize(round(width * scale), round(260 * scale))
    qtbot.waitUntil(lambda: panel.table.verticalScrollBar().isVisible())
    table = panel.table
    mono = QFontMetrics(themes.metrics.mono())
    shown = [column for column in Column if not table.isColumnHidden(column)]
    assert {Column.FUNCTION, Column.TIME} <= set(shown)
    for column in set(shown) - {Column.FUNCTION, Column.SUBSYSTEM}:
        longest = max(map(mono.horizontalAdvance, texts(panel, column)))
        assert table.columnWidth(column) >= longest + themes.metrics.px(16), column
    assert sum(map(table.columnWidth, shown)) <= table.viewport().width()
    qtbot.waitUntil(lambda: not table.horizontalScrollBar().isVisible())


@pytest.mark.usefixtures("dressed")
def test_what_it_is_sorted_by_stays_in_sight(qtbot: QtBot) -> None:
    panel, _, _ = panel_of(qtbot, "depth-law", 430)
    assert panel.table.isColumnHidden(Column.SELF_EVENTS)
    panel.table.sortByColumn(Column.SELF_EVENTS, Qt.SortOrder.DescendingOrder)
    assert not panel.table.isColumnHidden(Column.SELF_EVENTS)
