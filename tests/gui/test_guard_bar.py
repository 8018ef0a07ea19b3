"""The what-if controls: they show the plan in force, change it, and snap back from mistakes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.layout import library
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.flow import flow_rows
from gui.widgets.guard_bar import GuardBar
from gui.widgets.warning_strip import capitalised
from tests.gui.guard_stands import choose, chosen_guard, entries, layout_shown

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot: QtBot, session: Session, themes: ThemeManager) -> GuardBar:
    made = GuardBar(session, themes, choose_file=lambda: None, typing_ms=0)
    qtbot.addWidget(made)
    made.resize(1400, made.heightForWidth(1400))
    with qtbot.waitActive(made):
        made.show()
    return made


def shown(bar: GuardBar) -> tuple[str, object, str, str, str]:
    return (
        chosen_guard(bar), bar.max_depth.value(), bar.kernel.text(), bar.arch.text(),
        layout_shown(bar),
    )  # fmt: skip


# -- rows ---------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 500)), st.integers(1, 1000), st.integers(0, 20))
def test_every_item_has_a_row_and_no_row_is_too_long_without_need(
    widths: list[int], room: int, gap: int
) -> None:
    rows = flow_rows(widths, room, gap)
    assert [at for row in rows for at in row] == list(range(len(widths)))
    for row in rows:
        used = sum(widths[at] for at in row) + gap * (len(row) - 1)
        assert row
        assert used <= room or len(row) == 1
    for row, after in pairwise(rows):
        more = sum(widths[at] for at in (*row, after[0])) + gap * len(row)
        assert more > room


# -- what is shown ------------------------------------------------------------------------


def test_it_shows_what_the_plan_has(bar: GuardBar, session: Session) -> None:
    assert shown(bar) == ("bit1", 1, "5.12", "ia64", "Debian 6.1 amd64 (borrowed)")
    assert "no layout of ia64 5.12" in bar.layout_button.toolTip()
    session.open("two-bit-wrap")
    assert shown(bar) == ("bit2", 4, "6.1", "x86_64", "Debian 6.1 amd64")


def test_without_a_scenario_there_is_nothing_to_change(qtbot: QtBot, themes: ThemeManager) -> None:
    bar = GuardBar(Session(Runner()), themes)
    qtbot.addWidget(bar)
    assert not bar.kernel.isEnabled()
    assert not bar.guard.isEnabled()
    assert not bar.grab().isNull()


# -- changing -----------------------------------------------------------------------------


def test_another_guard_runs_at_once(bar: GuardBar, session: Session) -> None:
    QTest.mouseClick(bar.guard.buttons["none"], LEFT)
    assert session.overrides.guard == "none"
    assert session.trace is not None
    assert session.trace.info.outcome == "stack_overflow"
    assert chosen_guard(bar) == "none"
    assert not bar.max_depth.isEnabled()
    assert "counts" in bar.max_depth.toolTip()
    QTest.mouseClick(bar.guard.buttons["bit1"], LEFT)
    assert session.overrides.guard is None
    assert bar.max_depth.isEnabled()


def test_what_is_chosen_already_runs_nothing(bar: GuardBar, session: Session, qtbot: QtBot) -> None:
    session.seek(35)
    with qtbot.assertNotEmitted(session.source_changed):
        QTest.mouseClick(bar.guard.buttons["bit1"], LEFT)
        entries(bar.kernel)["5.12"].trigger()
        QApplication.processEvents()
    assert (session.position, chosen_guard(bar)) == (35, "bit1")


def test_arrows_choose_the_neighbour_and_stay_from_the_cursor(
    bar: GuardBar, session: Session
) -> None:
    segment = bar.guard.buttons["bit1"]
    segment.setFocus()
    none = Qt.KeyboardModifier.NoModifier
    asked = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Right, none)
    asked.ignore()
    QApplication.sendEvent(segment, asked)
    assert asked.isAccepted()
    QTest.keyClick(segment, Qt.Key.Key_Right)
    assert session.overrides.guard == "bit2"
    assert bar.guard.buttons["bit2"].hasFocus()
    QTest.keyClick(bar.guard.buttons["bit2"], Qt.Key.Key_Right)
    assert session.overrides.guard == "bit2"
    for _ in range(9):
        QTest.keyClick(bar.guard.buttons[chosen_guard(bar)], Qt.Key.Key_Left)
    assert chosen_guard(bar) == "none"


def test_a_depth_is_typed(bar: GuardBar, session: Session) -> None:
    QTest.mouseClick(bar.guard.buttons["uint"], LEFT)
    bar.max_depth.lineEdit().selectAll()
    QTest.keyClicks(bar.max_depth.lineEdit(), "3")
    QTest.keyClick(bar.max_depth.lineEdit(), Qt.Key.Key_Return)
    assert session.overrides.max_depth == 3


def test_an_impossible_depth_snaps_back_with_a_sentence(
    bar: GuardBar, session: Session, qtbot: QtBot
) -> None:
    bar.max_depth.lineEdit().selectAll()
    QTest.keyClicks(bar.max_depth.lineEdit(), "0")
    with qtbot.waitSignal(session.failed) as got:
        QTest.keyClick(bar.max_depth.lineEdit(), Qt.Key.Key_Return)
    assert "at least 1" in got.args[0]
    assert (session.overrides.max_depth, bar.max_depth.value()) == (None, 1)


@pytest.mark.parametrize("text", ["abc", "", "99999999", "9999999999999"])
def test_what_is_no_depth_stays_marked_until_one_leaves(
    bar: GuardBar, session: Session, qtbot: QtBot, text: str
) -> None:
    line = bar.max_depth.lineEdit()
    line.setFocus()
    line.clear()
    QTest.keyClicks(line, text)
    bar.max_depth.edited.emit()
    with qtbot.assertNotEmitted(session.source_changed):
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == text
    sentence = "Maximum depth: a whole number from 1 to 1,000,000"
    assert bar.max_depth.toolTip() == sentence
    assert bar.warnings.isVisible()
    assert bar.warnings.text.text() == f"{sentence}."
    bar.guard.buttons["bit1"].setFocus()
    assert not bar.warnings.isVisible()
    assert bar.max_depth.value() == 1
    assert session.overrides.max_depth is None


def test_a_kernel_without_the_architecture_snaps_back_with_a_sentence(
    bar: GuardBar, session: Session, qtbot: QtBot
) -> None:
    trace = session.trace
    with qtbot.waitSignal(session.failed) as got:
        choose(qtbot, session, bar.kernel, "6.12")
    assert "ia64 was removed from the kernel in 6.7" in got.args[0]
    assert shown(bar)[2:4] == ("5.12", "ia64")
    assert session.trace is trace


def test_architectures_a_kernel_never_had_are_disabled_and_say_why(
    bar: GuardBar, session: Session
) -> None:
    assert all(action.isEnabled() for action in entries(bar.arch).values())
    session.open("depth-law")
    session.override(kernel="6.12")
    menu = entries(bar.arch)
    assert [text for text, action in menu.items() if not action.isEnabled()] == [
        "ia64 was removed from the kernel in 6.7"
    ]
    assert menu["x86_64"].isChecked()
    assert menu["ia64 was removed from the kernel in 6.7"].toolTip().startswith("ia64 was removed")


def test_kernel_and_architecture_change(bar: GuardBar, session: Session, qtbot: QtBot) -> None:
    session.open("depth-law")
    choose(qtbot, session, bar.kernel, "6.12")
    choose(qtbot, session, bar.arch, "arm64")
    assert shown(bar)[2:4] == ("6.12", "arm64")
    assert session.trace is not None
    assert (session.trace.info.kernel, session.trace.info.arch) == ("6.12", "arm64")


def test_another_layout_and_back(bar: GuardBar, session: Session, qtbot: QtBot) -> None:
    labels = [library.find(name).label for name in library.bundled()]
    texts = list(entries(bar.layout_button))
    assert texts[1 : 1 + len(labels)] == labels
    assert texts[-2:] == ["This machine", "From file…"]
    choose(qtbot, session, bar.layout_button, "Debian 6.1 arm64")
    assert session.overrides.layout == "debian-6.1-arm64"
    assert shown(bar)[4] == "Debian 6.1 arm64"
    assert entries(bar.layout_button)["Debian 6.1 arm64"].isChecked()
    choose(qtbot, session, bar.layout_button, texts[0])
    assert session.overrides.layout is None


def test_a_layout_from_a_file(
    session: Session, themes: ThemeManager, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "kernel.btf"
    path.write_bytes(b"nothing of the kind")
    bar = GuardBar(session, themes, choose_file=lambda: path)
    qtbot.addWidget(bar)
    with qtbot.waitSignal(session.failed) as got:
        entries(bar.layout_button)["From file…"].trigger()
    assert str(path) in got.args[0]
    assert shown(bar)[4] == "Debian 6.1 amd64 (borrowed)"


def test_a_machine_without_btf_says_so(
    bar: GuardBar, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(library, "THIS_MACHINE_BTF", tmp_path / "nothing")
    action = entries(bar.layout_button)["This machine"]
    assert not action.isEnabled()
    assert "no BTF" in action.toolTip()


def test_reset_takes_every_change_back(bar: GuardBar, session: Session) -> None:
    assert not bar.reset_button.isVisible()
    before = shown(bar)
    session.override(guard="uint", max_depth=2, layout="debian-6.1-arm64")
    assert bar.reset_button.isVisible()
    assert bar.max_depth.accessibleDescription().startswith("Changed")
    assert bar.kernel.accessibleDescription() == ""
    QTest.mouseClick(bar.reset_button, LEFT)
    assert shown(bar) == before
    assert not bar.reset_button.isVisible()
    assert bar.max_depth.accessibleDescription() == ""


def test_reset_is_an_icon_with_a_name(bar: GuardBar, session: Session) -> None:
    session.override(guard="uint")
    assert bar.reset_button.text() == ""
    assert not bar.reset_button.icon().isNull()
    assert bar.reset_button.accessibleName() == "Reset to scenario"
    assert bar.reset_button.toolTip() == "Reset to scenario"


@pytest.mark.parametrize("width", [420, 700, 1100, 1280, 1800])
def test_a_change_moves_nothing_down(bar: GuardBar, session: Session, width: int) -> None:
    before = bar.heightForWidth(width)
    session.override(guard="uint")
    assert bar.heightForWidth(width) == before


def test_everything_stands_in_one_row_at_1280(bar: GuardBar, session: Session) -> None:
    row = bar.heightForWidth(4000)
    in_a_window_of_1280 = 1196
    assert bar.heightForWidth(in_a_window_of_1280) == row
    session.override(guard="none")
    assert bar.heightForWidth(in_a_window_of_1280) == row
    session.override(guard="percpu")
    assert bar.heightForWidth(in_a_window_of_1280) == row
    session.override(guard=None, word="serialized")
    assert bar.heightForWidth(in_a_window_of_1280) == row


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [("a field counts", "A field counts"), ("maximum depth: one", "Maximum depth: one"),
     ("x86_64 has no unwinder", "x86_64 has no unwinder"), ("ia64 is gone", "ia64 is gone"),
     ("save_stack saves", "save_stack saves"), ("mm/slub.c says", "mm/slub.c says"), ("", "")],
)  # fmt: skip
def test_only_an_ordinary_word_gets_a_capital(sentence: str, shown: str) -> None:
    assert capitalised(sentence) == shown


def test_a_guard_that_cannot_guard_is_told_before_the_run(bar: GuardBar, session: Session) -> None:
    assert not bar.warnings.isVisible()
    session.override(guard="bit2", max_depth=4)
    assert bar.warnings.isVisible()
    assert bar.warnings.text.text().startswith("A 2-bit field counts from 0 to 3")
    assert "wraps to 0" in bar.warnings.accessibleName()
    session.override(guard=None, max_depth=None)
    assert not bar.warnings.isVisible()


# -- size ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
def test_nothing_overlaps_or_is_clipped(
    bar: GuardBar, session: Session, themes: ThemeManager, scale: float
) -> None:
    themes.set_scale(scale)
    session.override(guard="bit2", max_depth=4)
    for wanted in (420, 700, 1100, 1800):
        width = max(round(wanted * scale), bar.minimumSizeHint().width())
        bar.resize(width, bar.heightForWidth(width))
        QApplication.processEvents()
        parts: list[QWidget] = [
            bar.guard, bar.max_depth, bar.kernel, bar.arch, bar.layout_button, bar.reset_button,
            bar.result, bar.warnings,
        ]  # fmt: skip
        rects = [part.rect().translated(part.mapTo(bar, part.rect().topLeft())) for part in parts]
        for at, rect in enumerate(rects):
            assert bar.rect().contains(rect)
            assert not any(rect.intersects(other) for other in rects[at + 1 :])
        for part in parts[:-1]:
            assert part.width() >= part.sizeHint().width() or part is bar.max_depth


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_paints_in_both_themes(
    bar: GuardBar, session: Session, themes: ThemeManager, theme: str
) -> None:
    themes.choose(theme)
    session.override(guard="bit2", max_depth=4)
    bar.kernel.setFocus()
    assert not bar.grab().isNull()
    bar.guard.buttons["bit2"].setFocus()
    assert not bar.grab().isNull()
