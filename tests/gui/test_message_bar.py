"""Messages: what they say, how long they stay, and that they can be dismissed and heard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.errors import OwnerscopeError
from gui.theme import LIGHT, ThemeManager
from gui.widgets.message_bar import MAX_MESSAGES, MessageBar, Severity

pytestmark = pytest.mark.usefixtures("undressed")


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> MessageBar:
    bar = MessageBar(ThemeManager())
    qtbot.addWidget(bar)
    return bar


def timer_of(message: object) -> QTimer:
    timer = message.findChild(QTimer)  # type: ignore[attr-defined]
    assert isinstance(timer, QTimer)
    return timer


def test_it_is_there_only_with_a_message(bar: MessageBar) -> None:
    assert bar.isHidden()
    message = bar.error(OwnerscopeError("no such file", where="a.toml", advice="check the path"))
    assert not bar.isHidden()
    assert message.text == "a.toml: no such file; check the path"
    message.dismiss()
    assert bar.isHidden()


def test_the_newest_is_on_top_and_three_at_most(bar: MessageBar) -> None:
    for name in ("one", "two", "three", "four"):
        bar.warning(name)
    assert [message.text for message in bar.messages] == ["four", "three", "two"]
    assert len(bar.messages) == MAX_MESSAGES


def test_a_note_makes_room_before_a_problem(bar: MessageBar) -> None:
    bar.error("broken")
    bar.info("note")
    bar.warning("careful")
    bar.error("worse")
    assert [message.text for message in bar.messages] == ["worse", "careful", "broken"]


def test_the_same_sentence_is_shown_once(bar: MessageBar) -> None:
    bar.error("broken")
    bar.warning("careful")
    bar.error("broken")
    assert [message.text for message in bar.messages] == ["broken", "careful"]


def test_only_notes_go_by_themselves(bar: MessageBar) -> None:
    assert timer_of(bar.info("note")).isActive()
    assert timer_of(bar.ok("saved")).isActive()
    assert not timer_of(bar.info("note", ("Do it", lambda: None))).isActive()
    for message in (bar.warning("careful"), bar.error("broken")):
        assert not timer_of(message).isActive()
    bar.clear()
    note = bar.info("note")
    timer_of(note).timeout.emit()
    assert bar.messages == ()


def test_a_button_acts_once_the_message_is_gone(bar: MessageBar) -> None:
    seen: list[int] = []
    message = bar.error("broken", ("Retry", lambda: seen.append(len(bar.messages))))
    button = message.findChild(QPushButton)
    assert isinstance(button, QPushButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert seen == [0]


def test_esc_dismisses(bar: MessageBar) -> None:
    message = bar.error("broken")
    QTest.keyClick(message, Qt.Key.Key_Escape)
    assert bar.messages == ()
    assert not bar.dismiss_top()


def test_the_text_is_plain_and_can_be_selected(bar: MessageBar) -> None:
    label = bar.error("<b>no</b> tags").findChild(QLabel, "messageText")
    assert isinstance(label, QLabel)
    assert label.textFormat() == Qt.TextFormat.PlainText
    flags = label.textInteractionFlags()
    assert flags & Qt.TextInteractionFlag.TextSelectableByMouse
    assert flags & Qt.TextInteractionFlag.TextSelectableByKeyboard


def test_a_screen_reader_hears_it(bar: MessageBar, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, object]] = []

    def hear(event: QAccessibleEvent) -> None:
        name = bar.messages[0].accessibleName()
        heard.append((name, event.type()))

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    bar.error("broken")
    assert heard == [("Error: broken", QAccessible.Event.Announcement)]


@pytest.mark.parametrize("severity", list(Severity))
def test_the_colours_follow_the_theme(bar: MessageBar, severity: Severity) -> None:
    message = bar.show_message(severity, "text")
    bar._themes.choose("light")
    assert message.role is getattr(LIGHT, severity.value[0])
    assert not message.grab().isNull()
