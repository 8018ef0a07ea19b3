"""Folders of files on their way: they go with whoever made them, without a warning."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, cast

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from gui.own_folder import OwnFolder
from gui.render.exporter import FilmExporter
from gui.worker_process import WorkerProcess

if TYPE_CHECKING:
    from gui.render.shown import Shown


class SlowToSave:
    """What is to be drawn, with a run that takes its time."""

    def __init__(self) -> None:
        self.began, self.may_end = Event(), Event()

    def save(self, run: Path) -> None:
        self.began.set()
        assert self.may_end.wait(10)
        run.write_text("a run", encoding="utf-8")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary folders are made; none may be left."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    gc.collect()  # a folder that Python has to remove is a warning, which fails the test
    assert not list(tmp_path.iterdir())


def test_a_folder_goes_with_its_owner(qapp: QApplication, folders: Path) -> None:
    owner = QObject()
    made = OwnFolder(owner)
    (made.path / "result").write_text("half", encoding="utf-8")
    shiboken6.delete(owner)
    assert not made.path.exists()


def test_a_folder_that_was_removed_is_no_matter_to_its_owner(
    qapp: QApplication, folders: Path
) -> None:
    owner = QObject()
    made = OwnFolder(owner)
    made.remove()
    assert not made.path.exists()
    shiboken6.delete(owner)


def test_a_worker_that_is_deleted_leaves_no_folder(qapp: QApplication, folders: Path) -> None:
    worker = WorkerProcess("core.worker", "the process that simulates")
    worker.start(lambda _result: b"")
    assert worker.result.parent.exists()
    process = worker.process
    assert process is not None
    process.finished.disconnect()
    process.kill()
    assert process.waitForFinished()
    shiboken6.delete(worker)


def test_a_window_may_go_while_a_film_is_made(qapp: QApplication, folders: Path) -> None:
    exporter, shown = FilmExporter(), SlowToSave()
    exporter.export(cast("Shown", shown), folders / "a.gif")
    try:
        assert shown.began.wait(10)
        assert len(list(folders.iterdir())) == 1
        shiboken6.delete(exporter)
        assert not list(folders.iterdir())
    finally:
        shown.may_end.set()
