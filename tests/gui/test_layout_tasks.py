"""The number of tasks and what they take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.layout import host
from gui.layout_session import LayoutSession
from gui.theme import ThemeManager
from gui.widgets.layout.tasks import MOST_TASKS, STEPS, TasksPanel, position_of, tasks_at
from tests.gui.layout_stands import DEBIAN, shown

SIZE = (700, 60)


def panel_of(session: LayoutSession, themes: ThemeManager) -> TasksPanel:
    return TasksPanel(session, themes, most=MOST_TASKS, typing_ms=0)


@given(st.integers(1, MOST_TASKS), st.integers(0, STEPS), st.integers(0, STEPS))
def test_the_slider_goes_from_one_to_the_most_and_never_back(most: int, one: int, two: int) -> None:
    low, high = sorted((one, two))
    assert 1 <= tasks_at(low, most) <= tasks_at(high, most) <= most
    assert tasks_at(0, most) == 1
    assert tasks_at(STEPS, most) == most


@given(st.integers(1, MOST_TASKS))
def test_a_number_finds_its_position(tasks: int) -> None:
    near = tasks_at(position_of(tasks, MOST_TASKS), MOST_TASKS)
    assert abs(near - tasks) <= max(1, tasks * 0.07)


def test_the_most_is_the_machines(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    for told, most in ((32_768, 32_768), (1 << 40, MOST_TASKS), (0, 1)):
        monkeypatch.setattr(host, "pid_max", lambda told=told: told)
        panel = TasksPanel(LayoutSession(), ThemeManager())
        qtbot.addWidget(panel)
        assert panel.most == most


def test_the_slider_sets_the_number(qtbot: QtBot) -> None:
    panel, session, _ = shown(qtbot, panel_of, SIZE)
    with qtbot.waitSignal(session.tasks_changed) as got:
        panel.slider.setValue(STEPS)
    assert got.args == [MOST_TASKS]
    assert panel.field.value() == MOST_TASKS


def test_a_typed_number_counts_and_moves_the_slider(qtbot: QtBot) -> None:
    panel, session, _ = shown(qtbot, panel_of, SIZE)
    panel.field.selectAll()
    QTest.keyClicks(panel.field, "12345")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert session.tasks == 12_345
    assert panel.slider.value() == position_of(12_345, MOST_TASKS)


@pytest.mark.parametrize("typed", ["many", "-3", "99999999999999999999"])
def test_nonsense_is_put_right(qtbot: QtBot, typed: str) -> None:
    panel, session, _ = shown(qtbot, panel_of, SIZE)
    panel.field.selectAll()
    QTest.keyClicks(panel.field, typed)
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert 1 <= session.tasks <= MOST_TASKS
    assert panel.field.value() == session.tasks


def test_another_view_may_set_the_number(qtbot: QtBot) -> None:
    panel, session, _ = shown(qtbot, panel_of, SIZE)
    session.set_tasks(777)
    assert panel.field.value() == 777
    assert session.tasks == 777  # the slider, which is coarser, has not changed it back


def test_what_a_field_adds_is_said(qtbot: QtBot) -> None:
    panel, session, _ = shown(qtbot, panel_of, SIZE, DEBIAN, "char x[200]")
    # 250 slabs of 32 KiB instead of 200: four objects in each instead of five.
    assert panel.sentence() == (
        "1,000 tasks take 6.25 MiB now and 7.81 MiB with char x[200] (1.56 MiB more)."
    )
    session.set_field("bit1")
    assert panel.sentence() == "1,000 tasks take 6.25 MiB, with 1 bit or without."
    session.set_field("")
    session.set_tasks(1)
    assert panel.sentence() == "1 task takes 32.0 KiB."
    assert panel.slider.accessibleDescription() == panel.text.text()


def test_without_a_kernel_it_says_what_to_do(qtbot: QtBot) -> None:
    panel, _, _ = shown(qtbot, panel_of, SIZE, kernel="")
    assert panel.text.text() == "Open a kernel to see what its tasks take."


@pytest.mark.parametrize("scale", [0.8, 1.5, 3.0])
def test_the_number_has_room_at_every_scale(qtbot: QtBot, scale: float) -> None:
    panel, session, themes = shown(qtbot, panel_of, SIZE)
    themes.set_scale(scale)
    panel.resize(900, 200)
    session.set_tasks(MOST_TASKS)
    panel.grab()
    text = panel.field.fontMetrics().horizontalAdvance(f"{MOST_TASKS:,}")
    assert panel.field.lineEdit().width() >= text
