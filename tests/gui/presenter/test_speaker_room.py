"""The speaker's window where it is small or the type large: the notes come first."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.presenter.speaker import SpeakerWindow
from gui.presenter.tools import ToolRow
from tests.gui.presenter.conftest import Hall


def sized(hall: Hall, qtbot: QtBot, width: int, height: int, scale: float) -> SpeakerWindow:
    speaker = hall.speaker
    hall.window.themes.set_scale(scale)
    speaker.resize(width, height)
    qtbot.waitUntil(lambda: speaker.width() == width)
    for _ in range(3):
        QApplication.processEvents()
    return speaker


def test_the_notes_get_the_room_of_pictures(hall: Hall, qtbot: QtBot) -> None:
    speaker = hall.speaker
    speaker.show()
    speaker = sized(hall, qtbot, 1280, 800, 1.0)
    assert speaker.list.isVisible()
    assert speaker.next_picture.isVisible()
    large = speaker.notes.factor
    speaker = sized(hall, qtbot, 1280, 800, 2.0)
    assert not speaker.list.isVisible()
    assert not speaker.next_picture.isVisible()
    assert speaker.next_title.isVisible()
    assert speaker.notes.height() > speaker.height() // 3
    assert large > speaker.notes.factor == 1.0


def test_the_size_of_the_notes_is_the_speakers_own_choice(hall: Hall, qtbot: QtBot) -> None:
    hall.speaker.show()
    speaker = sized(hall, qtbot, 1280, 800, 1.0)
    speaker.size_notes(-1)
    chosen = speaker.notes.factor
    sized(hall, qtbot, 960, 640, 1.0)
    assert sized(hall, qtbot, 1300, 820, 1.0).notes.factor == chosen


def test_the_tools_are_whole_at_every_scale_and_can_be_heard(hall: Hall, qtbot: QtBot) -> None:
    hall.speaker.show()
    row = hall.speaker.findChild(ToolRow)
    assert row is not None
    for scale in (1.0, 2.0):
        sized(hall, qtbot, 1280, 800, scale)
        for button in (*row.tools.values(), *row.colours.values()):
            assert button.width() >= button.sizeHint().width()
            assert row.rect().contains(button.geometry())
    names = [button.accessibleName() for button in row.tools.values()]
    assert [name.split(":")[0] for name in names] == ["Pen", "Spotlight", "Magnifier"]
    said = hall.speaker.answers.accessibleDescription()
    assert "What is called next?" in said
    assert hall.speaker.answers.text() == said
