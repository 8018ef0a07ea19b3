"""The scenario picker: find by typing, open by key, click or drop, and see what is open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.scenario.loader import bundled
from gui.runner import Runner
from gui.session import Session
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.widgets.scenario.entries import read_entry
from gui.widgets.scenario.picker import ScenarioPicker

pytestmark = pytest.mark.usefixtures("undressed")

MINE = """schema = 1
name = "mine"
title = "My own"
shows = "Something only I need."
[kernel]
version = "6.1"
arch = "x86_64"
[[tasks]]
[[tasks.work]]
op = "alloc_pages"
"""


@pytest.fixture
def session(qtbot: QtBot) -> Session:
    return Session(Runner())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "ownerscope.ini")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(MINE, "utf-8")
    return path


@pytest.fixture
def picker(
    qtbot: QtBot, session: Session, settings: Settings, themes: ThemeManager, mine: Path
) -> ScenarioPicker:
    made = ScenarioPicker(session, settings, themes, choose_file=lambda: mine)
    qtbot.addWidget(made)
    made.resize(300, 700)
    with qtbot.waitActive(made):
        made.show()
    return made


def titles(picker: ScenarioPicker) -> list[str]:
    return [picker.list.item(row).text() for row in range(picker.list.count())]


def test_the_bundled_scenarios_stand_in_their_order(picker: ScenarioPicker) -> None:
    assert [entry.where for entry in picker.list.entries()] == list(bundled())
    assert titles(picker)[:2] == ["Scenarios", "The chain of the mail"]
    assert picker.list.entries()[0].shows.startswith("One kmalloc on ia64")


def test_reading_them_needs_no_numpy() -> None:
    script = (
        "import sys; from gui.widgets.scenario.picker import bundled_entries\n"
        "assert 'numpy' not in sys.modules\n"
        "bundled_entries(); assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])


def test_nothing_is_read_before_it_is_seen(
    qtbot: QtBot, session: Session, settings: Settings, themes: ThemeManager
) -> None:
    picker = ScenarioPicker(session, settings, themes)
    qtbot.addWidget(picker)
    assert picker.list.count() == 0


def test_typing_filters_and_enter_opens(picker: ScenarioPicker, session: Session) -> None:
    QTest.keyClicks(picker.search, "2-BIT field")
    assert [entry.where for entry in picker.list.entries()] == ["two-bit-wrap"]
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    assert session.source is not None
    assert session.source.where == "two-bit-wrap"
    assert picker.search.text() == ""
    assert len(picker.list.entries()) == len(bundled())


def test_what_nothing_matches_is_said(picker: ScenarioPicker, session: Session) -> None:
    QTest.keyClicks(picker.search, "zebra")
    assert picker.list.entries() == []
    assert not picker.grab().isNull()
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    assert session.source is None
    QTest.keyClick(picker.search, Qt.Key.Key_Escape)
    assert len(picker.list.entries()) == len(bundled())


def test_arrows_go_over_headings(picker: ScenarioPicker, session: Session, mine: Path) -> None:
    session.open(str(mine))
    assert titles(picker)[:4] == ["Your files", "My own", "Scenarios", "The chain of the mail"]
    assert picker.list.currentRow() == 1
    QTest.keyClick(picker.search, Qt.Key.Key_Down)
    assert picker.list.currentRow() == 3
    QTest.keyClick(picker.search, Qt.Key.Key_Up)
    QTest.keyClick(picker.search, Qt.Key.Key_Up)
    assert picker.list.currentRow() == 1
    QTest.keyClick(picker.search, Qt.Key.Key_Down)
    QTest.keyClick(picker.search, Qt.Key.Key_Down)
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    assert session.source is not None
    assert session.source.where == bundled()[1]


def test_letters_typed_over_the_list_filter_it(picker: ScenarioPicker) -> None:
    picker.list.setFocus()
    QTest.keyClicks(picker.list, "d")
    assert picker.search.hasFocus()
    assert picker.search.text() == "d"


def test_a_click_opens_and_leaves_the_keyboard_alone(
    picker: ScenarioPicker, session: Session
) -> None:
    item = picker.list.item(3)
    middle = picker.list.visualItemRect(item).center()
    QTest.mouseClick(picker.list.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert session.source is not None
    assert session.source.where == bundled()[2]
    assert not picker.list.hasFocus()


def test_what_is_open_is_marked_for_eyes_and_ears(picker: ScenarioPicker, session: Session) -> None:
    session.open("depth-law")
    entry = next(each for each in picker.list.entries() if each.where == "depth-law")
    assert [each for each in picker.list.entries() if picker.list.is_current(each)] == [entry]
    spoken = picker.list.currentItem().data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("What each level costs, open now. Allowing one level more")


def test_own_files_are_found_again(
    picker: ScenarioPicker, session: Session, settings: Settings, mine: Path
) -> None:
    picker.open_button.click()
    assert session.source is not None
    assert session.source.where == str(mine)
    assert settings.recent_files == [mine]
    own = picker.list.entries()[0]
    assert (own.title, own.shows) == ("My own", "Something only I need.")
    session.open("mail-chain")
    assert picker.list.entries()[0] == own
    settings.clear_recent_files()
    picker.reload()
    assert picker.list.entries()[0].where == "mail-chain"


def test_a_damaged_file_says_what_is_wrong_and_where(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("schema = [", "utf-8")
    entry = read_entry(str(broken))
    assert (entry.title, entry.readable) == ("broken.toml", False)
    assert entry.shows.startswith("not valid TOML")
    assert entry.place == str(tmp_path)


def test_what_cannot_be_opened_changes_nothing(
    picker: ScenarioPicker, session: Session, mine: Path, qtbot: QtBot
) -> None:
    session.open("mail-chain")
    mine.write_text("schema = 99", "utf-8")
    with qtbot.waitSignal(session.failed) as got:
        picker.open_button.click()
    assert "newer" in got.args[0]
    assert session.source is not None
    assert session.source.where == "mail-chain"


def drop(picker: ScenarioPicker, path: Path) -> bool:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    action, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), action, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(picker, enter)
    if not enter.isAccepted():
        return False
    assert not picker.grab().isNull()
    event = QDropEvent(QPointF(50, 50), action, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(picker, event)
    return True


def test_a_scenario_dropped_is_opened(picker: ScenarioPicker, session: Session, mine: Path) -> None:
    assert drop(picker, mine)
    assert session.source is not None
    assert session.source.where == str(mine)


def test_other_files_are_for_the_window(picker: ScenarioPicker, tmp_path: Path) -> None:
    assert not drop(picker, tmp_path / "trace.txt")


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
def test_no_text_is_clipped(picker: ScenarioPicker, themes: ThemeManager, scale: float) -> None:
    themes.set_scale(scale)
    for width in (200, 300, 500):
        picker.resize(round(width * scale), 700)
        QApplication.processEvents()
        for row in range(picker.list.count()):
            rect = picker.list.visualItemRect(picker.list.item(row))
            delegate = picker.list.itemDelegate()
            index = picker.list.model().index(row, 0)
            parts = delegate._parts(index, rect)  # type: ignore[attr-defined]
            for place, text, font, _ in parts:
                room = QRect(0, 0, place.width(), 1 << 16)
                needed = QFontMetrics(font).boundingRect(room, Qt.TextFlag.TextWordWrap, text)
                assert rect.contains(place)
                assert needed.width() <= place.width()
                assert needed.height() <= place.height()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.usefixtures("dressed")
def test_it_paints_in_both_themes(
    picker: ScenarioPicker, session: Session, themes: ThemeManager, theme: str
) -> None:
    themes.choose(theme)
    session.open("mail-chain")
    assert not picker.grab().isNull()


def test_the_keyboard_comes_to_the_search_field(picker: ScenarioPicker) -> None:
    picker.search.setText("two")
    picker.choose()
    assert picker.search.hasFocus()
    assert picker.search.selectedText() == "two"
