"""The form of a scenario's parameters: every kind of field, typing, mistakes and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.number_field import NumberField
from gui.widgets.parameter_form import ParameterForm, ParameterRow

pytestmark = pytest.mark.usefixtures("undressed")

ALL_KINDS = """schema = 1
name = "mine"
title = "My own"
shows = "Every kind of parameter."
[kernel]
version = "6.1"
arch = "x86_64"
page_owner = "$page_owner"
config_smp = "$smp"
[parameters.events]
default = 1500
minimum = 1
maximum = 20_000
about = "How many."
[parameters.smp]
default = true
[parameters.page_owner]
default = "on"
choices = ["on", "off"]
about = "The boot parameter."
[parameters.comm]
default = "sh"
about = "The task's name."
[[tasks]]
comm = "$comm"
[[tasks.work]]
op = "kmalloc"
repeat = "$events"
"""


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path) -> Session:
    path = tmp_path / "mine.toml"
    path.write_text(ALL_KINDS, "utf-8")
    made = Session(Runner(probe_events=1_000_000))
    assert made.open(str(path))
    return made


@pytest.fixture
def form(qtbot: QtBot, session: Session, themes: ThemeManager) -> ParameterForm:
    made = ParameterForm(session, themes, typing_ms=0)
    qtbot.addWidget(made)
    made.resize(300, 400)
    with qtbot.waitActive(made):
        made.show()
    return made


def number(form: ParameterForm, name: str = "events") -> NumberField:
    field = form.row(name).editor
    assert isinstance(field, NumberField)
    return field


def typed(form: ParameterForm, text: str, name: str = "events") -> None:
    editor = form.row(name).editor
    line = editor.lineEdit() if isinstance(editor, NumberField) else editor
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_every_kind_has_its_field_and_shows_its_default(form: ParameterForm) -> None:
    assert form.names == ("events", "smp", "page_owner", "comm")
    assert number(form).lineEdit().text() == "1,500"
    switch, choice = form.row("smp").editor, form.row("page_owner").editor
    assert isinstance(switch, QCheckBox)
    assert (switch.isChecked(), switch.text()) == (True, "on")
    assert isinstance(choice, QComboBox)
    assert (choice.currentText(), choice.count()) == ("on", 2)
    assert form.row("comm").value() == "sh"


def test_a_number_typed_runs_the_scenario(form: ParameterForm, session: Session) -> None:
    typed(form, "20")
    assert session.settings == {"events": 20}
    assert form.row("events").reset_button.isVisible()


def test_typing_waits_until_it_has_stopped(
    qtbot: QtBot, session: Session, themes: ThemeManager
) -> None:
    form = ParameterForm(session, themes, typing_ms=20)
    qtbot.addWidget(form)
    runs: list[object] = []
    session.source_changed.connect(lambda: runs.append(session.settings.get("events")))
    line = number(form).lineEdit()
    line.selectAll()
    with qtbot.waitSignal(session.source_changed):
        QTest.keyClicks(line, "123")
        assert runs == []
    assert runs == [123]


@pytest.mark.parametrize(
    ("text", "value"), [("2,000", 2000), ("2_000", 2000), ("2 000", 2000), ("0x10", 16)]
)
def test_numbers_as_people_write_them(
    form: ParameterForm, session: Session, text: str, value: int
) -> None:
    typed(form, text)
    assert session.settings["events"] == value
    assert number(form).lineEdit().text() == f"{value:,}"


def test_the_arrows_step_by_the_numbers_size_and_stop_at_the_bounds(form: ParameterForm) -> None:
    field = number(form)
    for before, steps, after in (
        (5, 1, 6), (9, 1, 10), (10, -1, 9), (150, 1, 160), (1000, 1, 1100), (1500, -1, 1400),
        (1000, -1, 990), (1, -1, 1), (20_000, 1, 20_000), (19_999, 5, 20_000),
    ):  # fmt: skip
        field.show_value(before)
        field.stepBy(steps)
        assert field.value() == after
    field.show_value(1)
    assert field.stepEnabled() == NumberField.StepEnabledFlag.StepUpEnabled
    field.show_value(20_000)
    assert field.stepEnabled() == NumberField.StepEnabledFlag.StepDownEnabled
    field.show_value("save")
    field.stepBy(1)
    assert field.value() == "save"


def test_a_switch_and_a_choice_run_at_once(form: ParameterForm, session: Session) -> None:
    form.row("smp").editor.click()  # type: ignore[attr-defined]
    assert session.settings == {"smp": False}
    choice = form.row("page_owner").editor
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_Down)
    assert session.settings == {"smp": False, "page_owner": "off"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0", "expected a number from 1 to 20,000, got 0"),
        ("many", "expected a whole number, got 'many'"),
    ],
)
def test_a_mistake_stays_is_explained_and_nothing_is_lost(
    form: ParameterForm, session: Session, qtbot: QtBot, text: str, problem: str
) -> None:
    typed(form, "20")
    trace = session.trace
    with qtbot.waitSignal(session.failed) as got:
        typed(form, text)
    assert problem in got.args[0]
    row = form.row("events")
    assert row.problem == problem
    assert number(form).lineEdit().text() == text
    assert problem in row.editor.accessibleDescription()
    assert (session.settings, session.trace) == ({"events": 20}, trace)
    typed(form, "30")
    assert (row.problem, session.settings) == ("", {"events": 30})


def test_a_mistake_stays_while_another_parameter_changes(
    form: ParameterForm, session: Session
) -> None:
    typed(form, "0")
    form.row("smp").editor.click()  # type: ignore[attr-defined]
    assert session.settings == {"smp": False}
    assert number(form).lineEdit().text() == "0"


def test_reset_goes_back_to_the_default(form: ParameterForm, session: Session) -> None:
    row = form.row("events")
    assert not row.reset_button.isVisible()
    typed(form, "0")
    QTest.mouseClick(row.reset_button, Qt.MouseButton.LeftButton)
    assert (row.problem, row.value()) == ("", 1500)
    assert not row.reset_button.isVisible()
    assert session.parameter("events") == 1500
    assert row.reset_button.accessibleName() == "Reset events to 1,500"


def test_another_scenario_has_another_form(form: ParameterForm, session: Session) -> None:
    typed(form, "0")
    session.open("mail-chain")
    assert form.names == ("allocations", "size")
    assert form.row("size").value() == 664
    session.open("two-bit-wrap")
    assert not form.names


def test_the_same_scenario_keeps_its_fields_and_the_focus(
    form: ParameterForm, session: Session
) -> None:
    row = form.row("events")
    number(form).setFocus()
    session.override(guard="none")
    session.reload()
    assert form.row("events") is row
    assert number(form).hasFocus()


def test_the_form_shows_what_others_set(form: ParameterForm, session: Session) -> None:
    session.set_parameter("events", 7)
    assert number(form).value() == 7
    assert form.row("events").reset_button.isVisible()


def test_the_wheel_passes_over_fields_one_is_not_in(form: ParameterForm, session: Session) -> None:
    QTest.keyClick(form.row("comm").editor, Qt.Key.Key_Tab)
    for name in ("events", "page_owner"):
        editor = form.row(name).editor
        editor.clearFocus()
        at, up = QPointF(5, 5), QPoint(0, -120)
        buttons, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        event = QWheelEvent(at, at, up, up, buttons, keys, Qt.ScrollPhase.NoScrollPhase, False)
        QApplication.sendEvent(editor, event)
        assert not event.isAccepted()
    assert session.settings == {}


def test_every_field_has_a_name_and_a_meaning(form: ParameterForm) -> None:
    for name in form.names:
        assert form.row(name).editor.accessibleName() == name
    assert form.row("events").editor.accessibleDescription() == "How many. 1 to 20,000."


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.usefixtures("dressed")
def test_it_paints_in_both_themes(form: ParameterForm, themes: ThemeManager, theme: str) -> None:
    themes.choose(theme)
    themes.set_scale(2.0)
    typed(form, "0")
    assert not form.grab().isNull()
    assert isinstance(form.row("events"), ParameterRow)


def test_without_a_scenario_there_is_nothing_to_set(qtbot: QtBot, themes: ThemeManager) -> None:
    form = ParameterForm(Session(Runner()), themes)
    qtbot.addWidget(form)
    assert form.names == ()
