"""Pictures of steps: every step that can be drawn gets its own."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.presenter import thumbnails
from gui.presenter.thumbnails import card
from tests.gui.presenter.conftest import Hall


def test_every_step_gets_its_picture(
    hall: Hall, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "_FIRST_MS", 0)
    monkeypatch.setattr(thumbnails, "_NEXT_MS", 0)
    pictures, steps = hall.presenting.thumbnails, hall.lessons.steps
    made: list[int] = []
    pictures.changed.connect(made.append)
    pictures.start()
    # The step in front gets its picture from the mirror too, whenever that is renewed.
    qtbot.waitUntil(lambda: set(made) == set(range(len(steps))))
    for at, step in enumerate(steps):
        drawn = pictures.get(at).toImage()
        assert drawn != card(step, hall.audience.themes, drawn.size()).toImage()
    shown = hall.speaker.list.item(2).icon().pixmap(thumbnails.SIZE)
    assert not shown.isNull()
