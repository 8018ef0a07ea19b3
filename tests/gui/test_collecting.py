"""Garbage is collected when nothing else happens."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QObject

from gui.collecting import CollectBetweenEvents

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class _Knot:
    """Holds itself, so that only a collection ends it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def parent() -> Iterator[QObject]:
    made = QObject()
    yield made
    if shiboken6.isValid(made):
        shiboken6.delete(made)
    gc.enable()
    gc.unfreeze()
    gc.freeze()  # thousands of tests are kept out of every search again


def _many_knots() -> list[weakref.ref[_Knot]]:
    return [weakref.ref(_Knot()) for _ in range(2 * gc.get_threshold()[0])]


def test_no_collection_begins_by_itself_and_one_comes_between_events(
    qtbot: QtBot, parent: QObject
) -> None:
    CollectBetweenEvents(parent)
    knots = _many_knots()
    assert all(knot() is not None for knot in knots)
    qtbot.waitUntil(lambda: all(knot() is None for knot in knots))


def test_python_collects_again_when_it_ends(qtbot: QtBot, parent: QObject) -> None:
    CollectBetweenEvents(parent)
    assert not gc.isenabled()
    with qtbot.waitSignal(parent.destroyed):
        parent.deleteLater()
    assert gc.isenabled()


def test_a_little_garbage_is_left_alone(parent: QObject) -> None:
    collector = CollectBetweenEvents(parent)
    knot = weakref.ref(_Knot())
    collector.collect()
    assert knot() is not None
