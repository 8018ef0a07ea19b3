"""What a picture waits for, and what has to wait for the picture."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from core.scenario.loader import open_scenario
from gui.render import compare_scene
from gui.render.request import PictureRequest

Flags = QEventLoop.ProcessEventsFlag


def test_keys_wait_until_the_lanes_have_run(
    monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    asked: list[Flags] = []

    class Application:
        @staticmethod
        def processEvents(flags: Flags = Flags.AllEvents) -> None:  # noqa: N802 - Qt's name
            asked.append(flags)
            QApplication.processEvents(flags)

    # Less than a lane takes: after each of them the loop goes round.
    monkeypatch.setattr("gui.compare_runs._AT_ONCE_SECONDS", 1e-4)
    monkeypatch.setattr(compare_scene, "QApplication", Application)
    request = PictureRequest(source=open_scenario("mail-chain"), lanes=("none", "bit1"))
    assert len(compare_scene.compared(request).traces) == 2
    assert asked
    assert set(asked) == {Flags.ExcludeUserInputEvents}
