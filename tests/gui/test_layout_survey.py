"""The survey of kernels."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from core.layout import library
from core.layout.analysis import Question
from core.layout.survey import FieldCost, SurveyRow, survey_row
from core.layout.what_if import Interval
from gui.layout_session import LayoutSession
from gui.theme import ThemeManager, contrast
from gui.widgets.layout.survey import SurveyPanel
from gui.widgets.layout.survey_model import Column, SurveyModel, cost_text, cost_tip, level
from tests.gui.layout_stands import DEBIAN, PAYS

SIZE = (900, 400)
ROLES = Qt.ItemDataRole


@pytest.fixture(autouse=True)
def few_kernels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two bundled kernels, and no BTF on this machine."""
    monkeypatch.setattr(library, "THIS_MACHINE_BTF", tmp_path / "none")
    names = (DEBIAN, "debian-6.1-arm64")
    monkeypatch.setattr(library, "bundled", lambda: names)


def panel_on(
    qtbot: QtBot, files: tuple[str | Path, ...] = ()
) -> tuple[SurveyPanel, LayoutSession, ThemeManager]:
    themes, session = ThemeManager(), LayoutSession()
    panel = SurveyPanel(session, themes, choose_files=lambda: [Path(PAYS)])
    qtbot.addWidget(panel)
    panel.resize(*SIZE)
    panel.add_files(Path(file) for file in files)
    with qtbot.waitExposed(panel):
        panel.show()
    qtbot.waitUntil(lambda: not panel.busy)
    return panel, session, themes


def row(growth: Interval | None, before: int = 100, after: int = 100) -> SurveyRow:
    cost = FieldCost("uint", growth, growth, 5, after, after, "" if growth else "no")
    return SurveyRow("k", "k", sizeof=640, objects=5, bytes_per_task=before, costs=(cost,))


# -- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "rank", "text"),
    [
        (row(Interval(0, 0, 0)), "ok", "0"),
        (row(Interval(64, 64, 64)), "warning", "+64"),
        (row(Interval(0, 64, 0)), "warning", "0 to 64, likely 0"),
        (row(Interval(64, 64, 64), 100, 125), "danger", "+64, +25 a task"),
        (row(None), "warning", "no answer"),
    ],
)
def test_what_a_field_costs_has_a_rank_and_words(made: SurveyRow, rank: str, text: str) -> None:
    assert level(made, made.costs[0]) == rank
    assert cost_text(made, made.costs[0]) == text
    assert cost_tip(made, made.costs[0]).startswith("unsigned int: ")


# -- the model ------------------------------------------------------------------------------------


def test_qt_finds_no_fault_with_the_model(themes: ThemeManager) -> None:
    model = SurveyModel(themes)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    order = [PAYS, DEBIAN]
    model.put(survey_row(DEBIAN), order)
    model.put(survey_row(PAYS), order)
    model.put(survey_row("no such kernel"), order)
    model.put(survey_row(DEBIAN), order)
    assert [each.name for each in model.rows] == [PAYS, DEBIAN, "no such kernel"]
    assert tester.model() is model


def test_cells_have_colour_and_glyph_that_can_be_read(themes: ThemeManager) -> None:
    model = SurveyModel(themes)
    model.put(survey_row(PAYS))
    for choice in ("light", "dark"):
        themes.choose(choice)
        for column, role in ((Column.UINT, themes.theme.warning), (Column.BIT1, themes.theme.ok)):
            index = model.index(0, column)
            assert index.data().startswith(f"{role.glyph} ")
            back = QColor(index.data(ROLES.BackgroundRole)).name()
            ink = QColor(index.data(ROLES.ForegroundRole)).name()
            assert back == role.soft.lower()
            assert contrast(ink, back) >= 4.5


def test_costs_are_sorted_by_what_a_task_pays_first(qtbot: QtBot) -> None:
    panel, _, _ = panel_on(qtbot)
    dear = row(Interval(64, 64, 64), 100, 125)
    for name, made in (("a", dear), ("b", row(None)), ("c", row(Interval(128, 128, 128)))):
        panel.model.put(SurveyRow(name, name, sizeof=made.sizeof, bytes_per_task=100,
                                  costs=made.costs))  # fmt: skip
    panel.table.sortByColumn(Column.UINT, Qt.SortOrder.DescendingOrder)
    order = [panel.model.rows[panel.proxy.mapToSource(panel.proxy.index(at, 0)).row()].name
             for at in range(panel.proxy.rowCount())]  # fmt: skip
    assert order[:2] == ["a", "c"]
    assert order[-1] == "b"
    panel.table.sortByColumn(Column.SIZEOF, Qt.SortOrder.AscendingOrder)
    assert panel.proxy.index(0, Column.SIZEOF).data() == "640"


# -- the panel ------------------------------------------------------------------------------------


def test_nothing_is_read_before_it_is_seen(qtbot: QtBot, themes: ThemeManager) -> None:
    panel = SurveyPanel(LayoutSession(), themes)
    qtbot.addWidget(panel)
    panel.add_files([Path(PAYS)])
    assert not panel.busy
    assert panel.rows == ()


def test_all_kernels_come_in_the_order_asked(qtbot: QtBot, tmp_path: Path) -> None:
    bad = tmp_path / "broken"
    bad.write_bytes(b"\x9f\xeb\x01\x00nothing")
    panel, _, _ = panel_on(qtbot, (bad, PAYS))
    assert [each.name for each in panel.rows] == [DEBIAN, "debian-6.1-arm64", str(bad), PAYS]
    assert panel.state.text() == "4 kernels, 1 unreadable"
    assert panel.rows[2].problem
    index = panel.model.index(2, Column.KERNEL)
    assert index.data() == f"× {panel.rows[2].problem}"


def test_this_machine_is_among_them_where_it_has_btf(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "THIS_MACHINE_BTF", Path(PAYS))
    panel, _, _ = panel_on(qtbot)
    assert panel.rows[-1].name == library.THIS_MACHINE


def test_bundled_kernels_are_read_one_between_two_events(
    qtbot: QtBot, themes: ThemeManager
) -> None:
    panel = SurveyPanel(LayoutSession(), themes)
    qtbot.addWidget(panel)
    counts: list[int] = []
    panel._timer.timeout.connect(lambda: counts.append(panel.model.rowCount()))
    with qtbot.waitExposed(panel):
        panel.show()
    qtbot.waitUntil(lambda: not panel.busy)
    assert counts == [1, 2]
    assert not panel._timer.isActive()


def test_files_are_added_with_the_button_and_by_a_drop(qtbot: QtBot, tmp_path: Path) -> None:
    panel, _, _ = panel_on(qtbot)
    QTest.mouseClick(panel.add_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(panel.rows) == 3)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "missing")), QUrl.fromLocalFile(PAYS)])
    held, action = Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    panel.dropEvent(QDropEvent(QPointF(9, 9), action, mime, Qt.MouseButton.LeftButton, held))
    qtbot.waitUntil(lambda: not panel.busy)
    assert [each.name for each in panel.rows[2:]] == [PAYS, str(tmp_path / "missing")]


def test_enter_opens_the_kernel(qtbot: QtBot) -> None:
    panel, session, _ = panel_on(qtbot, (PAYS,))
    panel.table.selectRow(2)
    with qtbot.waitSignal(session.layout_changed):
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert session.opened == PAYS


def test_another_machine_is_asked_about_again(qtbot: QtBot) -> None:
    panel, session, _ = panel_on(qtbot, (PAYS,))
    assert panel.rows[0].objects == 5
    assert session.open(DEBIAN)
    assert not panel.busy  # nothing new was said about the machine
    assert session.say(xstate_bytes=2432)
    qtbot.waitUntil(lambda: not panel.busy)
    assert panel.rows[0] == survey_row(DEBIAN, question=Question(xstate_bytes=2432))
    assert panel.rows[0].objects == 4
    assert len(panel.rows) == 3


@pytest.mark.parametrize("scale", [0.8, 2.0, 3.0])
def test_the_names_keep_their_room(qtbot: QtBot, scale: float) -> None:
    panel, _, themes = panel_on(qtbot)
    themes.set_scale(scale)
    panel.resize(400, 300)
    panel.grab()
    header = panel.table.horizontalHeader()
    assert header.sectionSize(Column.KERNEL) >= themes.metrics.px(100)
    assert panel.table.rowHeight(0) > themes.metrics.mono().pixelSize()
